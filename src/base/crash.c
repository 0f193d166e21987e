/* crash.c: dying on purpose; empty in release builds
 *
 * The only file besides conf.c that reads the environment: what a test asks
 * of a process is no setting. */
#include "base/crash.h"

extern const char crash_is_never_empty; /* ISO C wants something in every file */

#ifdef CRASH_POINTS
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Shared with the processes that are forked later: first called before. */
static _Atomic long *counter(void)
{
	static pthread_mutex_t once = PTHREAD_MUTEX_INITIALIZER;
	static _Atomic long *hits = MAP_FAILED;

	pthread_mutex_lock(&once);
	if (hits == MAP_FAILED)
		hits = mmap(NULL, sizeof(*hits), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutex_unlock(&once);
	if (hits == MAP_FAILED)
		abort();
	return hits;
}

void crash_point(const char *name)
{
	const char *at = getenv("GUIDEHALL_CRASH_AT");
	_Atomic long *hits = at ? counter() : NULL;
	size_t len = strlen(name);

	if (!at || strncmp(at, name, len) || at[len] != ':' || atomic_fetch_add(hits, 1) + 1 != strtol(at + len + 1, NULL, 10))
		return;
	dprintf(STDERR_FILENO, "crashed at=\"%s\"\n", at);
	raise(SIGKILL); /* of all threads; kill() is not for who is locked in */
	for (;;)
		pause(); /* another thread may get the signal first */
}

bool crash_lies(void)
{
	return getenv("GUIDEHALL_CRASH_LIES") != NULL;
}
#endif
