/* test_shape.c: fields by name, and lists that grow */
#include "../test.h"
#include "base/arena.h"
#include "base/shape.h"

struct inner {
	const char *title;
};
struct outer {
	int64_t id;
	struct inner inner;
	bool open;
};
static const struct field fields[] = {
	FIELD_INT(struct outer, id),
	FIELD_IN(struct outer, inner., title, KIND_TEXT, const char *, 0),
	FIELD_BOOL(struct outer, open),
	FIELD_END
};
static const struct shape shape = SHAPE(outer, fields);

static void test_find(void)
{
	CHECK(shape_find(&shape, "id", 2) == &fields[0]);
	CHECK(shape_find(&shape, "identity", 2) == &fields[0]);
	CHECK(!shape_find(&shape, "identity", 8));
	CHECK(!shape_find(&shape, "i", 1));
	CHECK_STR(shape.name, "outer");
	/* a field of a struct inside is found where it really is */
	CHECK(shape_find(&shape, "title", 5)->offset == offsetof(struct outer, inner.title));
}

static void test_list(void)
{
	struct arena arena = { 0 };
	struct list list = { 0 };

	for (int64_t i = 0; i < 1000; i++) {
		struct outer *item = list_add(&arena, &list, sizeof(*item));

		CHECK(item->id == 0 && !item->open);
		item->id = i;
	}
	CHECK(list.count == 1000);
	for (int64_t i = 0; i < 1000; i++)
		CHECK(((const struct outer *)list.items)[i].id == i);
	arena_free(&arena);
}

int main(void)
{
	test_find();
	test_list();
	return test_result();
}
