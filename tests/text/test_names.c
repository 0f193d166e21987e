/* test_names.c: keys that share beginnings, and many of them */
#include "../test.h"
#include "base/arena.h"
#include "text/names.h"

static void test_prefixes(struct arena *arena)
{
	static const char *const keys[] = { "", "a", "ab", "abc", "b", "a-2", "ä", "\xff", "A" };
	struct names names = { 0 };

	CHECK(!names_find(&names, "a"));
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		CHECK(names_add(arena, &names, keys[i]));
		CHECK(!names_add(arena, &names, keys[i]));
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		CHECK(names_find(&names, keys[i]));
	CHECK(!names_find(&names, "abcd"));
	CHECK(!names_find(&names, "c"));
}

static void test_many(struct arena *arena)
{
	struct names names = { 0 };
	int *value;

	for (int i = 0; i < 20000; i++) {
		value = arena_alloc(arena, sizeof(*value));
		*value = i;
		*names_slot(arena, &names, arena_printf(arena, "key-%d", i * 7919 % 20011)) = value;
	}
	for (int i = 0; i < 20000; i++) {
		value = names_find(&names, arena_printf(arena, "key-%d", i * 7919 % 20011));
		CHECK(value && *value == i);
	}
}

int main(void)
{
	struct arena arena = { 0 };

	test_prefixes(&arena);
	test_many(&arena);
	arena_free(&arena);
	return test_result();
}
