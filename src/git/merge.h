/* merge.h: three-way merges of trees
 *
 * Private to git/. A merge is worked out first, touching nothing; writing it
 * is the same work as writing any other edits. */
#ifndef GIT_MERGE_H
#define GIT_MERGE_H

#include "edit.h"

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
