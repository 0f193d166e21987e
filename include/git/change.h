/* change.h: writing history
 *
 * Objects are written first; they are invisible until a reference names
 * them, so an abandoned attempt costs disk and nothing else. The reference
 * moves last, by compare-and-swap: the only step two writers can race on.
 * Neither waits for the disk: app/journal.h says how they get there.
 *
 * Author and committer are pseudonyms, never names: "u7
 * <u7@users.invalid>" for account 7, "guest <guest@users.invalid>" for
 * nobody, at task->now. */
#ifndef GIT_CHANGE_H
#define GIT_CHANGE_H

#include "git/repo.h"

/* What stands in a commit besides its text. */
struct change_note {
	const char *subject; /* one line; line breaks become spaces */
	/* May be NULL. Lines that look like trailers are indented, so that what
	 * a person wrote never counts as one. */
	const char *body;
	struct list trailers; /* struct change_trailer, may be empty */
	int64_t author; /* account that wrote the text, 0 for a guest; the committer is task->who */
};
struct change_trailer {
	const char *key;
	const char *value;
};
/* Add "Key: value"; both are copied. Line breaks in the value become spaces. */
void change_trailer(struct task *task, struct change_note *note,
	const char *key, const char *value);

/* Write a commit on top of `parent` (empty: a first commit) in which one
 * file has this text. No reference moves. Fails with ERR_FIELDS (field
 * "path") unless the path is guides/<slug>/<name> in names that any file
 * system can hold, ERR_TOO_BIG above LIMIT_PAGE_BYTES, ERR_NOT_FOUND when
 * there is no such parent. */
bool change_write(struct task *task, const struct oid *parent,
	const char *path, const char *text, size_t len,
	const struct change_note *note, struct oid *out);

/* The same for several files at once (import). */
struct change_file {
	const char *path;
	const char *text;
	size_t len;
};
bool change_write_all(struct task *task, const struct oid *parent,
	const struct list *files, const struct change_note *note,
	struct oid *out);

/* Write the merge of `theirs` into `ours`, three-way from `base`, in memory;
 * parents are ours, theirs. No reference moves. Fails with ERR_CONFLICT when
 * the texts clash (changes in neighbouring lines do). The fork point is named
 * by the caller, because finding it walks history, and because only so does
 * a proposal apply again after it was merged and reverted. */
bool change_merge(struct task *task, const struct oid *base,
	const struct oid *ours, const struct oid *theirs,
	const struct change_note *note, struct oid *out);

/* Write a commit on `tip` that takes back what merge commit `merge` brought
 * in since its first parent. Fails with ERR_CONFLICT when later changes stand
 * on it, or when nothing of it is left. */
bool change_revert(struct task *task, const struct oid *tip,
	const struct oid *merge, const struct change_note *note,
	struct oid *out);

/* Would change_merge() succeed? Writes nothing. */
bool change_merges(struct task *task, const struct oid *base,
	const struct oid *ours, const struct oid *theirs, bool *out);

/* Three-way merge of one text. *clash says whether the two sides changed the
 * same lines; *out is then the union of both sides, where they clash mine
 * first. */
bool change_merge_text(struct task *task, const char *base, const char *mine,
	const char *theirs, bool *clash, const char **out);

/* Move a reference from the commit you saw (empty: create it). Fails with
 * ERR_CONFLICT when it is elsewhere. Waits up to 10 s for a locked reference,
 * then fails with ERR_BUSY. */
bool change_point(struct task *task, const char *ref, const struct oid *from,
	const struct oid *to);

/* Delete a reference that is still at `from`; ERR_CONFLICT when it is not.
 * One at a time in this process; no other process may delete or pack
 * references meanwhile. */
bool change_drop(struct task *task, const char *ref, const struct oid *from);

/* Write an annotated tag `name` ("twitter/v1.0.0") of a commit, at task->now.
 * No reference moves. */
bool change_tag(struct task *task, const char *name, const struct oid *commit,
	const char *message, struct oid *out);

#endif
