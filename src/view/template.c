/* template.c: reading templates and binding their names to shapes
 *
 * Two passes. The first reads files and joins layouts, blocks and parts into
 * one text; the second turns that text into a flat list of operations with
 * every name already looked up. */
#include "template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"

#define TEMPLATE_MAX_BYTES (256 * 1024)
#define NESTING_MAX 16

/* ---- joining ---- */

struct joiner {
	struct arena *arena;
	const char *folder; /* web/ */
	struct list blocks; /* struct block, outermost page first */
	int depth;
};

struct block {
	const char *name;
	const char *text;
	size_t len;
};

struct mark {
	const char *at; /* the first brace */
	const char *name;
	size_t len;
	char sigil; /* # ^ / > < $ ! or 0 */
	const char *after; /* behind the last brace */
};

static bool next_mark(const char *text, const char *end, struct mark *out)
{
	const char *close;

	out->at = memmem(text, (size_t)(end - text), "{{", 2);
	if (!out->at)
		return false;
	out->name = out->at + 2;
	close = memmem(out->name, (size_t)(end - out->name), "}}", 2);
	if (!close)
		return false;
	out->sigil = (char)(strchr("#^/><$!", *out->name) ? *out->name++ : '\0');
	out->len = (size_t)(close - out->name);
	out->after = close + 2;
	/* a tag alone on its line leaves no empty line behind */
	if (out->sigil && *out->after == '\n' && (out->at == text || out->at[-1] == '\n'))
		out->after++;
	return true;
}

static bool same_name(const struct mark *a, const struct mark *b)
{
	return a->len == b->len && !memcmp(a->name, b->name, a->len);
}

/* The {{/name}} that closes an open tag of the same name. */
static bool find_close(const struct mark *open, const char *end, struct mark *out)
{
	const char *text = open->after;
	int depth = 1;

	while (next_mark(text, end, out)) {
		if (same_name(open, out) && strchr("#^<$", out->sigil) && out->sigil)
			depth++;
		else if (same_name(open, out) && out->sigil == '/' && !--depth)
			return true;
		text = out->after;
	}
	fprintf(stderr, "guidehall: template: {{%c%.*s}} is never closed\n", open->sigil,
		(int)open->len, open->name);
	return false;
}

static bool read_file(struct joiner *j, const char *name, const char **text, size_t *len)
{
	char *path = arena_printf(j->arena, "%s/%s", j->folder, name);
	FILE *file = fopen(path, "re");
	struct stat st;
	char *bytes;

	if (!file || fstat(fileno(file), &st) || st.st_size > TEMPLATE_MAX_BYTES) {
		fprintf(stderr, "guidehall: cannot read the template %s\n", path);
		if (file)
			fclose(file);
		return false;
	}
	bytes = arena_alloc(j->arena, (size_t)st.st_size + 1);
	*len = fread(bytes, 1, (size_t)st.st_size, file);
	fclose(file);
	*text = bytes;
	if (*len != (size_t)st.st_size)
		fprintf(stderr, "guidehall: cannot read all of the template %s\n", path);
	return *len == (size_t)st.st_size;
}

static bool join(struct joiner *j, struct buf *out, const char *text, const char *end);

static bool join_file(struct joiner *j, struct buf *out, const char *folder, const struct mark *m)
{
	const char *text, *name = arena_printf(j->arena, "%s/%.*s.html", folder, (int)m->len, m->name);
	size_t len;
	bool joined;

	if (j->depth >= NESTING_MAX || !read_file(j, name, &text, &len))
		return false;
	j->depth++;
	joined = join(j, out, text, text + len);
	j->depth--;
	return joined;
}

/* Remember the blocks a page gives its layout; the first to name one wins. */
static bool take_blocks(struct joiner *j, const char *text, const char *end)
{
	struct mark open, close;

	while (next_mark(text, end, &open)) {
		struct block *block;

		if (open.sigil != '$') {
			text = open.after;
			continue;
		}
		if (!find_close(&open, end, &close))
			return false;
		block = list_add(j->arena, &j->blocks, sizeof(*block));
		*block = (struct block) { arena_strndup(j->arena, open.name, open.len), open.after,
			(size_t)(close.at - open.after) };
		text = close.after;
	}
	return true;
}

static const struct block *find_block(const struct joiner *j, const struct mark *m)
{
	const struct block *blocks = j->blocks.items;

	for (size_t i = 0; i < j->blocks.count; i++)
		if (strlen(blocks[i].name) == m->len && !memcmp(blocks[i].name, m->name, m->len))
			return &blocks[i];
	return NULL;
}

static bool join_block(struct joiner *j, struct buf *out, const struct mark *open, const struct mark *close)
{
	const struct block *block = find_block(j, open);

	if (block)
		return join(j, out, block->text, block->text + block->len);
	return join(j, out, open->after, close->at);
}

/* Copy text, with parts read in and blocks replaced. */
static bool join(struct joiner *j, struct buf *out, const char *text, const char *end)
{
	struct mark m, close;

	while (next_mark(text, end, &m)) {
		buf_add(out, text, (size_t)(m.at - text));
		text = m.after;
		switch (m.sigil) {
		case '!':
			break;
		case '>':
			if (!join_file(j, out, "parts", &m))
				return false;
			break;
		case '<':
			if (!find_close(&m, end, &close) || !take_blocks(j, m.after, close.at)
				|| !join_file(j, out, ".", &m))
				return false;
			text = close.after;
			break;
		case '$':
			if (!find_close(&m, end, &close) || !join_block(j, out, &m, &close))
				return false;
			text = close.after;
			break;
		default:
			buf_add(out, m.at, (size_t)(m.after - m.at));
		}
	}
	buf_add(out, text, (size_t)(end - text));
	return true;
}

