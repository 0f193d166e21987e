/* tables.c: paragraphs that are tables
 *
 * To cmark a table is a paragraph. Its source lines are taken instead, with
 * the quote marks in front removed. Cells are not parsed one by one: all
 * cells of the text become headings of one side document (a heading holds
 * one line of inlines, whatever it looks like), followed by the text's link
 * references. */
#include <string.h>

#include "text/pass.h"
#include "text/rows.h"

/* Deep enough that cmark takes a line for nothing but the paragraph's next. */
#define CONTINUED ">         "

static struct slice row(const struct parse *parse, const struct paragraph *in, int line)
{
	struct slice text = lines_get(&parse->source, line);

	if (line == in->first_line)
		return slice_from(text, (size_t)in->column - 1);
	for (int i = 0; i < in->quotes; i++) {
		struct slice after = slice_after_blanks(text);

		if (after.len && after.bytes[0] == '>')
			text = slice_from(after, 1);
	}
	return slice_after_blanks(text);
}

/* The line of the header; 0 when there is no table. */
static int find_header(const struct parse *parse, const struct paragraph *in)
{
	for (int line = in->first_line; line < in->last_line; line++) {
		struct slice below = row(parse, in, line + 1);
		int columns = row_delimiter(below, NULL);

		if (columns && columns <= LIMIT_TABLE_COLUMNS
				&& row_heads(row(parse, in, line), below))
			return line;
	}
	return 0;
}

static void postpone(struct parse *parse, struct node *leaf, const char *text)
{
	struct pending *add = list_add(parse->arena, &parse->pending, sizeof(*add));

	add->leaf = leaf;
	add->text = text;
}

/* "\|" was for the table; "\\" before a bar is left to cmark. */
static const char *unescape_bars(struct arena *arena, struct slice cell)
{
	char *out = arena_alloc(arena, cell.len + 1), *at = out;

	for (size_t i = 0; i < cell.len; i++)
		if (cell.bytes[i] != '\\' || i + 1 == cell.len || cell.bytes[i + 1] != '|')
			*at++ = cell.bytes[i];
	return out;
}

struct columns {
	int count;
	char align[LIMIT_TABLE_COLUMNS];
};

static struct node *make_row(struct parse *parse, struct slice text, int line,
	const struct columns *columns)
{
	struct node *row = node_make(parse->arena, NODE_ROW, line, line);
	struct node **tail = &row->first;
	struct slice cells[LIMIT_TABLE_COLUMNS];
	int count = row_cut(text, cells, columns->count);

	for (int i = 0; i < columns->count; i++) {
		struct node *cell = node_make(parse->arena, NODE_CELL, line, line);

		cell->align = columns->align[i];
		if (i < count && cells[i].len)
			postpone(parse, cell, unescape_bars(parse->arena, cells[i]));
		*tail = cell;
		tail = &cell->next;
	}
	return row;
}

static void mark_header(struct node *row)
{
	row->header = true;
	for (struct node *cell = row->first; cell; cell = cell->next)
		cell->header = true;
}

static struct node *make_table(struct parse *parse, const struct paragraph *in,
	int header)
{
	int before = parse->lines_before;
	struct node *table = node_make(parse->arena, NODE_TABLE, header + before,
		in->last_line + before);
	struct node **tail = &table->first;
	struct columns columns;

	columns.count = row_delimiter(row(parse, in, header + 1), columns.align);
	for (int line = header; line <= in->last_line; line++) {
		if (line == header + 1)
			continue;
		*tail = make_row(parse, row(parse, in, line), line + before, &columns);
		tail = &(*tail)->next;
	}
	mark_header(table->first);
	return table;
}

