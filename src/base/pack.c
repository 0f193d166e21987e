/* pack.c: a value and all it leads to as one block of bytes
 *
 * The struct stands at its start, what its pointers lead to behind it; each
 * pointer is kept as the distance from the start of the block. Nothing leads
 * to the start, so 0 is NULL. */
#include <stdalign.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/shape.h"

/* ---- packing ---- */

/* Zeroed room at the end, aligned for any field; returns where. */
static size_t reserve(struct buf *out, size_t size)
{
	static const char zeros[256];
	size_t at = (out->len + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);

	while (out->len < at + size) {
		size_t more = at + size - out->len;

		buf_add(out, zeros, more < sizeof(zeros) ? more : sizeof(zeros));
	}
	return at;
}

static void put(struct buf *out, size_t at, const void *bytes, size_t len)
{
	memcpy(out->bytes + at, bytes, len);
}

static void put_text(struct buf *out, size_t at, const char *text)
{
	size_t where = out->len;

	if (!text)
		return;
	buf_add(out, text, strlen(text) + 1);
	put(out, at, &where, sizeof(where));
}

static void put_bytes(struct buf *out, size_t at, const struct bytes *bytes)
{
	size_t where = out->len;

	put(out, at + offsetof(struct bytes, len), &bytes->len, sizeof(bytes->len));
	if (!bytes->at)
		return;
	buf_add(out, bytes->at, bytes->len);
	buf_putc(out, '\0');
	put(out, at + offsetof(struct bytes, at), &where, sizeof(where));
}

static void pack(struct buf *out, size_t at, const struct shape *shape, const char *value);

static void put_list(struct buf *out, size_t at, const struct field *f, const struct list *list)
{
	size_t size = f->kind == KIND_WORDS ? sizeof(char *) : f->shape->size;
	size_t where = list->count ? reserve(out, list->count * size) : 0;

	put(out, at + offsetof(struct list, items), &where, sizeof(where));
	put(out, at + offsetof(struct list, count), &list->count, sizeof(list->count));
	for (size_t i = 0; i < list->count; i++) {
		if (f->kind == KIND_WORDS)
			put_text(out, where + i * size, ((const char *const *)list->items)[i]);
		else
			pack(out, where + i * size, f->shape, (const char *)list->items + i * size);
	}
}

static void put_field(struct buf *out, size_t at, const struct field *f, const char *value)
{
	switch (f->kind) {
	case KIND_INT:
	case KIND_TIME:
		put(out, at, value, sizeof(int64_t));
		break;
	case KIND_BOOL:
		put(out, at, value, sizeof(bool));
		break;
	case KIND_TEXT:
	case KIND_URL:
	case KIND_HTML:
		put_text(out, at, *(const char *const *)(const void *)value);
		break;
	case KIND_BYTES:
		put_bytes(out, at, (const struct bytes *)(const void *)value);
		break;
	case KIND_WORDS:
	case KIND_MANY:
		put_list(out, at, f, (const struct list *)(const void *)value);
		break;
	case KIND_ONE:
		pack(out, at, f->shape, value);
		break;
	}
}

static void pack(struct buf *out, size_t at, const struct shape *shape, const char *value)
{
	for (const struct field *f = shape->fields; f->name; f++)
		put_field(out, at + f->offset, f, value + f->offset);
}

void shape_pack(struct buf *out, const struct shape *shape, const void *value)
{
	reserve(out, shape->size);
	pack(out, 0, shape, value);
}

/* ---- and back ---- */

/* A distance becomes the pointer it stands for. */
static char *lead(char *block, char *field)
{
	size_t where;
	char *to;

	memcpy(&where, field, sizeof(where));
	to = where ? block + where : NULL;
	memcpy(field, &to, sizeof(to));
	return to;
}

static void unpack(char *block, const struct shape *shape, char *value);

static void lead_list(char *block, const struct field *f, char *value)
{
	struct list *list = (struct list *)(void *)value;
	char *items = lead(block, value + offsetof(struct list, items));

	for (size_t i = 0; i < list->count; i++) {
		if (f->kind == KIND_WORDS)
			lead(block, items + i * sizeof(char *));
		else
			unpack(block, f->shape, items + i * f->shape->size);
	}
}

static void unpack(char *block, const struct shape *shape, char *value)
{
	for (const struct field *f = shape->fields; f->name; f++) {
		switch (f->kind) {
		case KIND_TEXT:
		case KIND_URL:
		case KIND_HTML:
		case KIND_BYTES:
			lead(block, value + f->offset);
			break;
		case KIND_WORDS:
		case KIND_MANY:
			lead_list(block, f, value + f->offset);
			break;
		case KIND_ONE:
			unpack(block, f->shape, value + f->offset);
			break;
		default:
			break;
		}
	}
}

void shape_unpack(struct arena *arena, const struct shape *shape,
	const char *bytes, size_t len, void *out)
{
	char *block = arena_alloc(arena, len);

	memcpy(block, bytes, len);
	unpack(block, shape, block);
	memcpy(out, block, shape->size);
}
