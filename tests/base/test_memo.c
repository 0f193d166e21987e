/* test_memo.c: what is remembered, what is forgotten first */
#include <pthread.h>

#include "../test.h"
#include "base/arena.h"
#include "base/memo.h"

static bool knows(struct memo *memo, const char *key, const char *expected)
{
	struct arena arena = { 0 };
	struct buf out = { .arena = &arena };
	bool known = memo_get(memo, key, &out);

	if (known)
		CHECK_STR(buf_text(&out), expected);
	arena_free(&arena);
	return known;
}

static void test_least_used_goes_first(void)
{
	struct memo *memo = memo_open(8000);
	char text[1000];

	memset(text, 'x', sizeof(text));
	text[999] = '\0';
	for (char key[] = "a"; *key <= 'f'; (*key)++)
		memo_put(memo, key, text, 999);
	CHECK(knows(memo, "a", text)); /* used again */
	memo_put(memo, "g", text, 999);
	memo_put(memo, "h", text, 999);
	CHECK(knows(memo, "a", text));
	CHECK(!knows(memo, "b", text));
	CHECK(knows(memo, "h", text));
	memo_put(memo, "large", text, 999);
	CHECK(!knows(memo, "nothing", ""));
	memo_close(memo);
}

static void test_first_word_stays(void)
{
	struct memo *memo = memo_open(8000);

	memo_put(memo, "k", "one", 3);
	memo_put(memo, "k", "two", 3);
	CHECK(knows(memo, "k", "one"));
	memo_close(memo);
}

static void *hammer(void *arg)
{
	char key[16], value[64];

	for (int i = 0; i < 3000; i++) {
		snprintf(key, sizeof(key), "%d", i % 97);
		snprintf(value, sizeof(value), "value %d", i % 97);
		memo_put(arg, key, value, strlen(value));
		knows(arg, key, value);
	}
	return NULL;
}

static void test_threads(void)
{
	struct memo *memo = memo_open(4000);
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		CHECK(!pthread_create(&threads[i], NULL, hammer, memo));
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	memo_close(memo);
}

int main(void)
{
	test_least_used_goes_first();
	test_first_word_stays();
	test_threads();
	return test_result();
}
