/* test_lru.c: what is found, replaced, and what leaves first */
#include "../test.h"
#include "base/lru.h"

struct item {
	struct lru_entry lru;
	char key[16];
	int value;
};

static int dropped; /* how many have left, and the sum of their values */
static int dropped_sum;

static void drop(struct lru_entry *entry)
{
	const struct item *item = (const struct item *)(const void *)entry;

	dropped++;
	dropped_sum += item->value;
	free(entry);
}

static void put(struct lru *lru, const char *key, int value, size_t cost)
{
	struct item *item = calloc(1, sizeof(*item));

	snprintf(item->key, sizeof(item->key), "%s", key);
	item->value = value;
	item->lru.key = item->key;
	item->lru.cost = cost;
	lru_put(lru, &item->lru);
}

static int value_of(struct lru *lru, const char *key)
{
	const struct item *item = (const struct item *)(const void *)lru_find(lru, key);

	return item ? item->value : -1;
}

static void test_replaced(void)
{
	struct lru lru;

	lru_init(&lru, 100, drop);
	dropped = dropped_sum = 0;
	put(&lru, "a", 1, 10);
	put(&lru, "a", 2, 20);
	CHECK(value_of(&lru, "a") == 2 && dropped == 1 && dropped_sum == 1 && lru.used == 20);
	CHECK(value_of(&lru, "b") == -1);
	lru_release(&lru);
	CHECK(dropped == 2 && lru.used == 0 && !lru.oldest && !lru.newest);
}

static void test_least_used_leaves(void)
{
	struct lru lru;

	lru_init(&lru, 30, drop);
	dropped = dropped_sum = 0;
	put(&lru, "a", 1, 10);
	put(&lru, "b", 2, 10);
	put(&lru, "c", 4, 10);
	CHECK(value_of(&lru, "a") == 1); /* used again */
	put(&lru, "d", 8, 20);
	CHECK(dropped_sum == 2 + 4 && value_of(&lru, "a") == 1 && value_of(&lru, "d") == 8);
	put(&lru, "huge", 16, 31);
	CHECK(value_of(&lru, "huge") == -1 && lru.used == 0);
	lru_release(&lru);
}

static void test_many(void)
{
	struct lru lru;
	char key[16];

	lru_init(&lru, 5000, drop);
	dropped = 0;
	for (int i = 0; i < 20000; i++) {
		snprintf(key, sizeof(key), "%d", i);
		put(&lru, key, i, 1);
	}
	CHECK(dropped == 15000 && value_of(&lru, "14999") == -1 && value_of(&lru, "15000") == 15000);
	lru_release(&lru);
	CHECK(dropped == 20000);
}

int main(void)
{
	test_replaced();
	test_least_used_leaves();
	test_many();
	return test_result();
}
