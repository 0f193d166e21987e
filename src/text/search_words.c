/* search_words.c: Markdown as the words a search looks for */
#include "doc.h"
#include "text/guideline.h"

#include <string.h>

const char *section_words(struct arena *arena, const char *markdown)
{
	struct buf out = { .arena = arena };
	const struct node *root = doc_parse(arena, markdown, strlen(markdown), 0, NULL);

	for (const struct node *n = root->first; n; n = n->next) {
		if (n->kind == NODE_HEADING)
			continue; /* kept beside, as the title */
		buf_puts(&out, doc_plain(arena, n));
		buf_putc(&out, '\n');
	}
	return buf_text(&out);
}
