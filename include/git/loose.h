/* loose.h: objects as the files they are, for the journal
 *
 * Objects and references are written without waiting for the disk: one
 * proposal is five objects and a reference, and each would cost two waits.
 * What makes them safe is app/journal.h, which keeps their bytes in the
 * tables until repo_sync() has returned. */
#ifndef GIT_LOOSE_H
#define GIT_LOOSE_H

#include "git/repo.h"

/* What a task wrote, in task->objects: until somebody writes it down. What was
 * packed already is on disk, and left out. */
struct repo_object {
	struct oid id;
	struct bytes bytes; /* compressed, as in the file */
};

/* Put an object's file in its place. Also when it is there: after a sync that
 * failed, what can be read need not be on the disk. */
bool repo_put_object(struct task *task, const struct repo_object *object);

/* Return when everything written since the repository was opened, by anybody,
 * is on disk; fails when any of it could not be written. */
bool repo_sync(struct task *task);

/* After a power cut: remove loose objects written since then (seconds) that
 * cannot be read, because nothing would write them again while they stand
 * there. Before any other handle uses the repository. */
bool repo_sweep(struct task *task, int64_t since);

/* Likewise: a reference's file that holds no id; *lost: there was one. A whole
 * one is written again, for the same reason as objects are. */
bool repo_sweep_ref(struct task *task, const char *ref, bool *lost);

#endif
