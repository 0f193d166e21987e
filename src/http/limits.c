#include "limits.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define SETS 16384 /* a power of two */
#define WAYS 4

/* One for every interval, and a burst of so many at once. */
static const struct {
	int64_t interval_ms;
	int64_t burst;
} rules[RULES] = {
	[RULE_PAGE] = { 1000 / 20, 200 },
	[RULE_COSTLY] = { 1000 / 2, 60 },
	[RULE_CROWD] = { 1000 / 20, 400 },
	[RULE_CLONE] = { 5 * 1000, 240 }, /* a clone is three requests, a build farm many clones */
	[RULE_SEND] = { 60 * 1000, 30 },
	[RULE_SIGN_IN] = { 90 * 1000, 10 },
};

struct cell {
	uint64_t key; /* 0: free */
	int64_t even_ms; /* the theoretical arrival time */
};

struct limits {
	pthread_mutex_t lock;
	unsigned char secret[crypto_shorthash_KEYBYTES];
	struct cell cells[SETS][WAYS];
};

struct limits *limits_open(void)
{
	struct limits *limits = memory_must(calloc(1, sizeof(*limits)));

	pthread_mutex_init(&limits->lock, NULL);
	randombytes_buf(limits->secret, sizeof(limits->secret));
	return limits;
}

void limits_close(struct limits *limits)
{
	if (!limits)
		return;
	pthread_mutex_destroy(&limits->lock);
	free(limits);
}

static uint64_t key_of(const struct limits *limits, enum rule rule, const char *who)
{
	unsigned char message[96] = { (unsigned char)rule }, hash[crypto_shorthash_BYTES];
	uint64_t key;

	strncpy((char *)message + 1, who, sizeof(message) - 2);
	crypto_shorthash(hash, message, sizeof(message), limits->secret);
	memcpy(&key, hash, sizeof(key));
	return key ? key : 1;
}

/* The key's cell; else the one that has been even for longest. */
static struct cell *find(struct limits *limits, uint64_t key)
{
	struct cell *set = limits->cells[key & (SETS - 1)], *oldest = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].key == key)
			return &set[i];
		if (set[i].even_ms < oldest->even_ms)
			oldest = &set[i];
	}
	*oldest = (struct cell) { .key = key };
	return oldest;
}

static int64_t take(struct cell *cell, enum rule rule, int64_t now_ms)
{
	int64_t interval = rules[rule].interval_ms, room = interval * rules[rule].burst;
	int64_t even = cell->even_ms > now_ms ? cell->even_ms : now_ms;

	if (even > now_ms + 2 * room)
		even = now_ms; /* the clock was set back */
	if (even + interval > now_ms + room)
		return (even + interval - now_ms - room + 999) / 1000;
	cell->even_ms = even + interval;
	return 0;
}

int64_t limits_take(struct limits *limits, enum rule rule, const char *who, int64_t now_ms)
{
	int64_t wait;

	if (rule == RULE_NONE)
		return 0;
	pthread_mutex_lock(&limits->lock);
	wait = take(find(limits, key_of(limits, rule, who)), rule, now_ms);
	pthread_mutex_unlock(&limits->lock);
	return wait;
}
