/* side.c: what can be asked about a text and its blocks */
#include "text/side.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "text/frontmatter.h"
#include "text/guard.h"
#include "text/lines.h"

static void add_block(struct arena *arena, struct list *blocks, const struct node *block)
{
	*(const struct node **)list_add(arena, blocks, sizeof(block)) = block;
}

static void parse(struct task *task, struct side *side)
{
	const struct node *doc = doc_tree(task, side->text, side->len, side->front_end, NULL);
	struct list blocks = { 0 }, headings = { 0 };

	for (const struct node *node = doc->first; node; node = node->next) {
		if (node->kind == NODE_FOOTNOTES) {
			side->footnotes = node;
			continue;
		}
		add_block(&task->arena, &blocks, node);
		if (node->kind == NODE_HEADING)
			add_block(&task->arena, &headings, node);
	}
	side->blocks = (struct blocks) { blocks.items, blocks.count };
	side->headings = (struct blocks) { headings.items, headings.count };
}

bool side_read(struct task *task, const char *text, size_t len, struct side *out)
{
	struct front front = { 0 };
	struct side side = { .text = text, .len = len };

	if (!guard_text(task, text, len) || !frontmatter_read(task, text, len, &front))
		return false;
	side.front_end = (size_t)front.end;
	parse(task, &side);
	*out = side;
	return true;
}

/* The last heading that begins no later than the block; NULL before the
 * first. */
static const struct node *heading_of(const struct side *side, const struct node *block)
{
	size_t low = 0, high = side->headings.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (side->headings.items[middle]->begin <= block->begin)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? side->headings.items[low - 1] : NULL;
}

const char *side_section(struct arena *arena, const struct side *side,
	const struct node *block)
{
	const struct node *heading = heading_of(side, block);

	return heading ? doc_plain(arena, heading) : "Start of the text";
}

const char *side_source(struct arena *arena, const struct side *side,
	const struct node *block)
{
	return arena_strndup(arena, side->text + block->begin, block->end - block->begin);
}

static struct slice trim(struct slice text)
{
	while (text.len && isspace((unsigned char)*text.bytes))
		text = slice_from(text, 1);
	while (text.len && isspace((unsigned char)text.bytes[text.len - 1]))
		text.len--;
	return text;
}

/* Blank lines around a block belong to nobody. */
static struct slice trimmed(const struct side *side, const struct node *block)
{
	return trim((struct slice) { side->text + block->begin, block->end - block->begin });
}

/* The newline of the file is not the block's own. */
static struct slice skip_cr(struct slice text)
{
	return text.len && *text.bytes == '\r' ? slice_from(text, 1) : text;
}

bool side_same(const struct side *old, const struct node *old_block,
	const struct side *new, const struct node *new_block)
{
	struct slice a = trimmed(old, old_block), b = trimmed(new, new_block);

	if (a.len == b.len && !memcmp(a.bytes, b.bytes, a.len))
		return true;
	for (;;) {
		a = skip_cr(a);
		b = skip_cr(b);
		if (!a.len || !b.len)
			return a.len == b.len;
		if (*a.bytes != *b.bytes)
			return false;
		a = slice_from(a, 1);
		b = slice_from(b, 1);
	}
}

static int by_begin(const void *a, const void *b)
{
	const struct node *x = *(const struct node *const *)a, *y = *(const struct node *const *)b;

	return (x->begin > y->begin) - (x->begin < y->begin);
}

/* Sources stand anywhere in the file: sort them in. */
static struct blocks in_file_order(struct arena *arena, const struct side *side)
{
	struct blocks sources = pair_children(arena, side->footnotes);
	struct list all = { 0 };

	for (size_t i = 0; i < side->blocks.count; i++)
		add_block(arena, &all, side->blocks.items[i]);
	for (size_t i = 0; i < sources.count; i++)
		add_block(arena, &all, sources.items[i]);
	if (all.count)
		qsort(all.items, all.count, sizeof(struct node *), by_begin);
	return (struct blocks) { all.items, all.count };
}

static void add_hidden(struct buf *out, struct slice text)
{
	text = trim(text);
	if (text.len && out->len)
		buf_putc(out, '\n');
	buf_add(out, text.bytes, text.len);
}

const char *side_hidden(struct arena *arena, const struct side *side)
{
	struct blocks blocks = in_file_order(arena, side);
	struct buf out = { .arena = arena };
	size_t at = side->front_end;

	for (size_t i = 0; i < blocks.count; i++) {
		const struct node *block = blocks.items[i];

		if (block->begin > at)
			add_hidden(&out, (struct slice) { side->text + at, block->begin - at });
		if (block->end > at)
			at = block->end;
	}
	if (side->len > at)
		add_hidden(&out, (struct slice) { side->text + at, side->len - at });
	return buf_text(&out);
}

/* "<b", "</b", "<!--", "<?php"; not "<https://...>". */
static bool begins_tag(const char *text)
{
	if (*text != '<' || !strncmp(text + 1, "http", 4) || !strncmp(text + 1, "mailto:", 7))
		return false;
	return isalpha((unsigned char)text[1]) || (text[1] && strchr("!?/", text[1]));
}

bool side_has_tags(const char *source)
{
	bool code = false;

	for (; source && *source; source++) {
		code = code != (*source == '`');
		if (!code && begins_tag(source))
			return true;
	}
	return false;
}
