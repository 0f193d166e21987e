/* marked.c: walking the inlines and the edits side by side */
#include "text/marked.h"

#include <string.h>

#include "base/utf8.h"

struct pen {
	const struct marking *m;
	const struct edit *edit; /* the one ahead, or the one we are in */
	const struct edit *end; /* one past the last */
	const struct extent *extent; /* of the next inline */
	const struct link_note *note, *notes_end;
	size_t at; /* byte of the flat text */
	int depth; /* of elements */
	int marked_depth; /* where the open mark stands */
	bool marked; /* a mark is open */
	bool gone_written; /* what this edit removed */
};

void marked_begin(struct buf *out, enum mark mark)
{
	buf_puts(out, mark == MARK_INSERTED ? "<ins><span class=\"vh\">inserted: </span>"
		: "<del><span class=\"vh\">deleted: </span>");
}

void marked_end(struct buf *out, enum mark mark)
{
	buf_puts(out, mark == MARK_INSERTED ? "<span class=\"vh\"> end of insertion</span></ins>"
		: "<span class=\"vh\"> end of deletion</span></del>");
}

/* Text in which nothing hides. */
static void show(struct buf *out, const char *text, size_t len)
{
	uint32_t point, before = 0;

	for (size_t at = 0, from = 0; utf8_next(text, len, &at, &point); from = at) {
		if (words_invisible(point, before))
			buf_printf(out, "<span class=\"chip warn\">U+%04X</span>", point);
		else
			buf_html_len(out, text + from, at - from);
		before = point;
	}
}

void marked_note(struct buf *out, const char *what, const char *detail)
{
	buf_puts(out, " <span class=\"linknote\">");
	buf_html(out, what);
	if (detail) {
		buf_putc(out, ' ');
		show(out, detail, strlen(detail));
	}
	buf_puts(out, "</span>");
}

/* A footnote mark that went: its key between two WORD_MARKs. Returns its
 * length. */
static size_t show_key(struct buf *out, const char *text, size_t len)
{
	const char *end = memchr(text + 1, WORD_MARK, len - 1);
	size_t key = end ? (size_t)(end - text) - 1 : len - 1;

	buf_puts(out, "<sup>[");
	show(out, text + 1, key);
	buf_puts(out, "]</sup>");
	return end ? key + 2 : len;
}

static void write_gone(struct pen *pen)
{
	const char *text = pen->m->gone ? pen->m->gone->text + pen->edit->gone : "";
	size_t len = pen->edit->gone_end - pen->edit->gone;

	if (!len)
		return;
	marked_begin(pen->m->out, MARK_DELETED);
	while (len) {
		const char *key = memchr(text, WORD_MARK, len);
		size_t plain = key ? (size_t)(key - text) : len;

		show(pen->m->out, text, plain);
		if (key)
			plain += show_key(pen->m->out, key, len - plain);
		text += plain;
		len -= plain;
	}
	marked_end(pen->m->out, MARK_DELETED);
}

static void begin_mark(struct pen *pen)
{
	if (pen->marked)
		return;
	marked_begin(pen->m->out, pen->m->mark);
	pen->marked = true;
	pen->marked_depth = pen->depth;
}

static void end_mark(struct pen *pen)
{
	if (pen->marked)
		marked_end(pen->m->out, pen->m->mark);
	pen->marked = false;
}

/* After every step: write what was removed here and finish what ends here. A
 * mark that was opened further out has to wait until we are there again. */
static void settle(struct pen *pen)
{
	while (pen->edit < pen->end && pen->at >= pen->edit->begin) {
		if (!pen->gone_written)
			write_gone(pen);
		pen->gone_written = true;
		if (pen->at < pen->edit->end || (pen->marked && pen->depth != pen->marked_depth))
			return;
		end_mark(pen);
		pen->edit++;
		pen->gone_written = false;
	}
}

/* Whether all up to `end` is marked. Call after settle(). */
static bool covered(const struct pen *pen, size_t end)
{
	return pen->edit < pen->end && pen->at >= pen->edit->begin
		&& pen->at < end && end <= pen->edit->end;
}

