/* copy.c: cmark's tree becomes ours, in the arena
 *
 * Emphasis can be nested as deep as the text is long; recursion would end on
 * the stack's limit. So this walks with cmark's iterator and a path of known
 * length, and what lies deeper than the path joins its last node. */
#include <assert.h>
#include <string.h>

#include "text/pass.h"
#include "text/shield.h"

void parse_free_node(cmark_node **node)
{
	if (*node)
		cmark_node_free(*node);
}

void parse_free_iter(cmark_iter **iter)
{
	if (*iter)
		cmark_iter_free(*iter);
}

struct node *node_make(struct arena *arena, enum node_kind kind, int first_line,
	int last_line)
{
	struct node *node = arena_alloc(arena, sizeof(*node));

	node->kind = kind;
	node->first_line = first_line;
	node->last_line = last_line;
	node->checked = -1;
	return node;
}

bool node_is_block(const struct node *node)
{
	return node->kind < NODE_TEXT;
}

static const enum node_kind kinds[] = {
	[CMARK_NODE_BLOCK_QUOTE] = NODE_QUOTE,
	[CMARK_NODE_LIST] = NODE_LIST,
	[CMARK_NODE_ITEM] = NODE_ITEM,
	[CMARK_NODE_CODE_BLOCK] = NODE_CODE,
	[CMARK_NODE_PARAGRAPH] = NODE_PARAGRAPH,
	[CMARK_NODE_HEADING] = NODE_HEADING,
	[CMARK_NODE_THEMATIC_BREAK] = NODE_RULE,
	[CMARK_NODE_TEXT] = NODE_TEXT,
	[CMARK_NODE_SOFTBREAK] = NODE_SOFT_BREAK,
	[CMARK_NODE_LINEBREAK] = NODE_HARD_BREAK,
	[CMARK_NODE_CODE] = NODE_CODE_SPAN,
	[CMARK_NODE_EMPH] = NODE_EMPHASIS,
	[CMARK_NODE_STRONG] = NODE_STRONG,
	[CMARK_NODE_LINK] = NODE_LINK,
	[CMARK_NODE_IMAGE] = NODE_IMAGE,
};

struct frame {
	struct node *node;
	struct node **tail; /* where its next child goes */
};

struct copy {
	struct parse *parse;
	cmark_iter *iter;
	struct frame path[DEPTH_MAX];
	int depth; /* the innermost frame */
	int deeper; /* nodes below it that have no frame */
	int quotes; /* on the path */
	int links;
	int line; /* of the inline being copied, in the file */
};

static void append(struct copy *copy, struct node *node)
{
	struct frame *top = &copy->path[copy->depth];

	assert(top->tail); /* there is a root */
	*top->tail = node;
	top->tail = &node->next;
}

static const char *lift(struct copy *copy, const char *text, bool code)
{
	return shield_lift(copy->parse->arena, text ? text : "", code);
}

static struct node *make(struct copy *copy, cmark_node *from)
{
	enum node_kind kind = kinds[cmark_node_get_type(from)];
	int before = copy->parse->lines_before;
	struct node *node = node_make(copy->parse->arena, kind, copy->line, copy->line);

	if (node_is_block(node)) {
		node->first_line = cmark_node_get_start_line(from) + before;
		node->last_line = cmark_node_get_end_line(from) + before;
		copy->line = node->first_line;
	}
	return node;
}

/* What our passes look at stays shielded: text. They lift it. */
static void add_leaf(struct copy *copy, cmark_node *from)
{
	struct node *node = make(copy, from);
	const char *text = cmark_node_get_literal(from);

	if (node->kind == NODE_TEXT)
		node->text = arena_strdup(copy->parse->arena, text);
	else
		node->text = lift(copy, text, true);
	if (node->kind == NODE_CODE)
		node->name = lift(copy, cmark_node_get_fence_info(from), false);
	if (node->kind == NODE_SOFT_BREAK || node->kind == NODE_HARD_BREAK)
		copy->line++;
	append(copy, node);
}

static bool in_tight_list(const struct copy *copy)
{
	return copy->depth && copy->path[copy->depth].node->kind == NODE_ITEM
		&& copy->path[copy->depth - 1].node->tight; /* NOLINT(clang-analyzer-core.NullDereference): it stands in a list */
}

static void describe(struct copy *copy, cmark_node *from, struct node *node)
{
	switch (node->kind) {
	case NODE_PARAGRAPH:
		node->tight = in_tight_list(copy);
		break;
	case NODE_HEADING:
		node->level = cmark_node_get_heading_level(from);
		node->section = copy->depth == 0;
		break;
	case NODE_LIST:
		node->ordered = cmark_node_get_list_type(from) == CMARK_ORDERED_LIST;
		node->start = cmark_node_get_list_start(from);
		node->tight = cmark_node_get_list_tight(from);
		break;
	case NODE_LINK:
	case NODE_IMAGE:
		/* an image in a link would be a link in a link */
		node->url = copy->links ? "" : links_check(copy->parse->arena,
			lift(copy, cmark_node_get_url(from), false));
		node->title = lift(copy, cmark_node_get_title(from), false);
		break;
	default:
		break;
	}
}

