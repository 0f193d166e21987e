#include "base/sync.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* The libraries that call us carry nothing of ours: here only a static will do. */
static struct histogram times[SYNC_CALLS];
static _Atomic(void *) next[SYNC_CALLS];

const struct histogram *sync_times(enum sync_call call)
{
	return &times[call];
}

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int call_next(enum sync_call call, const char *name, int fd)
{
	int64_t begun_us = now_us();
	int rc;

	if (!next[call])
		next[call] = dlsym(RTLD_NEXT, name);
	if (!next[call])
		abort();
	rc = ((int (*)(int))(uintptr_t)next[call])(fd);
	histogram_add(&times[call], now_us() - begun_us);
	return rc;
}

int fsync(int fd)
{
	return call_next(SYNC_FILE, "fsync", fd);
}

int syncfs(int fd)
{
	return call_next(SYNC_ALL, "syncfs", fd);
}

int fdatasync(int fd)
{
	return call_next(SYNC_DATA, "fdatasync", fd);
}