static void write_text(struct pen *pen, const char *text, size_t len)
{
	while (len) {
		bool inside = covered(pen, pen->at + 1);
		size_t room = len;

		if (inside)
			room = pen->edit->end - pen->at;
		else if (pen->edit < pen->end)
			room = pen->edit->begin - pen->at;
		room = room < len ? room : len;
		if (inside) {
			begin_mark(pen);
			show(pen->m->out, text, room);
		} else {
			buf_html_len(pen->m->out, text, room);
		}
		text += room;
		len -= room;
		pen->at += room;
		settle(pen);
	}
}

/* A break or a footnote mark: all of it or nothing is marked. */
static void write_atom(struct pen *pen, const struct node *node, const struct extent *extent)
{
	if (covered(pen, extent->end))
		begin_mark(pen);
	render_inline(pen->m->out, node, pen->m->options);
	pen->at = extent->end;
	settle(pen);
}

static void write_note(struct pen *pen)
{
	marked_note(pen->m->out, pen->note->what, pen->note->url);
	pen->note++;
}

static void write_inline(struct pen *pen, const struct node *node);

static void write_children(struct pen *pen, const struct node *node)
{
	if (node->kind == NODE_CODE_SPAN)
		write_text(pen, node->text, strlen(node->text));
	if (node->kind == NODE_IMAGE && !node->first && *node->url)
		buf_puts(pen->m->out, "image");
	for (const struct node *child = node->first; child; child = child->next)
		write_inline(pen, child);
}

/* Struck text is <s> here: <del> says that somebody removed it. */
static void write_tag(struct pen *pen, const struct node *node, bool opening)
{
	const struct marking *m = pen->m;

	if (node->kind == NODE_CODE_SPAN)
		buf_puts(m->out, opening ? "<code>" : "</code>");
	else if (node->kind == NODE_STRIKE)
		buf_puts(m->out, opening ? "<s>" : "</s>");
	else if (opening)
		render_open(m->out, node, m->options);
	else
		render_close(m->out, node, m->options);
}

static void write_element(struct pen *pen, const struct node *node, const struct extent *extent)
{
	if (covered(pen, extent->end))
		begin_mark(pen);
	/* one further out goes on: it covers this one, too, which shows nothing */
	else if (pen->marked_depth == pen->depth)
		end_mark(pen);
	write_tag(pen, node, true);
	pen->depth++;
	write_children(pen, node);
	if (pen->marked && pen->marked_depth == pen->depth)
		end_mark(pen);
	write_tag(pen, node, false);
	pen->depth--;
	if (pen->note < pen->notes_end && pen->note->link == node)
		write_note(pen);
	settle(pen);
}

static void write_inline(struct pen *pen, const struct node *node)
{
	const struct extent *extent = pen->extent++;

	switch (node->kind) {
	case NODE_TEXT: write_text(pen, node->text, strlen(node->text)); break;
	case NODE_SOFT_BREAK:
	case NODE_HARD_BREAK:
	case NODE_FOOTNOTE_MARK: write_atom(pen, node, extent); break;
	default: write_element(pen, node, extent); break;
	}
}

static void write_leaf(struct pen *pen, const struct node *leaf)
{
	pen->extent = pen->m->flat->extents.items;
	settle(pen);
	if (leaf->kind == NODE_CODE)
		write_text(pen, leaf->text, strlen(leaf->text));
	else
		write_children(pen, leaf);
	end_mark(pen);
	while (pen->note < pen->notes_end)
		write_note(pen);
}

static struct pen pen_for(const struct marking *m, const struct edit *edits, size_t count)
{
	const struct list *notes = &m->edits.notes;
	struct pen pen = { .m = m, .edit = edits, .end = edits, .note = notes->items, .notes_end = notes->items };

	if (count)
		pen.end += count;
	if (notes->count)
		pen.notes_end += notes->count;
	return pen;
}

void marked_leaf(const struct marking *m, const struct node *leaf)
{
	struct pen pen = pen_for(m, m->edits.items.items, m->edits.items.count);

	write_leaf(&pen, leaf);
}

void marked_all(const struct marking *m, const struct node *leaf)
{
	const struct edit all = { .end = m->flat->len };
	struct pen pen = pen_for(m, &all, 1);

	write_leaf(&pen, leaf);
}
