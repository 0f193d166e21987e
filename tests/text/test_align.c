/* Sequences of letters compared: every answer must be a common subsequence,
 * and where the bound is not reached a longest one. */
#include "text/align.h"

#include "base/arena.h"
#include "../test.h"

static struct keys letters(struct arena *arena, const char *text)
{
	struct keys keys = { arena_alloc(arena, (strlen(text) + 1) * sizeof(struct key)), strlen(text) };

	for (size_t i = 0; i < keys.count; i++)
		keys.items[i] = (struct key) { text + i, 1, 0 };
	return keys;
}

/* Checks order and equality; returns how many match. */
static size_t common(const struct keys *old, const struct keys *new, const size_t *match)
{
	size_t count = 0, least = 0;

	for (size_t i = 0; i < old->count; i++) {
		if (match[i] == ALIGN_NONE)
			continue;
		CHECK(match[i] >= least && match[i] < new->count);
		CHECK(old->items[i].number == new->items[match[i]].number);
		least = match[i] + 1;
		count++;
	}
	return count;
}

static size_t compare(const char *old, const char *new, size_t work)
{
	struct arena arena = { 0 };
	struct keys olds = letters(&arena, old), news = letters(&arena, new);
	size_t count = common(&olds, &news, align(&arena, &olds, &news, &work));

	arena_free(&arena);
	return count;
}

/* The textbook table. */
static size_t longest(const char *old, const char *new)
{
	static size_t best[64][64];
	size_t olds = strlen(old), news = strlen(new);

	memset(best, 0, sizeof(best));
	for (size_t i = olds; i-- > 0;)
		for (size_t j = news; j-- > 0;) {
			size_t skip = best[i + 1][j] > best[i][j + 1] ? best[i + 1][j] : best[i][j + 1];

			best[i][j] = old[i] == new[j] ? best[i + 1][j + 1] + 1 : skip;
		}
	return best[0][0];
}

static void test_known(void)
{
	CHECK(compare("", "", 1000) == 0);
	CHECK(compare("abc", "", 1000) == 0);
	CHECK(compare("", "abc", 1000) == 0);
	CHECK(compare("abc", "abc", 1000) == 3);
	CHECK(compare("abcabba", "cbabac", 1000) == 4);
	CHECK(compare("abc", "xyz", 1000) == 0);
}

static void fill(char *text, size_t len, unsigned int letters_used)
{
	for (size_t i = 0; i < len; i++)
		text[i] = (char)('a' + (unsigned int)rand() % letters_used);
	text[len] = '\0';
}

static void test_random(void)
{
	char old[61], new[61];

	srand(7);
	for (int i = 0; i < 3000; i++) {
		unsigned int used = 2 + (unsigned int)rand() % 20;

		fill(old, (size_t)rand() % 60, used);
		fill(new, (size_t)rand() % 60, used);
		CHECK(compare(old, new, 1000000) == longest(old, new));
	}
}

/* Little work left: still an answer, and a true one. */
static void test_out_of_work(void)
{
	char old[61], new[61];

	for (int i = 0; i < 1000; i++) {
		fill(old, 60, 4);
		fill(new, 60, 4);
		compare(old, new, (size_t)rand() % 300);
	}
	CHECK(compare("abcdef", "abcxef", 0) == 5);
}

/* More edits than Myers may make: 1,000 numbers that stay among 4,000 that
 * do not. The ones that stay occur once and hold the rest. */
static void test_anchors(void)
{
	struct arena arena = { 0 };
	size_t work = 10000000, kept = 0;
	struct keys sides[2];

	for (int side = 0; side < 2; side++) {
		sides[side] = (struct keys) { arena_alloc(&arena, 5000 * sizeof(struct key)), 5000 };
		for (int i = 0; i < 5000; i++) {
			const char *text = i % 5 ? arena_printf(&arena, "%d", rand() % 50)
				: arena_printf(&arena, "stays %d", i);

			sides[side].items[i] = (struct key) { text, strlen(text), 0 };
		}
	}
	kept = common(&sides[0], &sides[1], align(&arena, &sides[0], &sides[1], &work));
	CHECK(kept > 1000);
	arena_free(&arena);
}

int main(void)
{
	test_known();
	test_random();
	test_out_of_work();
	test_anchors();
	return test_result();
}
