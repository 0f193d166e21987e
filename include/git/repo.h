/* repo.h: reading the repository
 *
 * A bare repository on disk; data/guides.git is the truth about text and
 * decisions. One handle per desk: libgit2 objects are not shared between
 * threads. Branch names are full: "refs/heads/main". */
#ifndef GIT_REPO_H
#define GIT_REPO_H

#include "base/task.h"

#define REPO_MAIN "refs/heads/main"

struct repo;

/* A commit, tree or blob id; hex[0] is 0 when there is none. */
struct oid {
	char hex[41];
};

/* False when the text is not 40 lower case hex digits. */
bool oid_parse(const char *text, struct oid *out);
bool oid_equal(const struct oid *a, const struct oid *b);

/* Set up libgit2 once for the process, before any thread: no configuration
 * outside the repository is read, cache limits. Nothing waits for the disk:
 * see git/loose.h. */
void repo_init(void);

/* Open, creating a bare repository when there is none. Returns NULL after
 * printing why. Closed by repo_close(), which accepts NULL. */
struct repo *repo_open(const char *path);
void repo_close(struct repo *repo);

/* Remove lock files among the references that a killed process left behind:
 * nobody could write any more. And the objects it had not finished. Only at start, before any other handle or
 * process uses the repository. */
bool repo_unlock(struct task *task);

/* The commit a branch or tag points at (tags are peeled). Fails with
 * ERR_NOT_FOUND. */
bool repo_tip(struct task *task, const char *ref, struct oid *out);

/* The same, but absence is an answer: *out is then empty. */
bool repo_find(struct task *task, const char *ref, struct oid *out);

/* One file of a commit: its bytes (NUL-terminated besides, in the task's
 * arena) and its blob id. Fails with ERR_NOT_FOUND when commit or file are
 * not there, ERR_TOO_BIG above LIMIT_PAGE_BYTES. Outputs may be NULL. */
bool repo_file(struct task *task, const struct oid *commit, const char *path,
	const char **text, size_t *len, struct oid *blob);

/* The same by the blob's id, and the id alone, for whoever may have no need of
 * the text. */
bool repo_blob(struct task *task, const struct oid *blob, const char **text, size_t *len);
bool repo_blob_id(struct task *task, const struct oid *commit, const char *path, struct oid *blob);

/* One file in a tree. */
struct repo_entry {
	const char *path; /* "guides/twitter/en.md" */
	struct oid blob;
};

/* All files below a folder of a commit, in path order: struct repo_entry.
 * An absent folder is an empty list. */
bool repo_files(struct task *task, const struct oid *commit,
	const char *folder, struct list *out);

/* A commit as history shows it. */
struct repo_commit {
	struct oid id;
	struct oid parent; /* first */
	struct oid second; /* of a merge, else empty */
	const char *message; /* subject and body */
	int64_t time; /* of the committer */
};

/* One commit. Fails with ERR_NOT_FOUND. */
bool repo_commit(struct task *task, const struct oid *id, struct repo_commit *out);

/* Whether an object is there, without reading it. */
bool repo_holds(struct task *task, const struct oid *id, bool *out);

/* First-parent history from `tip` back to but without `stop` (empty: to the
 * root), newest first, at most `limit`: struct repo_commit. */
bool repo_log(struct task *task, const struct oid *tip, const struct oid *stop,
	size_t limit, struct list *out);

/* Whether `old` can be reached from `tip`. */
bool repo_contains(struct task *task, const struct oid *tip,
	const struct oid *old, bool *out);

/* Value of a trailer ("Proposal: 12" in the last paragraph of a message);
 * NULL when there is none. */
const char *repo_trailer(struct arena *arena, const char *message,
	const char *key);

/* All references below a prefix ("refs/heads/proposals/"): struct repo_ref.
 * Costs a file open each: for recovery and checks, never for a page. */
struct repo_ref {
	const char *name;
	struct oid target; /* the tag object itself for an annotated tag */
};
bool repo_refs(struct task *task, const char *prefix, struct list *out);

/* Their names alone, no file opened: const char *. */
bool repo_ref_names(struct task *task, const char *prefix, struct list *out);

/* An annotated tag. */
struct repo_tag {
	const char *name; /* "twitter/v1.0.0" */
	struct oid commit;
	const char *message;
	int64_t time;
};
/* Fails with ERR_NOT_FOUND. */
bool repo_tag(struct task *task, const char *name, struct repo_tag *out);

/* How large a repository is. Of many loose objects only the first thousands
 * are counted and the rest is estimated; so this is quick, however many there
 * are. 0 where there is no repository. */
struct repo_size {
	int64_t packs, pack_bytes, packed_objects, loose_objects;
};
struct repo_size repo_size(const char *path);

#endif
