/* room.c: asking the system what is left, and saying what it said */
#include "base/room.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/conf.h"

#define SPARE_BYTES (8 * 1024 * 1024) /* more than a release and its journal take */
#define SPARE_FILES 128
#define FILES_BESIDES 100 /* stores, logs, libraries */
#define FILES_EACH 8 /* of a worker's desk, or a clone */

static const char full[] = "The disk of this site is full. Nothing you sent was changed; reading goes on. Please tell the people who run it.";

static bool is_full(const struct statvfs *st)
{
	/* some file systems count no files */
	return (uint64_t)st->f_bavail * st->f_frsize < SPARE_BYTES || (st->f_files && st->f_favail < SPARE_FILES);
}

bool room_check(struct task *task, const char *folder)
{
	struct statvfs st;

	if (statvfs(folder, &st))
		return broken(task, "%s: %s", folder, strerror(errno));
	return !is_full(&st) || fail(task, ERR_FULL, "%s", full);
}

static bool crowded(struct task *task)
{
	if (task->err.code == ERR_INTERNAL) {
		task->err.code = ERR_BUSY;
		task->err.message = "More people are here than this site can hold. Nothing you sent was changed; please try again in a moment.";
	}
	return false;
}

static bool filled(struct task *task)
{
	if (task->err.code == ERR_INTERNAL) {
		task->err.code = ERR_FULL;
		task->err.message = full;
	}
	return false;
}

bool room_explain(struct task *task, const char *reason)
{
	if (strstr(reason, strerror(ENOSPC)) || strstr(reason, strerror(EDQUOT)))
		return filled(task);
	if (strstr(reason, strerror(EMFILE)) || strstr(reason, strerror(ENFILE)))
		return crowded(task);
	return false;
}

static bool has_no_descriptor(void)
{
	int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);

	if (fd >= 0)
		close(fd);
	return fd < 0 && (errno == EMFILE || errno == ENFILE);
}

bool room_suspect(struct task *task, const char *path)
{
	struct statvfs st;

	if (!statvfs(path, &st) && is_full(&st))
		return filled(task);
	return has_no_descriptor() && crowded(task);
}

/* ---- descriptors ---- */

int64_t descriptors_needed(const struct conf *conf)
{
	return conf->connections_max * conf->event_threads + FILES_BESIDES
		+ FILES_EACH * (conf->worker_threads + conf->costly_threads + conf->slow_threads + conf->clone_processes);
}

int64_t descriptors_allow(int64_t need)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files))
		return INT64_MAX; /* the system has no such limit */
	if (files.rlim_cur < (rlim_t)need) {
		files.rlim_cur = files.rlim_max < (rlim_t)need ? files.rlim_max : (rlim_t)need;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	return files.rlim_cur > INT64_MAX ? INT64_MAX : (int64_t)files.rlim_cur;
}

void spare_take(struct spare *spare)
{
	while (spare->count < SPARE_DESCRIPTORS) {
		int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);

		if (fd < 0)
			return;
		spare->fds[spare->count++] = fd;
	}
}

void spare_give(struct spare *spare)
{
	while (spare->count)
		close(spare->fds[--spare->count]);
}
