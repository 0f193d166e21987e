/* test_arena.c: memory that lives as long as a task */
#include <stdint.h>

#include "../test.h"
#include "base/arena.h"

static void test_zeroed_and_aligned(void)
{
	struct arena arena = { 0 };

	for (size_t size = 1; size < 100; size++) {
		char *room = arena_alloc(&arena, size);

		CHECK((uintptr_t)room % _Alignof(max_align_t) == 0);
		for (size_t i = 0; i < size; i++)
			CHECK(room[i] == 0);
		memset(room, 0xff, size); /* the next piece must not see this */
	}
	arena_free(&arena);
}

static void test_large_pieces(void)
{
	struct arena arena = { 0 };
	char *small = arena_strdup(&arena, "small");
	char *large = arena_alloc(&arena, 10 * 1024 * 1024);

	large[10 * 1024 * 1024 - 1] = 'x';
	CHECK_STR(small, "small");
	CHECK_STR(arena_strdup(&arena, "after"), "after");
	arena_free(&arena);
	CHECK_STR(arena_strdup(&arena, "usable again"), "usable again");
	arena_free(&arena);
}

static void test_texts(void)
{
	struct arena arena = { 0 };

	CHECK_STR(arena_strndup(&arena, "twitter/en.md", 7), "twitter");
	CHECK_STR(arena_printf(&arena, "%s-%d.%d.%d", "twitter", 1, 2, 3), "twitter-1.2.3");
	CHECK_STR(arena_printf(&arena, "%s", ""), "");
	arena_free(&arena);
}

int main(void)
{
	test_zeroed_and_aligned();
	test_large_pieces();
	test_texts();
	return test_result();
}
