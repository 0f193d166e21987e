/* footnotes.c: "[^key]" and "[^key]: text"
 *
 * A definition holds what is indented by four, as an item of a list "+   "
 * does. So that is what cmark reads in its place, on the same line: it finds
 * the end, the paragraphs and the lists inside by its own rules. (Left as it
 * is, "[^key]: word" would be a link reference and vanish.) */
#include <string.h>

#include "text/mark.h"
#include "text/pass.h"

#define ITEM "+   "

static bool has_definitions(const struct lines *lines)
{
	for (int i = 1; i <= lines->count; i++)
		if (mark_defines(lines_get(lines, i)))
			return true;
	return false;
}

/* Behind all that may mark a list or a quote, a "<" that is no address. */
static bool may_begin_html(struct slice line)
{
	size_t at = 0;

	while (at < line.len && strchr(" \t>-+*.)0123456789", line.bytes[at]))
		at++;
	line = slice_from(line, at);
	return line.len && line.bytes[0] == '<'
		&& !(line.len > 5 && (!memcmp(line.bytes, "<http", 5) || !memcmp(line.bytes, "<mail", 5)));
}

/* Three of a byte in a row. */
static bool has_fence(const char *text, size_t len, char c)
{
	const char *end = text + len;

	while ((text = memchr(text, c, (size_t)(end - text)))) {
		if (end - text > 2 && text[1] == c && text[2] == c)
			return true;
		text++;
	}
	return false;
}

/* Whether a line that begins with up to three blanks can stand in code or
 * HTML here: there are fences, or tags. Few texts have either, and they are
 * spared a reading. */
static bool may_be_verbatim(const struct lines *lines)
{
	size_t len = lines_begin(lines, lines->count + 1);

	if (has_fence(lines->text, len, '`') || has_fence(lines->text, len, '~'))
		return true;
	for (int i = 1; i <= lines->count; i++)
		if (may_begin_html(lines_get(lines, i)))
			return true;
	return false;
}

/* In code and HTML "[^key]:" is no definition. */
static bool *find_verbatim(struct parse *parse)
{
	const struct lines *lines = &parse->source;
	size_t len = lines_begin(lines, lines->count + 1);
	AUTO(parse_free_node) cmark_node *doc = cmark_parse_document(lines->text, len,
		CMARK_OPT_DEFAULT);
	AUTO(parse_free_iter) cmark_iter *iter = cmark_iter_new(doc);
	bool *out = arena_alloc(parse->arena, (size_t)lines->count + 1);

	while (cmark_iter_next(iter) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);
		cmark_node_type type = cmark_node_get_type(node);
		int end = cmark_node_get_end_line(node);

		if (type != CMARK_NODE_CODE_BLOCK && type != CMARK_NODE_HTML_BLOCK)
			continue;
		for (int i = cmark_node_get_start_line(node); i <= end && i <= lines->count; i++)
			out[i] = true;
	}
	return out;
}

/* An item without text cannot begin right below a paragraph. */
static bool begins(const struct parse *parse, int number)
{
	struct slice line = lines_get(&parse->source, number);
	size_t text = mark_defines(line);

	if (!text)
		return false;
	return !slice_is_blank(slice_from(line, text)) || number == 1
		|| slice_is_blank(lines_get(&parse->source, number - 1));
}

static void put_definition(struct parse *parse, struct buf *out, int number)
{
	struct slice line = lines_get(&parse->source, number);
	struct slice indent = { line.bytes, strcspn(line.bytes, "[") };
	struct slice text = slice_after_blanks(slice_from(line, mark_defines(line)));

	parse->keys[number] = mark_key(parse->arena, line.bytes + indent.len);
	buf_add(out, indent.bytes, indent.len);
	buf_add(out, ITEM, text.len ? strlen(ITEM) : 1);
	buf_add(out, text.bytes, text.len);
	buf_putc(out, '\n');
}

void footnotes_open(struct parse *parse)
{
	struct lines *lines = &parse->source;
	struct buf out = { .arena = parse->arena };
	bool *verbatim;

	if (!has_definitions(lines))
		return;
	verbatim = may_be_verbatim(lines) ? find_verbatim(parse) : NULL;
	parse->keys = arena_alloc(parse->arena, ((size_t)lines->count + 1) * sizeof(*parse->keys));
	for (int i = 1; i <= lines->count; i++) {
		size_t begin = lines_begin(lines, i);

		if (!(verbatim && verbatim[i]) && begins(parse, i))
			put_definition(parse, &out, i);
		else
			buf_add(&out, lines->text + begin, lines_begin(lines, i + 1) - begin);
	}
	*lines = lines_make(parse->arena, buf_text(&out), out.len);
}

struct node *footnotes_begin(struct parse *parse, int line)
{
	struct node *footnote;
	void **slot;

	if (!parse->keys || !parse->keys[line])
		return NULL;
	footnote = node_make(parse->arena, NODE_FOOTNOTE, line + parse->lines_before, 0);
	footnote->id = parse->keys[line];
	/* its text may begin with a list whose item begins on the same line */
	parse->keys[line] = NULL;
	slot = names_slot(parse->arena, &parse->defined, footnote->id);
	/* the first of two definitions is the one */
	if (!*slot)
		*slot = footnote;
	*parse->footnotes_tail = footnote;
	parse->footnotes_tail = &footnote->next;
	return footnote;
}

static void use(struct parse *parse, struct node *footnote)
{
	struct node **add;

	if (!footnote->number) {
		add = list_add(parse->arena, &parse->used, sizeof(*add));
		*add = footnote;
		footnote->number = (int)parse->used.count;
	}
	footnote->mark++;
}

struct node *footnotes_mark(struct parse *parse, const char *key, int line)
{
	struct node *footnote = names_find(&parse->defined, key);
	struct node *mark = node_make(parse->arena, NODE_FOOTNOTE_MARK, line, line);
	struct node **add;

	mark->id = key;
	if (footnote) {
		use(parse, footnote);
		mark->number = footnote->number;
		mark->mark = footnote->mark;
		return mark;
	}
	if (parse->undefined) {
		add = list_add(parse->arena, parse->undefined, sizeof(*add));
		*add = mark;
	}
	return NULL;
}

void footnotes_sort(struct parse *parse)
{
	struct node **used = parse->used.items;
	struct node *all = parse->footnotes->first;
	struct node **tail = &parse->footnotes->first;

	/* the unused first drop out of the chain ... */
	struct node *unused = NULL, **unused_tail = &unused;

	for (; all; all = all->next) {
		if (all->number)
			continue;
		*unused_tail = all;
		unused_tail = &all->next;
	}
	/* ... and come back at its end */
	*unused_tail = NULL;
	for (size_t i = 0; i < parse->used.count; i++) {
		*tail = used[i];
		tail = &used[i]->next;
	}
	*tail = unused;
}
