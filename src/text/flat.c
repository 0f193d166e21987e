/* flat.c: a walk over the inlines that copies what they show */
#include "text/flat.h"

#include <string.h>

#include "base/buf.h"

struct walk {
	struct arena *arena;
	struct buf text;
	struct flat *flat;
	bool linked; /* inside a link already */
};

/* A refused link is only text. */
static bool is_link(const struct node *node)
{
	return (node->kind == NODE_LINK || node->kind == NODE_IMAGE) && node->url[0];
}

static void show(struct walk *w, const struct node *node)
{
	switch (node->kind) {
	case NODE_TEXT:
	case NODE_CODE_SPAN:
		buf_puts(&w->text, node->text);
		break;
	case NODE_SOFT_BREAK:
	case NODE_HARD_BREAK:
		buf_putc(&w->text, '\n');
		break;
	case NODE_FOOTNOTE_MARK:
		buf_putc(&w->text, WORD_MARK);
		buf_puts(&w->text, node->id);
		buf_putc(&w->text, WORD_MARK);
		break;
	default:
		break;
	}
}

static void visit(struct walk *w, const struct node *node)
{
	const bool outermost = is_link(node) && !w->linked;
	const size_t index = w->flat->extents.count, begin = w->text.len;
	struct extent *extent;

	list_add(w->arena, &w->flat->extents, sizeof(*extent));
	show(w, node);
	w->linked = w->linked || outermost;
	for (const struct node *child = node->first; child; child = child->next)
		visit(w, child);
	w->linked = w->linked && !outermost;
	/* found again by index: the list may have moved meanwhile */
	extent = (struct extent *)w->flat->extents.items + index;
	*extent = (struct extent) { node, begin, w->text.len };
	if (outermost)
		*(struct extent *)list_add(w->arena, &w->flat->links, sizeof(*extent)) = *extent;
}

struct flat *flat_read(struct arena *arena, const struct node *leaf)
{
	struct flat *flat = arena_alloc(arena, sizeof(*flat));
	struct walk w = { .arena = arena, .text = { .arena = arena }, .flat = flat };

	if (leaf->kind == NODE_CODE)
		buf_puts(&w.text, leaf->text);
	for (const struct node *child = leaf->first; child; child = child->next)
		visit(&w, child);
	flat->text = buf_text(&w.text);
	flat->len = w.text.len;
	flat->words = words_read(arena, flat->text, flat->len, leaf->kind == NODE_CODE);
	return flat;
}

const struct extent *flat_link(const struct flat *flat, size_t begin, size_t end)
{
	const struct extent *links = flat->links.items;
	size_t low = 0, high = flat->links.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (links[middle].end <= begin)
			low = middle + 1;
		else
			high = middle;
	}
	return low < flat->links.count && links[low].begin < end ? &links[low] : NULL;
}
