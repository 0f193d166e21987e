/* edit.h: what a commit changes in a tree
 *
 * Private to git/. */
#ifndef GIT_EDIT_H
#define GIT_EDIT_H

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

/* Add the edit that gives it a blob, or takes it away when that is zero. */
void edit_blob(struct arena *arena, struct list *edits, const char *path,
	const git_oid *blob);

/* Write the tree that `tree` (NULL: nothing) becomes. Each path once. Nothing
 * names it yet. */
bool edit_tree(struct task *task, const git_tree *tree, const struct list *edits,
	git_oid *out);

#endif
