/* inlines.c: what cmark leaves in plain text
 *
 * Footnote marks, "~~" and bare addresses are cut out of each text node;
 * then "~~" pairs up among its siblings. Strikes do not nest: that keeps
 * trees as flat as cmark made them. */
#include <ctype.h>
#include <string.h>

#include "text/mark.h"
#include "text/pass.h"
#include "text/shield.h"

/* What a possible "~~" is while it waits for its partner; see pair_up(). */
#define TILDES "~~"
#define MAY_OPEN 1
#define MAY_CLOSE 2

struct cutter {
	struct parse *parse;
	struct node **tail;
	bool in_link; /* a link holds no other links */
	int line;
	char before, after; /* neighbours of the text, as characters */
};

static void add(struct cutter *cutter, struct node *node)
{
	*cutter->tail = node;
	cutter->tail = &node->next;
}

static struct node *make_text(struct cutter *cutter, const char *text, size_t len)
{
	struct arena *arena = cutter->parse->arena;
	struct node *node = node_make(arena, NODE_TEXT, cutter->line, cutter->line);

	node->text = shield_lift(arena, arena_strndup(arena, text, len), false);
	return node;
}

/* CommonMark's flanking rules, for the run text[at] of `len` bytes. */
static int flanks(const struct cutter *cutter, const char *text, size_t at, size_t len)
{
	unsigned char before = (unsigned char)(at ? text[at - 1] : cutter->before);
	unsigned char after = (unsigned char)(text[at + len] ? text[at + len] : cutter->after);
	bool left = !isspace(after)
		&& (!ispunct(after) || isspace(before) || ispunct(before));
	bool right = !isspace(before)
		&& (!ispunct(before) || isspace(after) || ispunct(after));

	return (left ? MAY_OPEN : 0) | (right ? MAY_CLOSE : 0);
}

/* Each of these makes a node of what begins at text[at], or returns NULL; it
 * sets how many bytes it looked at. */
static struct node *cut_tildes(struct cutter *cutter, const char *text, size_t at,
	size_t *len)
{
	struct node *node;
	int flags;

	*len = strspn(text + at, "~");
	flags = flanks(cutter, text, at, *len);
	if (*len != strlen(TILDES) || !flags)
		return NULL;
	node = make_text(cutter, text + at, *len);
	node->mark = flags;
	return node;
}

static struct node *cut_footnote(struct cutter *cutter, const char *text, size_t at,
	size_t *len)
{
	struct arena *arena = cutter->parse->arena;

	*len = mark_len((struct slice) { text + at, strnlen(text + at, MARK_MAX_BYTES) });
	if (!*len || cutter->in_link) {
		*len = 1;
		return NULL;
	}
	return footnotes_mark(cutter->parse, mark_key(arena, text + at), cutter->line);
}

static struct node *cut_address(struct cutter *cutter, const char *text, size_t at,
	size_t *len)
{
	struct arena *arena = cutter->parse->arena;
	struct node *link;
	size_t bytes;

	*len = 1;
	if (cutter->in_link || (at && isalnum((unsigned char)text[at - 1])))
		return NULL;
	bytes = links_bare(text + at);
	if (!bytes)
		return NULL;
	*len = bytes;
	link = node_make(arena, NODE_LINK, cutter->line, cutter->line);
	link->first = make_text(cutter, text + at, *len);
	link->url = links_check(arena, link->first->text);
	link->title = "";
	return *link->url ? link : NULL;
}

static struct node *cut_one(struct cutter *cutter, const char *text, size_t at,
	size_t *len)
{
	switch (text[at]) {
	case '~': return cut_tildes(cutter, text, at, len);
	case '[': return cut_footnote(cutter, text, at, len);
	default: return cut_address(cutter, text, at, len);
	}
}

static void cut_text(struct cutter *cutter, const struct node *from)
{
	const char *text = from->text;
	size_t done = 0, at = strcspn(text, "~[hH"), len;

	cutter->line = from->first_line;
	while (text[at]) {
		struct node *node = cut_one(cutter, text, at, &len);

		if (node && at > done)
			add(cutter, make_text(cutter, text + done, at - done));
		if (node) {
			add(cutter, node);
			done = at + len;
		}
		at += len;
		at += strcspn(text + at, "~[hH");
	}
	if (text[done])
		add(cutter, make_text(cutter, text + done, at - done));
}

static char neighbour(const struct node *node, bool outermost)
{
	if (!node)
		return outermost ? ' ' : '*';
	return node->kind == NODE_SOFT_BREAK || node->kind == NODE_HARD_BREAK ? ' ' : '*';
}

static bool is_tildes(const struct node *node, int flag)
{
	return node->kind == NODE_TEXT && node->mark & flag;
}

/* All from the opening node up to the closing one becomes a strike. */
static void strike(struct node *open, struct node *before_close)
{
	struct node *close = before_close->next;

	open->kind = NODE_STRIKE;
	open->text = NULL;
	open->first = open->next;
	open->next = close->next;
	before_close->next = NULL;
}

static void pair_up(struct node *first)
{
	struct node *open = NULL, *before = NULL;

	for (struct node *node = first; node; before = node, node = node->next) {
		if (open && before != open && is_tildes(node, MAY_CLOSE)) {
			strike(open, before);
			node = open;
			open = NULL;
		} else if (is_tildes(node, MAY_OPEN)) {
			open = node;
		}
	}
}

static void clear_marks(struct node *first)
{
	for (struct node *node = first; node; node = node->next)
		if (node->kind == NODE_TEXT || node->kind == NODE_STRIKE)
			node->mark = 0;
}

static void finish(struct parse *parse, struct node *parent, bool in_link)
{
	struct cutter cutter = { .parse = parse, .tail = &parent->first, .in_link = in_link };
	bool outermost = node_is_block(parent);
	struct node *next;

	cutter.before = neighbour(NULL, outermost);
	for (struct node *node = parent->first; node; node = next) {
		next = node->next;
		if (node->kind == NODE_TEXT) {
			cutter.after = neighbour(next, outermost);
			cut_text(&cutter, node);
		} else {
			finish(parse, node, in_link || node->kind == NODE_LINK || node->kind == NODE_IMAGE);
			add(&cutter, node);
		}
		cutter.before = neighbour(node, outermost);
	}
	*cutter.tail = NULL;
	pair_up(parent->first);
	clear_marks(parent->first);
}

/* "[ ] " or "[x] " at the start of an item's text is a box. */
static void find_box(struct node *item)
{
	struct node *paragraph = item->first, *text;
	const char *t;

	if (!paragraph || paragraph->kind != NODE_PARAGRAPH || !paragraph->first)
		return;
	text = paragraph->first;
	if (text->kind != NODE_TEXT)
		return;
	t = text->text;
	if (t[0] != '[' || !t[1] || !strchr(" xX", t[1]) || t[2] != ']' || t[3] != ' ')
		return;
	item->checked = t[1] != ' ';
	text->text += 4;
}

static bool holds_inlines(const struct node *block)
{
	return block->kind == NODE_PARAGRAPH || block->kind == NODE_HEADING
		|| block->kind == NODE_CELL;
}

void inlines_finish(struct parse *parse, struct node *block)
{
	if (block->kind == NODE_ITEM)
		find_box(block);
	if (holds_inlines(block)) {
		finish(parse, block, false);
		return;
	}
	for (struct node *child = block->first; child; child = child->next)
		inlines_finish(parse, child);
}
