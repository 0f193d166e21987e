/* shape.c: looking fields up, and lists that grow */
#include "base/shape.h"

#include <string.h>

#include "base/arena.h"

const struct field *shape_find(const struct shape *shape, const char *name,
	size_t len)
{
	const struct field *f;

	for (f = shape->fields; f->name; f++)
		if (strlen(f->name) == len && !memcmp(f->name, name, len))
			return f;
	return NULL;
}

/* Lists double, so their room is always the next power of two: the count
 * alone says when one is full. */
static bool full(size_t count)
{
	return (count & (count - 1)) == 0;
}

void *list_add(struct arena *arena, struct list *list, size_t size)
{
	if (full(list->count)) {
		char *more = arena_alloc(arena, (list->count ? list->count * 2 : 1) * size);

		if (list->count)
			memcpy(more, list->items, list->count * size);
		list->items = more;
	}
	return (char *)list->items + list->count++ * size;
}
