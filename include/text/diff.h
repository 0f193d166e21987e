/* diff.h: what changed between two texts, as a reader sees it
 *
 * Blocks are aligned first (equal, moved, similar, added, removed), then the
 * items, rows and paragraphs inside changed blocks, then their words. The
 * HTML is the rendered text with <ins> and <del>; nobody sees Markdown.
 *
 * Nothing in the file goes unseen: what readers never see (comments, HTML,
 * the addresses of reference links) is compared, too, and comes last; a block
 * that only is written in another way is a change whose HTML has no marks.
 * Only blanks and line breaks may differ in what counts as unchanged. */
#ifndef TEXT_DIFF_H
#define TEXT_DIFF_H

#include "base/task.h"

/* A run of unchanged blocks, or one changed block. */
struct diff_part {
	bool changed;
	int64_t count; /* unchanged blocks in this run; 1 when changed */
	int64_t id; /* 1, 2, 3 ... of a change; else 0 */
	const char *kind; /* "edited", "added", "removed" or "moved"; NULL when unchanged */
	/* Title of the section it stands in, "TW-03" in a recommendation,
	 * "Source key", "About this guide". */
	const char *place;
	const char *summary; /* "3 words added, 1 removed"; "link target", "moved from “Posting”" ... */
	const char *warning; /* "changes a number and adds “not”" ...; NULL for none */
	const char *before; /* source of the old block; NULL when added */
	const char *after; /* source of the new block; NULL when removed */
	/* The block with its changes marked, an unchanged run as it is. There
	 * are no ids in it. Besides what markdown_html() makes: span.vh with
	 * what a screen reader says, span.linknote beside a link that changed,
	 * span.chip.warn for a character that shows nothing. */
	struct html html;
};
extern const struct shape diff_part_shape;

struct diff {
	struct list parts; /* struct diff_part in reading order */
	int64_t changes; /* how many parts are changed */
	int64_t words_added;
	int64_t words_removed;
};

/* Compare. Front matter is compared key by key and is one part. Fails with
 * ERR_FIELDS as guard_text() and frontmatter_read() do, for either text.
 * Linear apart from the changed parts, and those have a bound on the work:
 * beyond it the rest is shown as removed and added. All strings live in the
 * task's arena. */
bool diff_texts(struct task *task, const char *before, size_t before_len,
	const char *after, size_t after_len, struct diff *out);

/* How much was changed. */
struct diff_extent {
	int64_t words_added;
	int64_t words_removed;
	bool careful; /* a number, a "not", a "must", a link, a whole paragraph */
};

/* The same as diff_texts() counts, at the cost of the sections that differ
 * where nothing else depends on them. Fails like it. */
bool diff_extent(struct task *task, const char *before, size_t before_len,
	const char *after, size_t after_len, struct diff_extent *out);

/* Comments, titles of links, line breaks: where no word of a changed part is
 * marked, add the file's own lines, old and new, so that nothing is hidden
 * from a reviewer. */
void diff_tell_source(struct arena *arena, struct diff_part *part);

#endif
