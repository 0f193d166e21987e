/* shape.h: describe a struct once; rows, JSON, forms and templates all read it
 *
 * The kind decides how a value is written: TEXT is always escaped, URL is
 * checked, HTML was made safe by text/ and is the only kind written raw. A
 * template author therefore has no way to ask for unescaped text. */
#ifndef BASE_SHAPE_H
#define BASE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kind {
	KIND_INT, /* int64_t */
	KIND_BOOL, /* bool */
	KIND_TIME, /* int64_t, seconds since the epoch; 0 is "never" */
	KIND_TEXT, /* const char *, NULL is "none" */
	KIND_URL, /* const char *: http, https, mailto or a path of our own */
	KIND_HTML, /* struct html */
	KIND_BYTES, /* struct bytes: in rows only, no page shows them */
	KIND_WORDS, /* struct list of const char * */
	KIND_ONE, /* a struct inside the struct */
	KIND_MANY, /* struct list of structs */
};

/* Markup that is safe to send as it stands. Made only by text/. */
struct html {
	const char *safe;
};

struct bytes {
	const char *at;
	size_t len;
};

/* What a field is for, beyond its kind. */
enum field_use {
	FIELD_REQUIRED = 1 << 0, /* a form without it is refused */
	FIELD_PAGE_ONLY = 1 << 1, /* for the template, not part of the JSON */
};

struct field {
	const char *name;
	enum kind kind;
	size_t offset;
	const struct shape *shape; /* KIND_ONE, KIND_MANY */
	size_t max_bytes; /* of a value sent by a stranger; 0: never read from one */
	unsigned int use; /* enum field_use */
};

struct shape {
	size_t size;
	const struct field *fields; /* ends with a NULL name */
	const char *name; /* of the schema in the interface description; NULL: inline */
};

struct list {
	void *items;
	size_t count;
};

/* A field with the wrong C type does not compile. */
#define FIELD_(s, m, kind, type, shape, max, use) \
	{ \
#m, kind, offsetof(s, m) + _Generic(((s *)0)->m, type : 0), shape, max, use \
	}
#define FIELD_INT(s, m) FIELD_(s, m, KIND_INT, int64_t, NULL, 0, 0)
#define FIELD_BOOL(s, m) FIELD_(s, m, KIND_BOOL, bool, NULL, 0, 0)
#define FIELD_TIME(s, m) FIELD_(s, m, KIND_TIME, int64_t, NULL, 0, 0)
#define FIELD_TEXT(s, m) FIELD_(s, m, KIND_TEXT, const char *, NULL, 0, 0)
#define FIELD_URL(s, m) FIELD_(s, m, KIND_URL, const char *, NULL, 0, 0)
#define FIELD_HTML(s, m) FIELD_(s, m, KIND_HTML, struct html, NULL, 0, 0)
#define FIELD_BYTES(s, m) FIELD_(s, m, KIND_BYTES, struct bytes, NULL, 0, 0)
#define FIELD_WORDS(s, m) FIELD_(s, m, KIND_WORDS, struct list, NULL, 0, 0)
#define FIELD_MANY(s, m, sh) FIELD_(s, m, KIND_MANY, struct list, sh, 0, 0)
#define FIELD_ONE(s, m, sh) \
	{ \
#m, KIND_ONE, offsetof(s, m), sh, 0, 0 \
	}
/* The same for what a form or a JSON body may send. */
#define INPUT_TEXT(s, m, max, use) FIELD_(s, m, KIND_TEXT, const char *, NULL, max, use)
#define INPUT_BOOL(s, m) FIELD_(s, m, KIND_BOOL, bool, NULL, 5, 0)
/* The same for what only the template needs. */
#define PAGE_BOOL(s, m) FIELD_(s, m, KIND_BOOL, bool, NULL, 0, FIELD_PAGE_ONLY)
#define PAGE_INT(s, m) FIELD_(s, m, KIND_INT, int64_t, NULL, 0, FIELD_PAGE_ONLY)
#define PAGE_TEXT(s, m) FIELD_(s, m, KIND_TEXT, const char *, NULL, 0, FIELD_PAGE_ONLY)
#define PAGE_URL(s, m) FIELD_(s, m, KIND_URL, const char *, NULL, 0, FIELD_PAGE_ONLY)
#define PAGE_HTML(s, m) FIELD_(s, m, KIND_HTML, struct html, NULL, 0, FIELD_PAGE_ONLY)
#define PAGE_MANY(s, m, sh) FIELD_(s, m, KIND_MANY, struct list, sh, 0, FIELD_PAGE_ONLY)
/* A field of a struct inside the struct, as if it were its own: `in` is the
 * way there, with its dot, or nothing. */
#define FIELD_IN(s, in, m, kind, type, use) \
	{ \
#m, kind, offsetof(s, in m) + _Generic(((s *)0)->in m, type : 0), NULL, 0, use \
	}
#define PAGE_TIME(s, m) FIELD_(s, m, KIND_TIME, int64_t, NULL, 0, FIELD_PAGE_ONLY)
#define FIELD_END \
	{ \
		NULL, KIND_INT, 0, NULL, 0, 0 \
	}

#define SHAPE(s, fields) \
	{ \
		sizeof(struct s), fields, #s \
	}

/* Returns NULL when the shape has no such field. */
const struct field *shape_find(const struct shape *shape, const char *name,
	size_t len);

struct arena;
struct buf;

/* A value as bytes of its own, all it leads to included, for keeping; and
 * back. Only described fields are kept, the others come back as zeros. The
 * lists that come back are full: nothing may be added to them. */
void shape_pack(struct buf *out, const struct shape *shape, const void *value);
void shape_unpack(struct arena *arena, const struct shape *shape,
	const char *bytes, size_t len, void *out);

/* Room for one more item of `size` bytes at the end of the list, zeroed. */
void *list_add(struct arena *arena, struct list *list, size_t size);

#endif
