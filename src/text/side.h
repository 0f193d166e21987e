/* side.h: one of the two texts of a comparison
 *
 * Private to text/. */
#ifndef TEXT_SIDE_H
#define TEXT_SIDE_H

#include "text/pair.h"

struct side {
	const char *text;
	size_t len;
	size_t front_end; /* the text starts here */
	struct blocks blocks; /* in the order they are shown, sources left out */
	struct blocks headings; /* those of them */
	const struct node *footnotes; /* the sources; NULL without any */
};

/* Guard, read the front matter, parse. Fails as guard_text() and
 * frontmatter_read() do. */
bool side_read(struct task *task, const char *text, size_t len, struct side *out);

/* Title of the section the block stands in, or begins. */
const char *side_section(struct arena *arena, const struct side *side,
	const struct node *block);

/* The block as it is written. */
const char *side_source(struct arena *arena, const struct side *side,
	const struct node *block);

/* Whether two blocks are written the same, blank lines around them and the
 * file's newline apart. */
bool side_same(const struct side *old, const struct node *old_block,
	const struct side *new, const struct node *new_block);

/* What stands in the text and in no block: HTML, comments, addresses of
 * reference links. */
const char *side_hidden(struct arena *arena, const struct side *side);

/* Whether there are HTML tags or comments in a source, code spans left out,
 * about; false for NULL. */
bool side_has_tags(const char *source);

#endif
