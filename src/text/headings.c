/* headings.c: what headings are called in addresses, and their numbers
 *
 * Recommendations come first: a heading "TW-03" must not take "tw-03" from
 * them. Footnotes have "fn..." to themselves, the page around the text a few
 * more. */
#include <string.h>

#include "text/guideline.h"
#include "text/pass.h"

static const char *const reserved[] = { "main", "q", "site-menu", "toc" };

struct naming {
	struct arena *arena;
	struct names taken; /* id -> int: how often it was asked for */
	int sections; /* of level 2 */
};

static bool is_footnotes(const char *id)
{
	return !strncmp(id, "fn-", 3) || !strncmp(id, "fnref-", 6);
}

static bool take(struct naming *naming, const char *id)
{
	void **slot = names_slot(naming->arena, &naming->taken, id);
	int *count;

	if (*slot)
		return false;
	*slot = count = arena_alloc(naming->arena, sizeof(*count));
	*count = 1;
	return true;
}

/* The id itself, or with "-2", "-3" ... behind it. Counting goes on where it
 * stopped, so a thousand equal titles stay cheap. */
static const char *take_free(struct naming *naming, const char *wish)
{
	const char *id;
	int *count;

	if (is_footnotes(wish))
		wish = arena_printf(naming->arena, "section-%s", wish);
	if (take(naming, wish))
		return wish;
	count = names_find(&naming->taken, wish);
	do
		id = arena_printf(naming->arena, "%s-%d", wish, ++*count);
	while (!take(naming, id));
	return id;
}

static void name_recommendations(struct naming *naming, struct node *document)
{
	for (struct node *block = document->first; block; block = block->next)
		if (block->kind == NODE_RECOMMENDATION)
			block->id = take_free(naming, block->id);
}

static void name_headings(struct naming *naming, struct node *block)
{
	if (block->kind == NODE_HEADING) {
		const char *title = doc_plain(naming->arena, block);

		block->id = take_free(naming, section_slug(naming->arena, title));
		if (block->section && block->level == 2)
			block->number = ++naming->sections;
		return;
	}
	for (struct node *child = block->first; child; child = child->next)
		if (node_is_block(child))
			name_headings(naming, child);
}

void headings_name(struct parse *parse, struct node *document)
{
	struct naming naming = { .arena = parse->arena };

	for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++)
		take(&naming, reserved[i]);
	name_recommendations(&naming, document);
	name_headings(&naming, document);
	name_headings(&naming, parse->footnotes);
}
