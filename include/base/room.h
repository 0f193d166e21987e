/* room.h: whether the disk has room for what a request may write
 *
 * Asked before anything is changed, with so much to spare that what was begun
 * can be finished. */
#ifndef BASE_ROOM_H
#define BASE_ROOM_H

#include "base/task.h"

/* Fails with ERR_FULL when the file system of this folder is all but full, of
 * bytes or of files. */
bool room_check(struct task *task, const char *folder);

/* A failure of the system in words for the person who asked, where it is not
 * the program's fault: no room, or no descriptors. Any other is left as it
 * is. Returns false. */
bool room_explain(struct task *task, const char *reason);

#endif
