/* guideline.h: what a guide is made of, with source positions
 *
 * Sections are the units people edit: a heading of level 1 to 4 and all that
 * follows up to the next heading of the same or a higher level. Positions
 * are bytes of the whole file, front matter included. */
#ifndef TEXT_GUIDELINE_H
#define TEXT_GUIDELINE_H

#include "base/buf.h"
#include "base/task.h"
#include "text/frontmatter.h"

struct section {
	const char *id; /* heading slug, unique in the text: "before-your-first-post" */
	const char *title; /* heading as plain text */
	int64_t level;
	int64_t number; /* of a level 2 heading: 1, 2, 3 ...; else 0 */
	int64_t start; /* first byte of the heading */
	int64_t end; /* one past the last byte */
	int64_t own_end; /* where the first heading below it starts, else end */
};
extern const struct shape section_shape; /* id, title, level, number */

/* "> [!IMPORTANT]" block whose text starts with a bold id, and its list of
 * `Key: value`. Absent values are NULL. */
struct recommendation {
	const char *id; /* "TW-03" */
	const char *anchor; /* "tw-03" */
	const char *text; /* plain text of all but the list, id left out */
	const char *strength;
	const char *direction;
	const char *certainty;
	const char *basis;
	const char *audience;
	const char *jurisdiction;
	const char *section; /* id of the innermost section it stands in */
	int64_t start; /* of the block, bytes */
	int64_t end;
};
extern const struct shape recommendation_shape;

/* Something to tell the author about the text. */
struct problem {
	int64_t line; /* 1 is the first of the file */
	bool error; /* else a warning */
	const char *message;
};
extern const struct shape problem_shape;

struct guideline {
	struct front front;
	struct list sections; /* struct section, in text order */
	struct list recommendations; /* struct recommendation, in text order */
	/* Links into the text and footnotes that lead nowhere, links that are
	 * not shown as such, footnotes nobody uses, what is defined twice:
	 * struct problem, by line. */
	struct list problems;
};

/* Read the structure. Fails with ERR_FIELDS as guard_text() and
 * frontmatter_read() do. All strings live in the task's arena. */
bool guideline_read(struct task *task, const char *text, size_t len,
	struct guideline *out);

/* NULL when there is no such section. */
const struct section *guideline_section(const struct guideline *g,
	const char *id);

/* The section's text as a person edits it: without the blank lines at its
 * end, newlines as LF. */
const char *section_cut(struct arena *arena, const char *text,
	const struct section *section);

/* The file with one section replaced: every byte outside it is the same, the
 * file's own newline (LF or CRLF) is used in it, and the blank lines at its
 * end stay as they were. CRLF and CR in `fresh` count as newlines. */
void section_put(const char *text, size_t len, const struct section *section,
	const char *fresh, struct buf *out);

/* The words of a piece of Markdown, without its marks: for searching. */
const char *section_words(struct arena *arena, const char *markdown);

/* "Before your first post" -> "before-your-first-post": lower case, letters
 * and digits of any script kept, apostrophes dropped, everything else a
 * hyphen; cut off after some 80 bytes. Never empty: "section". */
const char *section_slug(struct arena *arena, const char *title);

#endif
