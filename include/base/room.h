/* room.h: what is left of the disk and of descriptors
 *
 * The disk is asked before anything is changed, with so much to spare that
 * what was begun can be finished; descriptors are set aside for the same. */
#ifndef BASE_ROOM_H
#define BASE_ROOM_H

#include "base/task.h"

/* Fails with ERR_FULL when the file system of this folder is all but full, of
 * bytes or of files. */
bool room_check(struct task *task, const char *folder);

/* A failure of the system in words for the person who asked, where it is not
 * the program's fault: no room, or no descriptors. Any other is left as it
 * is: what a disk could not write is never taken for what passes. `reason` is
 * what the system said. Returns false. */
bool room_explain(struct task *task, const char *reason);

/* The same for a library that does not always say why: the file system of
 * `path` and the process are asked. */
bool room_suspect(struct task *task, const char *path);

/* How many descriptors a server of these settings may have open at once. */
struct conf;
int64_t descriptors_needed(const struct conf *conf);

/* Have the process allowed so many, or as many as it may allow itself.
 * Returns how many it is allowed. */
int64_t descriptors_allow(int64_t need);

#define SPARE_DESCRIPTORS 4 /* a reference is moved with two */

/* Descriptors nobody uses; begins as zeros. */
struct spare {
	int fds[SPARE_DESCRIPTORS];
	int count;
};

/* Take as many as there are, up to SPARE_DESCRIPTORS; give them to whoever
 * opens a file next. */
void spare_take(struct spare *spare);
void spare_give(struct spare *spare);

#endif