/* ---- binding ---- */

struct names {
	const struct shape *shape; /* NULL inside a list of words */
	const struct names *outer;
};

struct binder {
	struct arena *arena;
	struct view *view;
	const char *file;
	const char *start;
};

static bool bad(const struct binder *b, const struct mark *m, const char *why)
{
	size_t line = 1;

	for (const char *c = b->start; c < m->at; c++)
		line += *c == '\n';
	fprintf(stderr, "guidehall: template %s, line %zu of the joined text: {{%.*s}} %s\n", b->file, line,
		(int)m->len, m->name, why);
	return false;
}

static struct op *add_op(struct binder *b, enum op_kind kind)
{
	struct op *op = list_add(b->arena, &b->view->ops, sizeof(*op));

	op->kind = kind;
	return op;
}

static void add_text(struct binder *b, const char *text, size_t len)
{
	struct op *op;

	if (!len)
		return;
	op = add_op(b, OP_TEXT);
	op->text = text;
	op->len = len;
}

static bool pick_filter(const char *name, size_t len, char *out)
{
	static const struct {
		const char *name;
		char letter;
	} filters[] = { { "day", 'd' }, { "minute", 'm' }, { "date", 't' }, { "ago", 'a' },
		{ "url", 'u' }, { "s", 's' }, { "count", 'c' } };

	for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++) {
		if (strlen(filters[i].name) == len && !memcmp(filters[i].name, name, len)) {
			*out = filters[i].letter;
			return true;
		}
	}
	return false;
}

static bool filter_fits(char filter, enum kind kind)
{
	switch (filter) {
	case 0: return kind != KIND_ONE && kind != KIND_MANY && kind != KIND_WORDS;
	case 'u': return kind == KIND_TEXT || kind == KIND_URL;
	case 's': return kind == KIND_INT || kind == KIND_MANY || kind == KIND_WORDS;
	case 'c': return kind == KIND_MANY || kind == KIND_WORDS;
	default: return kind == KIND_TIME;
	}
}

/* Find the name in the scopes; "." is the word of a list of words. */
static bool look_up(struct binder *b, const struct mark *m, const struct names *scope, struct op *op)
{
	const char *bar = memchr(m->name, '|', m->len);
	size_t len = bar ? (size_t)(bar - m->name) : m->len;

	if (bar && !pick_filter(bar + 1, m->len - len - 1, &op->filter))
		return bad(b, m, "has an unknown filter");
	if (len == 1 && *m->name == '.')
		return scope->shape ? bad(b, m, "is not inside a list of words") : true;
	for (; scope; scope = scope->outer, op->up++) {
		op->field = scope->shape ? shape_find(scope->shape, m->name, len) : NULL;
		if (op->field)
			return true;
	}
	return bad(b, m, "is not a field of the page");
}

static bool bind(struct binder *b, const char *text, const char *end, const struct names *scope);

static bool bind_section(struct binder *b, const struct mark *open, const struct mark *close,
	const struct names *scope)
{
	size_t at = b->view->ops.count;
	struct op *op = add_op(b, open->sigil == '#' ? OP_SECTION : OP_INVERTED);
	struct names inner = { NULL, scope };
	bool enters;

	if (!look_up(b, open, scope, op))
		return false;
	if (op->filter || !op->field)
		return bad(b, open, "cannot open a section");
	enters = op->kind == OP_SECTION
		&& (op->field->kind == KIND_ONE || op->field->kind == KIND_MANY || op->field->kind == KIND_WORDS);
	inner.shape = op->field->shape;
	if (!bind(b, open->after, close->at, enters ? &inner : scope))
		return false;
	/* the list may have moved while it grew */
	((struct op *)b->view->ops.items)[at].end = b->view->ops.count;
	return true;
}

static bool bind_value(struct binder *b, const struct mark *m, const struct names *scope)
{
	struct op *op = add_op(b, OP_VALUE);

	if (!look_up(b, m, scope, op))
		return false;
	if (op->field && !filter_fits(op->filter, op->field->kind))
		return bad(b, m, "cannot be written like that");
	return true;
}

static bool bind(struct binder *b, const char *text, const char *end, const struct names *scope)
{
	struct mark m, close;

	while (next_mark(text, end, &m)) {
		add_text(b, text, (size_t)(m.at - text));
		text = m.after;
		if (m.sigil == '#' || m.sigil == '^') {
			if (!find_close(&m, end, &close) || !bind_section(b, &m, &close, scope))
				return bad(b, &m, "is wrong");
			text = close.after;
		} else if (m.sigil) {
			return bad(b, &m, "closes nothing");
		} else if (!bind_value(b, &m, scope)) {
			return false;
		}
	}
	add_text(b, text, (size_t)(end - text));
	return true;
}

struct view *view_bind(struct arena *arena, const char *folder,
	const struct page *page, const struct shape *frame)
{
	struct joiner j = { .arena = arena, .folder = folder };
	struct buf joined = { .arena = arena };
	struct binder b = { .arena = arena, .file = page->file };
	const struct names outer = { frame, NULL }, inner = { page->shape, frame ? &outer : NULL };
	const char *text;
	size_t len;

	if (!read_file(&j, page->file, &text, &len) || !join(&j, &joined, text, text + len))
		return NULL;
	b.view = arena_alloc(arena, sizeof(*b.view));
	b.start = buf_text(&joined);
	return bind(&b, b.start, b.start + joined.len, &inner) ? b.view : NULL;
}
