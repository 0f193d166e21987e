/* object.h: new objects, written as the files they are
 *
 * Private to git/. libgit2 writes them, too, but looks through all packs again
 * before each, and sets up a compressor for far more than a folder or a
 * commit: of a suggestion's time that was a quarter. */
#ifndef GIT_OBJECT_H
#define GIT_OBJECT_H

#include "base/buf.h"
#include "handle.h"

/* The file of an object that is not packed. */
const char *object_path(struct task *task, const char *hex);

/* The system refused something of a file; errno says why. Returns false. */
bool object_broken(struct task *task, const char *path);

/* All of a file; *bytes is NULL when there is none. */
bool object_read(struct task *task, const char *path, const char **bytes, size_t *len);

/* Write a file of compressed bytes under a name that git, and repo_unlock(),
 * know for what is not finished; then give it the object's name, whatever was
 * there. */
bool object_beside(struct task *task, const char *bytes, size_t len, const char **out);
bool object_name(struct task *task, const char *beside, const char *hex);

/* A line of a commit or a tag: "author u7 <u7@users.invalid> 1700000000 +0000",
 * "guest" for account 0, at task->now. A number only, because what is in git
 * can never be taken out again. */
void object_person(struct task *task, struct buf *out, const char *role, int64_t account);

/* Write an object unless it is there; its id. Whole or not at all, but no
 * wait for the disk: it is added to task->objects, see git/loose.h. */
bool object_write(struct task *task, git_object_t type, const char *bytes, size_t len, git_oid *out);

#endif
