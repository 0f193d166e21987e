/* redline.c: two trees walked together */
#include "text/redline.h"

#include <assert.h>
#include <string.h>

#include "text/marked.h"

/* Old blocks and new ones stand on one page, so there are no ids. */
static const struct markdown_options options = { .bare = true };

static bool is_leaf(const struct node *node)
{
	return render_is_leaf(node) || node->kind == NODE_CODE;
}

static void open_block(struct redline *r, const struct node *node)
{
	assert(node);
	if (node->kind == NODE_CODE)
		buf_puts(&r->out, "<pre><code>");
	else
		render_open(&r->out, node, &options);
}

static void close_block(struct redline *r, const struct node *node)
{
	if (node->kind == NODE_CODE)
		buf_puts(&r->out, "</code></pre>\n");
	else
		render_close(&r->out, node, &options);
}

/* "<p>Note</p>": some blocks open with words of ours, the last ones that
 * were written. They come and go with the block. */
static void mark_label(struct redline *r, size_t opened, enum mark mark)
{
	const char *text = r->out.bytes + opened;
	size_t end = r->out.len - opened, begin;
	const char *label, *rest;

	while (end && strncmp(text + end, "</", 2))
		end--;
	for (begin = end; begin && text[begin - 1] != '>';)
		begin--;
	label = arena_strndup(r->arena, text + begin, end - begin);
	rest = arena_strdup(r->arena, text + end);
	r->out.len = opened + begin;
	marked_begin(&r->out, mark);
	buf_puts(&r->out, label);
	marked_end(&r->out, mark);
	buf_puts(&r->out, rest);
}

static bool has_label(const struct node *node)
{
	return node->kind == NODE_ALERT || node->kind == NODE_RECOMMENDATION
		|| node->kind == NODE_FACT;
}

/* One side of a leaf with all its text marked. */
static void write_side(struct redline *r, const struct node *leaf,
	const struct flat *flat, const struct edits *edits, enum mark mark)
{
	const struct marking m = {
		.out = &r->out,
		.options = &options,
		.flat = flat,
		.edits.notes = edits ? edits->notes : (struct list) { 0 },
		.mark = mark
	};

	marked_all(&m, leaf);
}

static void whole_leaf(struct redline *r, const struct node *leaf, enum mark mark)
{
	const bool added = mark == MARK_INSERTED;
	const struct flat *flat = flat_read(r->arena, leaf);
	struct edits edits = edits_between(r->arena, added ? NULL : flat, added ? flat : NULL,
		&r->tally, r->work);

	write_side(r, leaf, flat, added ? &edits : NULL, mark);
}

static void whole_rule(struct redline *r, const struct node *rule, enum mark mark)
{
	marked_begin(&r->out, mark);
	render_block(&r->out, rule, &options);
	marked_end(&r->out, mark);
}

/* Added or removed with all it holds: every text in it is marked. */
static void whole_block(struct redline *r, const struct node *node, enum mark mark)
{
	const size_t opened = r->out.len;

	assert(node);
	if (node->kind == NODE_RULE) {
		whole_rule(r, node, mark);
		return;
	}
	open_block(r, node);
	if (has_label(node))
		mark_label(r, opened, mark);
	if (is_leaf(node))
		whole_leaf(r, node, mark);
	else
		for (const struct node *child = node->first; child; child = child->next)
			whole_block(r, child, mark);
	close_block(r, node);
}

/* Old paragraph, then new paragraph; in a cell or a tight item there is only
 * one place for both. */
static void rewritten_leaf(struct redline *r, const struct pair *pair,
	const struct flat *olds, const struct flat *news, const struct edits *edits)
{
	const bool apart = pair->new->kind != NODE_CELL && !pair->new->tight;

	open_block(r, apart ? pair->old : pair->new);
	write_side(r, pair->old, olds, NULL, MARK_DELETED);
	if (apart) {
		close_block(r, pair->old);
		open_block(r, pair->new);
	}
	write_side(r, pair->new, news, edits, MARK_INSERTED);
	close_block(r, pair->new);
}

static void edited_leaf(struct redline *r, const struct pair *pair)
{
	const struct flat *olds = flat_read(r->arena, pair->old);
	const struct flat *news = flat_read(r->arena, pair->new);
	struct edits edits = edits_between(r->arena, olds, news, &r->tally, r->work);
	const struct marking m = {
		.out = &r->out,
		.options = &options,
		.flat = news,
		.gone = olds,
		.edits = edits,
		.mark = MARK_INSERTED
	};

	if (edits.rewritten) {
		rewritten_leaf(r, pair, olds, news, &edits);
		return;
	}
	open_block(r, pair->new);
	marked_leaf(&m, pair->new);
	close_block(r, pair->new);
}

/* What a block is, apart from what it holds. */
static void note_nature(struct redline *r, const struct node *old, const struct node *new)
{
	const bool boxed = new->kind == NODE_ALERT || new->kind == NODE_RECOMMENDATION;

	if (old->checked != new->checked && new->kind == NODE_ITEM) {
		r->tally.flags |= TALLY_TICK;
		marked_note(&r->out, new->checked == 1 ? "now ticked" : "no longer ticked", NULL);
	}
	if (boxed && strcmp(old->name, new->name)) {
		r->tally.flags |= TALLY_BOX;
		marked_note(&r->out, "this was a box of the kind", old->name);
	}
	if (new->kind == NODE_RECOMMENDATION && strcmp(old->text, new->text)) {
		r->tally.flags |= TALLY_ID;
		marked_note(&r->out, "this was", old->text);
	}
}

