/* merge.h: what a commit changes in a tree, and three-way merges of trees
 *
 * Private to git/. A merge is worked out first, touching nothing; writing it
 * is the same work as writing any other edits. */
#ifndef GIT_MERGE_H
#define GIT_MERGE_H

#include "handle.h"

/* What happens to one file. */
struct edit {
	const char *path;
	const char *text; /* new text, still to be written; NULL: see blob */
	size_t len;
	git_oid blob; /* a blob that is there already; zero: the file goes */
};

/* Add the edit that gives a file this text. Fails with ERR_TOO_BIG above
 * LIMIT_PAGE_BYTES, so that what is written can be read. */
bool edit_text(struct task *task, struct list *edits, const char *path,
	const char *text, size_t len);

/* Write the tree that `tree` (NULL: nothing) becomes. Nothing names it yet. */
bool edit_tree(struct task *task, git_tree *tree, const struct list *edits,
	git_oid *out);

/* A three-way merge of trees. */
struct merge {
	git_tree *base; /* NULL: nothing */
	git_tree *ours;
	git_tree *theirs; /* NULL: nothing */
	bool clash; /* both sides changed the same lines of a file */
	struct list edits; /* struct edit: what ours lacks of theirs; useless after a clash */
};

/* Fill `clash` and `edits` from the trees. */
bool merge_run(struct task *task, struct merge *merge);

/* Release the trees. */
void merge_release(struct merge *merge);

#endif
