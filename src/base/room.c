/* room.c: asking the system, and saying what it said */
#include "base/room.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

#define SPARE_BYTES (8 * 1024 * 1024) /* more than a release and its journal take */
#define SPARE_FILES 128

static const char full[] = "The disk of this site is full. Nothing you sent was changed; reading goes on. Please tell the people who run it.";

bool room_check(struct task *task, const char *folder)
{
	struct statvfs st;

	if (statvfs(folder, &st))
		return broken(task, "%s: %s", folder, strerror(errno));
	/* some file systems count no files */
	if ((uint64_t)st.f_bavail * st.f_frsize < SPARE_BYTES || (st.f_files && st.f_favail < SPARE_FILES))
		return fail(task, ERR_FULL, "%s", full);
	return true;
}

bool room_explain(struct task *task, const char *reason)
{
	if (task->err.code != ERR_INTERNAL)
		return false;
	if (strstr(reason, strerror(ENOSPC)) || strstr(reason, strerror(EDQUOT))) {
		task->err.code = ERR_FULL;
		task->err.message = full;
	} else if (strstr(reason, strerror(EMFILE)) || strstr(reason, strerror(ENFILE))) {
		task->err.code = ERR_BUSY;
		task->err.message = "More people are here than this site can hold. Nothing you sent was changed; please try again in a moment.";
	}
	return false;
}
