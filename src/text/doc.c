/* doc.c: from text to tree; the passes are listed in pass.h */
#include "text/doc.h"

#include <sodium.h>
#include <string.h>

#include "text/pass.h"
#include "text/shield.h"

static struct lines shielded(struct arena *arena, const char *text, size_t len)
{
	struct buf out = { .arena = arena };

	shield_put(&out, text, len);
	return lines_make(arena, buf_text(&out), out.len);
}

static void read_blocks(struct parse *parse, struct node *document)
{
	const struct lines *lines = &parse->source;
	size_t len = lines_begin(lines, lines->count + 1);
	AUTO(parse_free_node) cmark_node *doc = cmark_parse_document(lines->text, len,
		CMARK_OPT_DEFAULT);

	cmark_consolidate_text_nodes(doc);
	copy_document(parse, doc, document);
}

/* Definitions that are used can use others, which then come in line behind
 * them. */
static void finish_footnotes(struct parse *parse)
{
	for (size_t i = 0; i < parse->used.count; i++)
		inlines_finish(parse, ((struct node **)parse->used.items)[i]);
	/* what nobody reads counts no uses */
	parse->undefined = NULL;
	parse->defined = (struct names) { 0 };
	for (struct node *node = parse->footnotes->first; node; node = node->next)
		if (!node->number)
			inlines_finish(parse, node);
	footnotes_sort(parse);
}

static void fit_children(const struct lines *file, struct node *block);

/* cmark counts the lines of lists and of some code blocks generously. A
 * block ends before the next begins, and not with blank lines. */
static void fit(const struct lines *file, struct node *block, int limit)
{
	if (limit < block->first_line)
		limit = block->first_line;
	if (block->last_line > limit || block->last_line < block->first_line)
		block->last_line = limit;
	while (block->last_line > block->first_line
		&& slice_is_blank(lines_get(file, block->last_line)))
		block->last_line--;
	fit_children(file, block);
	block->begin = lines_begin(file, block->first_line);
	block->end = lines_begin(file, block->last_line + 1);
}

static bool ends_with_last(const struct node *block)
{
	return block->kind == NODE_LIST || block->kind == NODE_ITEM
		|| block->kind == NODE_FOOTNOTE;
}

static void fit_children(const struct lines *file, struct node *block)
{
	struct node *child, *last = NULL;

	for (child = block->first; child && node_is_block(child); child = child->next) {
		bool followed = child->next && node_is_block(child->next)
			&& child->next->first_line > child->first_line;

		fit(file, child, followed ? child->next->first_line - 1 : block->last_line);
		last = child;
	}
	if (last && ends_with_last(block))
		block->last_line = last->last_line;
}

static struct node *make_document(struct parse *parse)
{
	struct lines *file = &parse->file;
	int last = file->count ? file->count : 1;
	struct node *document = node_make(parse->arena, NODE_DOCUMENT,
		parse->lines_before + 1, last);

	parse->footnotes = node_make(parse->arena, NODE_FOOTNOTES, last, last);
	parse->footnotes_tail = &parse->footnotes->first;
	return document;
}

static void append(struct node *document, struct node *block)
{
	struct node **tail = &document->first;

	while (*tail)
		tail = &(*tail)->next;
	*tail = block;
}

static void place(struct parse *parse, struct node *document)
{
	fit_children(&parse->file, document);
	fit_children(&parse->file, parse->footnotes);
	document->begin = lines_begin(&parse->file, parse->lines_before + 1);
	document->end = lines_begin(&parse->file, parse->file.count + 1);
	parse->footnotes->begin = parse->footnotes->end = document->end;
}

struct node *doc_parse(struct arena *arena, const char *text, size_t len,
	size_t front_end, struct list *undefined)
{
	struct parse parse = {
		.arena = arena,
		.file = lines_make(arena, text, len),
		.source = shielded(arena, text + front_end, len - front_end),
		.undefined = undefined,
	};
	struct node *document;

	parse.lines_before = lines_find(&parse.file, front_end) - 1;
	document = make_document(&parse);
	footnotes_open(&parse);
	read_blocks(&parse, document);
	tables_fill(&parse);
	place(&parse, document);
	alerts_find(&parse, document);
	inlines_finish(&parse, document);
	finish_footnotes(&parse);
	headings_name(&parse, document);
	if (parse.footnotes->first)
		append(document, parse.footnotes);
	return document;
}

/* A text that was parsed. The hash is for a buffer that was written again. */
struct tree {
	const char *text;
	size_t len, front_end;
	unsigned char hash[crypto_shorthash_BYTES];
	const struct node *document;
	struct list undefined;
};

static void hash_text(const char *text, size_t len, unsigned char out[static crypto_shorthash_BYTES])
{
	static const unsigned char key[crypto_shorthash_KEYBYTES];

	crypto_shorthash(out, (const unsigned char *)text, len, key);
}

static struct tree *find_tree(struct task *task, const struct tree *like)
{
	struct tree *all = task->trees.items;

	for (size_t i = 0; i < task->trees.count; i++)
		if (all[i].text == like->text && all[i].len == like->len && all[i].front_end == like->front_end
			&& !memcmp(all[i].hash, like->hash, sizeof(like->hash)))
			return &all[i];
	return NULL;
}

const struct node *doc_tree(struct task *task, const char *text, size_t len,
	size_t front_end, const struct list **undefined)
{
	struct tree tree = { .text = text, .len = len, .front_end = front_end };
	struct tree *kept;

	hash_text(text, len, tree.hash);
	kept = find_tree(task, &tree);
	if (!kept) {
		tree.document = doc_parse(&task->arena, text, len, front_end, &tree.undefined);
		kept = list_add(&task->arena, &task->trees, sizeof(tree));
		*kept = tree;
	}
	if (undefined)
		*undefined = &kept->undefined;
	return kept->document;
}

static void put_plain(struct buf *out, const struct node *node)
{
	bool words = node->kind == NODE_TEXT || node->kind == NODE_CODE_SPAN
		|| node->kind == NODE_CODE;

	if (words)
		buf_puts(out, node->text);
	else if (node->kind == NODE_SOFT_BREAK || node->kind == NODE_HARD_BREAK)
		buf_putc(out, ' ');
	for (const struct node *child = node->first; child; child = child->next) {
		/* blocks do not run into each other */
		if (node_is_block(child) && out->len && out->bytes[out->len - 1] != ' ')
			buf_putc(out, ' ');
		put_plain(out, child);
	}
}

const char *doc_plain(struct arena *arena, const struct node *node)
{
	struct buf out = { .arena = arena };

	put_plain(&out, node);
	return buf_text(&out);
}

const char *doc_fact(struct arena *arena, const struct node *recommendation,
	const char *key)
{
	const struct node *block, *fact;

	for (block = recommendation->first; block; block = block->next) {
		if (block->kind != NODE_FACTS)
			continue;
		for (fact = block->first; fact; fact = fact->next)
			if (!strcmp(fact->name, key))
				return doc_plain(arena, fact);
	}
	return NULL;
}
