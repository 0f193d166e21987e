/* likeness.c: bags of numbered words and what they share (Dice) */
#include "text/likeness.h"

#include <stdlib.h>
#include <string.h>

#include "text/align.h"
#include "text/words.h"

#define LIKE_PERCENT 50

/* A block is also like another that holds nearly all of its words, if those
 * are enough to mean something: somebody added a lot to it. */
#define HELD_PERCENT 90
#define HELD_WORDS_MIN 6

static void add_words(struct arena *arena, struct list *keys, struct bag *bag,
	const struct node *node)
{
	const char *text = doc_plain(arena, node);
	struct words words = words_read(arena, text, strlen(text), false);

	for (size_t i = 0; i < words.count; i++) {
		const struct word *word = &words.items[i];
		struct key *key;

		if (!word_counts(word))
			continue;
		key = list_add(arena, keys, sizeof(*key));
		key->bytes = text + word->begin;
		key->len = word->end - word->begin;
		bag->count++;
	}
}

static struct keys read_words(struct arena *arena, const struct blocks *blocks,
	struct bag *bags)
{
	struct list keys = { 0 };

	for (size_t i = 0; i < blocks->count; i++)
		if (blocks->items[i])
			add_words(arena, &keys, &bags[i], blocks->items[i]);
	return (struct keys) { keys.items, keys.count };
}

static int by_number(const void *a, const void *b)
{
	const size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return (x > y) - (x < y);
}

static void fill(struct arena *arena, const struct keys *keys, struct bag *bags,
	size_t count)
{
	const struct key *key = keys->items;

	for (size_t i = 0; i < count; i++) {
		bags[i].words = arena_alloc(arena, (bags[i].count + 1) * sizeof(size_t));
		for (size_t w = 0; w < bags[i].count; w++)
			bags[i].words[w] = key++->number;
		qsort(bags[i].words, bags[i].count, sizeof(size_t), by_number);
	}
}

struct bags likeness_bags(struct arena *arena, const struct blocks *old,
	const struct blocks *new)
{
	struct bags bags = {
		arena_alloc(arena, (old->count + 1) * sizeof(struct bag)),
		arena_alloc(arena, (new->count + 1) * sizeof(struct bag))
	};
	struct keys olds = read_words(arena, old, bags.old);
	struct keys news = read_words(arena, new, bags.new);

	align_number(arena, &olds, &news);
	fill(arena, &olds, bags.old, old->count);
	fill(arena, &news, bags.new, new->count);
	return bags;
}

static size_t shared_words(const struct bag *a, const struct bag *b)
{
	size_t shared = 0;

	for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
		const size_t x = a->words[i], y = b->words[j];

		shared += x == y;
		i += x <= y;
		j += y <= x;
	}
	return shared;
}

unsigned int likeness_percent(const struct bag *old, const struct bag *new,
	size_t *work)
{
	const size_t least = old->count < new->count ? old->count : new->count;
	const size_t sum = old->count + new->count;
	size_t shared, percent;

	if (!least || *work < sum)
		return 0;
	*work -= sum;
	shared = shared_words(old, new);
	percent = 200 * shared / sum;
	if (percent >= LIKE_PERCENT)
		return (unsigned int)percent;
	return least >= HELD_WORDS_MIN && 100 * shared >= HELD_PERCENT * least ? LIKE_PERCENT : 0;
}