static bool is_link(const struct node *node)
{
	return node->kind == NODE_LINK || node->kind == NODE_IMAGE;
}

static void enter(struct copy *copy, cmark_node *from)
{
	struct node *node = NULL;

	if (copy->deeper || copy->depth + 1 == DEPTH_MAX) {
		copy->deeper++;
		return;
	}
	if (cmark_node_get_type(from) == CMARK_NODE_ITEM)
		node = footnotes_begin(copy->parse, cmark_node_get_start_line(from));
	if (node)
		node->last_line = cmark_node_get_end_line(from) + copy->parse->lines_before;
	else
		node = make(copy, from);
	describe(copy, from, node);
	copy->quotes += node->kind == NODE_QUOTE;
	copy->links += is_link(node);
	copy->path[++copy->depth] = (struct frame) { node, &node->first };
}

/* A definition alone is short: shown like an item of a tight list. */
static void end_footnote(struct node *footnote)
{
	struct node *only = footnote->first;

	if (only && only->kind == NODE_PARAGRAPH)
		only->tight = !only->next;
}

static void leave(struct copy *copy)
{
	struct node *node = copy->path[copy->depth].node;

	assert(node);
	if (copy->deeper) {
		copy->deeper--;
		return;
	}
	copy->depth--;
	copy->quotes -= node->kind == NODE_QUOTE;
	copy->links -= is_link(node);
	if (node->kind == NODE_FOOTNOTE)
		end_footnote(node);
	/* a list whose items were all footnotes is none */
	else if (node->kind != NODE_LIST || node->first)
		append(copy, node);
}

/* A paragraph; or a heading of lines with "---" or "===" below. */
static bool may_hold_table(cmark_node *from)
{
	cmark_node_type type = cmark_node_get_type(from);

	return type == CMARK_NODE_PARAGRAPH || (type == CMARK_NODE_HEADING
		&& cmark_node_get_end_line(from) > cmark_node_get_start_line(from));
}

/* When the paragraph holds a table: add that and skip the rest. */
static bool add_table(struct copy *copy, cmark_node *from)
{
	struct frame *top = &copy->path[copy->depth];
	struct paragraph paragraph = {
		.first_line = cmark_node_get_start_line(from),
		.last_line = cmark_node_get_end_line(from),
		.column = cmark_node_get_start_column(from),
		.quotes = copy->quotes,
		.level = cmark_node_get_heading_level(from),
	};
	struct node **tail = tables_read(copy->parse, &paragraph, top->tail);

	if (!tail)
		return false;
	top->tail = tail;
	cmark_iter_reset(copy->iter, from, CMARK_EVENT_EXIT);
	return true;
}

static bool is_container(cmark_node_type type)
{
	switch (type) {
	case CMARK_NODE_BLOCK_QUOTE:
	case CMARK_NODE_LIST:
	case CMARK_NODE_ITEM:
	case CMARK_NODE_PARAGRAPH:
	case CMARK_NODE_HEADING:
	case CMARK_NODE_EMPH:
	case CMARK_NODE_STRONG:
	case CMARK_NODE_LINK:
	case CMARK_NODE_IMAGE:
		return true;
	default:
		return false;
	}
}

/* Raw HTML is dropped here; we make no custom nodes. */
static bool is_known(cmark_node_type type)
{
	return (size_t)type < sizeof(kinds) / sizeof(*kinds) && kinds[type] != NODE_DOCUMENT;
}

static void step(struct copy *copy, cmark_event_type event, cmark_node *from)
{
	cmark_node_type type = cmark_node_get_type(from);

	if (event == CMARK_EVENT_EXIT)
		leave(copy);
	else if (may_hold_table(from) && !copy->deeper && add_table(copy, from))
		return;
	else if (is_container(type))
		enter(copy, from);
	else if (is_known(type))
		add_leaf(copy, from);
}

void copy_document(struct parse *parse, cmark_node *from, struct node *into)
{
	AUTO(parse_free_iter) cmark_iter *iter = cmark_iter_new(from);
	struct copy copy = { .parse = parse, .iter = iter, .line = into->first_line };
	cmark_event_type event;

	copy.path[0] = (struct frame) { into, &into->first };
	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);

		if (node != from)
			step(&copy, event, node);
	}
	assert(copy.depth == 0);
}
