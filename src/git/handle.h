/* handle.h: what git/ keeps to itself -- the handle, and libgit2's objects
 * held by scope
 *
 * Private to git/. Ids are text (struct oid) outside and git_oid inside. */
#ifndef GIT_HANDLE_H
#define GIT_HANDLE_H

#include <git2.h>
#include <zlib.h>

#include "base/room.h"
#include "git/repo.h"

struct repo {
	git_repository *handle;
	int folder; /* open, so that the system tells it of what could not be written */
	z_stream packer; /* for new objects; its state is NULL until the first */
};

#define DEFINE_AUTO(type) \
	static inline void type##_release(type **p) \
	{ \
		type##_free(*p); \
	}
DEFINE_AUTO(git_blob)
DEFINE_AUTO(git_commit)
DEFINE_AUTO(git_config)
DEFINE_AUTO(git_diff)
DEFINE_AUTO(git_object)
DEFINE_AUTO(git_odb)
DEFINE_AUTO(git_reference)
DEFINE_AUTO(git_reference_iterator)
DEFINE_AUTO(git_tag)
DEFINE_AUTO(git_tree)
DEFINE_AUTO(git_tree_entry)
#undef DEFINE_AUTO
#define GIT_AUTO(type) AUTO(type##_release) type *

/* libgit2 refused something it should have done: for the log, with its
 * reason. Returns false. */
#define broken_git(task, what) (broken(task, "%s: %s", what, handle_reason()), handle_explain(task))
const char *handle_reason(void);
bool handle_explain(struct task *task);

/* Before libgit2 is set up: it gets memory, or the process ends. A libgit2
 * error code. */
int handle_memory(void);

/* Between text and binary. From text: fails with ERR_NOT_FOUND when it is no
 * id, because nothing can be there. */
void handle_text(const git_oid *id, struct oid *out);
bool handle_id(struct task *task, const struct oid *id, git_oid *out);

/* A commit, its tree. Fail with ERR_NOT_FOUND. */
bool handle_commit(struct task *task, const struct oid *id, git_commit **out);
bool handle_tree(struct task *task, const struct oid *id, git_tree **out);

#endif