static struct node *make_above(struct parse *parse, const struct paragraph *in,
	int header)
{
	int before = parse->lines_before;
	struct node *above = node_make(parse->arena, NODE_PARAGRAPH,
		in->first_line + before, header - 1 + before);
	struct buf text = { .arena = parse->arena };

	for (int line = in->first_line; line < header; line++) {
		struct slice part = row(parse, in, line);

		buf_puts(&text, line == in->first_line ? "> " : CONTINUED);
		buf_add(&text, part.bytes, part.len);
		buf_putc(&text, '\n');
	}
	postpone(parse, above, buf_text(&text));
	return above;
}

static bool is_underline(struct slice line, char c)
{
	line = slice_trim(line);
	for (size_t i = 0; i < line.len; i++)
		if (line.bytes[i] != c)
			return false;
	return line.len > 0;
}

/* The line that makes a heading; cmark's last line may be one too far. */
static int find_underline(const struct parse *parse, const struct paragraph *in)
{
	int line = in->first_line + 1;

	while (line < in->last_line
			&& !is_underline(row(parse, in, line), in->level == 1 ? '=' : '-'))
		line++;
	return line;
}

static struct node **put(struct node **tail, struct node *node)
{
	*tail = node;
	return &node->next;
}

/* Right below a table "===" is one more row, and "---" a rule. */
struct node **tables_read(struct parse *parse, const struct paragraph *paragraph,
	struct node **tail)
{
	struct paragraph in = *paragraph;
	bool ruled = in.level == 2;
	int header, underline = in.level ? find_underline(parse, &in) : in.last_line;

	in.last_line = underline - ruled;
	header = find_header(parse, &in);
	if (!header)
		return NULL;
	if (header > in.first_line)
		tail = put(tail, make_above(parse, &in, header));
	tail = put(tail, make_table(parse, &in, header));
	if (ruled)
		tail = put(tail, node_make(parse->arena, NODE_RULE,
			underline + parse->lines_before, underline + parse->lines_before));
	return tail;
}

static void put_pending(struct buf *out, const struct pending *pending)
{
	if (pending->leaf->kind == NODE_CELL)
		buf_printf(out, "# %s #\n\n", pending->text);
	else
		buf_printf(out, "%s\n", pending->text);
}

/* Whatever may be a link reference, with its following lines; a paragraph
 * too many at the end of the side document does not matter. */
static void put_references(const struct parse *parse, struct buf *out)
{
	bool inside = false;

	for (int i = 1; i <= parse->source.count; i++) {
		struct slice line = slice_trim(lines_get(&parse->source, i));
		bool begins;

		while (line.len && line.bytes[0] == '>')
			line = slice_after_blanks(slice_from(line, 1));
		begins = line.len > 3 && line.bytes[0] == '[' && memmem(line.bytes, line.len, "]:", 2);
		if (begins && !inside)
			buf_putc(out, '\n');
		inside = line.len && (inside || begins);
		if (inside) {
			buf_add(out, line.bytes, line.len);
			buf_putc(out, '\n');
		}
	}
}

/* Where the inlines of a pending text came to lie: in a heading, or in the
 * paragraph of a quote; NULL when it was nothing but link references. */
static cmark_node *find_inlines(cmark_node *block)
{
	if (cmark_node_get_type(block) == CMARK_NODE_BLOCK_QUOTE)
		return cmark_node_first_child(block);
	return block;
}

void tables_fill(struct parse *parse)
{
	const struct pending *pending = parse->pending.items;
	struct buf side = { .arena = parse->arena };
	AUTO(parse_free_node) cmark_node *doc = NULL;
	cmark_node *block;

	if (!parse->pending.count)
		return;
	for (size_t i = 0; i < parse->pending.count; i++)
		put_pending(&side, &pending[i]);
	put_references(parse, &side);
	doc = cmark_parse_document(buf_text(&side), side.len, CMARK_OPT_DEFAULT);
	cmark_consolidate_text_nodes(doc);
	block = cmark_node_first_child(doc);
	for (size_t i = 0; i < parse->pending.count; i++) {
		cmark_node *inlines = find_inlines(block);

		if (inlines)
			copy_document(parse, inlines, pending[i].leaf);
		block = cmark_node_next(block);
	}
}