static void write_pairs(struct redline *r, const struct list *pairs)
{
	const struct pair *pair = pairs->items;

	for (size_t i = 0; i < pairs->count; i++)
		redline_block(r, &pair[i]);
}

static struct list pair_inside(struct redline *r, const struct pair *pair)
{
	struct blocks olds = pair_children(r->arena, pair->old);
	struct blocks news = pair_children(r->arena, pair->new);

	if (pair->new->kind == NODE_FACTS || pair->new->kind == NODE_FOOTNOTES)
		return pair_named(r->arena, &olds, &news);
	return pair_blocks(r->arena, &olds, &news, false, r->work);
}

static void edited_container(struct redline *r, const struct pair *pair)
{
	struct list pairs = pair_inside(r, pair);

	open_block(r, pair->new);
	note_nature(r, pair->old, pair->new);
	write_pairs(r, &pairs);
	close_block(r, pair->new);
}

/* A cell of a column that this row never had. */
static void empty_cell(struct redline *r, const struct node *row)
{
	const struct node cell = { .kind = NODE_CELL, .header = row->header };

	render_open(&r->out, &cell, &options);
	render_close(&r->out, &cell, &options);
}

static void write_cell(struct redline *r, const struct node *row,
	const struct node *old, const struct node *new)
{
	struct pair pair = { PAIR_EDITED, old, new };

	if (!old && !new) {
		empty_cell(r, row);
		return;
	}
	if (!old || !new)
		pair.kind = old ? PAIR_REMOVED : PAIR_ADDED;
	else if (pair_same(r->arena, old, new))
		pair.kind = PAIR_SAME;
	redline_block(r, &pair);
}

static const struct node *take(const struct node **cell, bool there)
{
	const struct node *taken = there ? *cell : NULL;

	if (taken)
		*cell = taken->next;
	return taken;
}

/* A row of the table that has the columns of both: old or new may be NULL. */
static void write_row(struct redline *r, const struct pair *row, const struct list *columns)
{
	const struct node *old = row->old ? row->old->first : NULL;
	const struct node *new = row->new ? row->new->first : NULL;
	const struct node *shown = row->new ? row->new : row->old;
	const struct pair *column = columns->items;

	open_block(r, shown);
	for (size_t i = 0; i < columns->count; i++) {
		const struct node *old_cell = take(&old, column[i].old);
		const struct node *new_cell = take(&new, column[i].new);

		write_cell(r, shown, old_cell, new_cell);
	}
	close_block(r, shown);
}

/* The header row goes with the header row. */
static struct blocks without_header(struct blocks rows)
{
	if (rows.count)
		rows = (struct blocks) { rows.items + 1, rows.count - 1 };
	return rows;
}

static struct list pair_headers(struct redline *r, const struct pair *table)
{
	struct blocks olds = pair_children(r->arena, table->old->first);
	struct blocks news = pair_children(r->arena, table->new->first);

	if (olds.count == news.count)
		return pair_columns(r->arena, &olds, &news);
	return pair_blocks(r->arena, &olds, &news, false, r->work);
}

static void edited_table(struct redline *r, const struct pair *table)
{
	struct blocks olds = without_header(pair_children(r->arena, table->old));
	struct blocks news = without_header(pair_children(r->arena, table->new));
	struct list columns = pair_headers(r, table);
	struct list rows = pair_blocks(r->arena, &olds, &news, false, r->work);
	const struct pair header = { PAIR_EDITED, table->old->first, table->new->first };
	const struct pair *row = rows.items;

	open_block(r, table->new);
	write_row(r, &header, &columns);
	for (size_t i = 0; i < rows.count; i++)
		write_row(r, &row[i], &columns);
	close_block(r, table->new);
}

static void edited_block(struct redline *r, const struct pair *pair)
{
	if (is_leaf(pair->new))
		edited_leaf(r, pair);
	else if (pair->new->kind == NODE_TABLE)
		edited_table(r, pair);
	else
		edited_container(r, pair);
}

void redline_block(struct redline *r, const struct pair *pair)
{
	const struct node *block = pair->new ? pair->new : pair->old;

	assert(block);
	if (block->kind == NODE_FACT && pair->kind != PAIR_SAME)
		tally_fact(r->arena, &r->tally, block->name);
	switch (pair->kind) {
	case PAIR_SAME:
	case PAIR_MOVED: render_block(&r->out, pair->new, &options); break;
	case PAIR_EDITED: edited_block(r, pair); break;
	case PAIR_ADDED: whole_block(r, pair->new, MARK_INSERTED); break;
	case PAIR_REMOVED: whole_block(r, pair->old, MARK_DELETED); break;
	}
}

void redline_value(struct redline *r, const char *old, const char *new)
{
	struct node texts[2] = { { .kind = NODE_TEXT, .text = old }, { .kind = NODE_TEXT, .text = new } };
	struct node leaves[2] = {
		{ .kind = NODE_PARAGRAPH, .tight = true, .first = &texts[0] },
		{ .kind = NODE_PARAGRAPH, .tight = true, .first = &texts[1] }
	};
	struct pair pair = { PAIR_EDITED, &leaves[0], &leaves[1] };

	if (!old || !new)
		pair.kind = old ? PAIR_REMOVED : PAIR_ADDED;
	redline_block(r, &pair);
}
