/* diff.h: what changed between two texts, as a reader sees it
 *
 * Blocks are aligned first (equal, similar, added, removed, moved), then
 * words inside changed blocks. The HTML is the rendered text with <ins> and
 * <del>; nobody sees Markdown. */
#ifndef TEXT_DIFF_H
#define TEXT_DIFF_H

#include "base/task.h"

/* A run of unchanged blocks, or one changed block. */
struct diff_part {
	bool changed;
	int64_t count; /* unchanged blocks in this run; 1 when changed */
	int64_t id; /* 1, 2, 3 ... of a change; else 0 */
	const char *kind; /* "edited", "added", "removed" or "moved"; NULL when unchanged */
	const char *place; /* title of the section it stands in, or "TW-03" inside a recommendation */
	const char *summary; /* "3 words added, 1 removed"; "wording of a link target"... */
	const char *warning; /* "changes a number", "adds a not"...; NULL for none */
	const char *before; /* source of the old block; NULL when added */
	const char *after; /* source of the new block; NULL when removed */
	struct html html; /* the block with its changes marked; an unchanged run as it is */
};
extern const struct shape diff_part_shape;

struct diff {
	struct list parts; /* struct diff_part in reading order */
	int64_t changes; /* how many parts are changed */
	int64_t words_added;
	int64_t words_removed;
};

/* Compare. Front matter is compared line by line and shown as one block
 * ("About this guide") when it differs. Fails with ERR_FIELDS as
 * guard_text() does. Linear apart from the changed parts; texts that differ
 * everywhere fall back to old block, new block. */
bool diff_texts(struct task *task, const char *before, size_t before_len,
	const char *after, size_t after_len, struct diff *out);

#endif
