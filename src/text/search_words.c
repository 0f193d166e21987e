/* search_words.c: Markdown as the words a search looks for */
#include "doc.h"
#include "text/guideline.h"

#include <string.h>

/* "[^key]" points out of the section, so it is no word of it. */
static const char *without_marks(struct arena *arena, const char *text)
{
	char *out = arena_strdup(arena, text), *to = out;

	for (const char *from = out; *from; from++) {
		const char *end = from[0] == '[' && from[1] == '^' ? strchr(from, ']') : NULL;

		if (end)
			from = end;
		else
			*to++ = *from;
	}
	*to = '\0';
	return out;
}

const char *section_words(struct arena *arena, const char *markdown)
{
	struct buf out = { .arena = arena };
	const char *text = without_marks(arena, markdown);
	const struct node *root = doc_parse(arena, text, strlen(text), 0, NULL);

	for (const struct node *n = root->first; n; n = n->next) {
		if (n->kind == NODE_HEADING)
			continue; /* kept beside, as the title */
		buf_puts(&out, doc_plain(arena, n));
		buf_putc(&out, '\n');
	}
	return buf_text(&out);
}
