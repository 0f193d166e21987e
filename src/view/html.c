/* html.c: writing a bound template; escaping is decided by kind */
#include "template.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/when.h"

struct writer {
	struct buf *out;
	const struct op *ops;
	int64_t now;
};

/* The values names are looked up in, innermost first. */
struct level {
	const void *value;
	const struct level *outer;
};

static const void *value_at(const struct op *op, const struct level *level)
{
	for (size_t up = op->up; up; up--) {
		assert(level); /* template.c counted them */
		level = level->outer;
	}
	assert(level);
	return op->field ? (const char *)level->value + op->field->offset : level->value;
}

static const char *text_at(const void *at)
{
	const char *text = *(const char *const *)at;

	return text ? text : "";
}

/* Addresses we wrote ourselves, or of the three harmless schemes. */
static bool url_is_safe(const char *url)
{
	if (*url == '/')
		return url[1] != '/' && url[1] != '\\';
	return *url == '#' || *url == '?' || !strncmp(url, "https://", 8)
		|| !strncmp(url, "http://", 7) || !strncmp(url, "mailto:", 7);
}

static void put_url(struct buf *out, const char *url)
{
	buf_html(out, *url && !url_is_safe(url) ? "#" : url);
}

static void put_time(struct writer *w, char filter, int64_t at)
{
	char text[WHEN_BYTES];

	switch (filter) {
	case 'd': buf_puts(w->out, when_day(at, text)); break;
	case 'm': buf_puts(w->out, when_minute(at, text)); break;
	case 't': buf_puts(w->out, when_date(at, text)); break;
	case 'a': buf_puts(w->out, when_ago(at, w->now, text)); break;
	default: buf_puts(w->out, when_rfc3339(at, text));
	}
}

static void put_count(struct writer *w, char filter, int64_t n)
{
	if (filter == 's')
		buf_puts(w->out, n == 1 ? "" : "s");
	else
		buf_printf(w->out, "%" PRId64, n);
}

static void put_text(struct writer *w, char filter, const char *text)
{
	if (filter == 'u')
		buf_url(w->out, text);
	else
		buf_html(w->out, text);
}

static void put_value(struct writer *w, const struct op *op, const void *at)
{
	if (!op->field) {
		put_text(w, op->filter, text_at(at));
		return;
	}
	switch (op->field->kind) {
	case KIND_INT:
		put_count(w, op->filter, *(const int64_t *)at);
		break;
	case KIND_BOOL:
		buf_puts(w->out, *(const bool *)at ? "yes" : "no");
		break;
	case KIND_TIME:
		put_time(w, op->filter, *(const int64_t *)at);
		break;
	case KIND_TEXT:
		put_text(w, op->filter, text_at(at));
		break;
	case KIND_URL:
		if (op->filter == 'u')
			buf_url(w->out, text_at(at));
		else
			put_url(w->out, text_at(at));
		break;
	case KIND_HTML:
		if (((const struct html *)at)->safe)
			buf_puts(w->out, ((const struct html *)at)->safe);
		break;
	case KIND_WORDS:
	case KIND_MANY:
		put_count(w, op->filter, (int64_t)((const struct list *)at)->count);
		break;
	case KIND_ONE:
	case KIND_BYTES:
		break;
	}
}

/* How often a section is written, were it not a list. */
static bool is_set(const struct field *f, const void *at)
{
	switch (f->kind) {
	case KIND_INT:
	case KIND_TIME: return *(const int64_t *)at != 0;
	case KIND_BOOL: return *(const bool *)at;
	case KIND_TEXT:
	case KIND_URL: return *text_at(at) != '\0';
	case KIND_HTML: return ((const struct html *)at)->safe != NULL;
	case KIND_WORDS:
	case KIND_MANY: return ((const struct list *)at)->count != 0;
	case KIND_BYTES: return ((const struct bytes *)at)->len != 0;
	case KIND_ONE: return true;
	}
	return false;
}

static void write_ops(struct writer *w, size_t from, size_t to, const struct level *level);

static void write_items(struct writer *w, size_t from, const struct op *op, const struct level *level)
{
	const struct list *list = value_at(op, level);
	size_t size = op->field->kind == KIND_WORDS ? sizeof(const char *) : op->field->shape->size;

	for (size_t i = 0; i < list->count; i++) {
		struct level inner = { (const char *)list->items + i * size, level };

		write_ops(w, from, op->end, &inner);
	}
}

static void write_section(struct writer *w, size_t from, const struct op *op, const struct level *level)
{
	const void *at = value_at(op, level);
	struct level inner = { at, level };

	if (op->kind == OP_INVERTED) {
		if (!is_set(op->field, at))
			write_ops(w, from, op->end, level);
	} else if (op->field->kind == KIND_MANY || op->field->kind == KIND_WORDS) {
		write_items(w, from, op, level);
	} else if (op->field->kind == KIND_ONE) {
		write_ops(w, from, op->end, &inner);
	} else if (is_set(op->field, at)) {
		write_ops(w, from, op->end, level);
	}
}

static void write_ops(struct writer *w, size_t from, size_t to, const struct level *level)
{
	for (size_t i = from; i < to; i++) {
		const struct op *op = &w->ops[i];

		switch (op->kind) {
		case OP_TEXT:
			buf_add(w->out, op->text, op->len);
			break;
		case OP_VALUE:
			put_value(w, op, value_at(op, level));
			break;
		case OP_SECTION:
		case OP_INVERTED:
			write_section(w, i + 1, op, level);
			i = op->end - 1;
			break;
		}
	}
}

void view_html(struct buf *out, const struct view *view, const void *value,
	const void *frame, int64_t now)
{
	struct writer w = { out, view->ops.items, now };
	const struct level outer = { frame, NULL }, inner = { value, frame ? &outer : NULL };

	write_ops(&w, 0, view->ops.count, &inner);
}
