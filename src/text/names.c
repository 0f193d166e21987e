/* names.c: crit-bit tree
 *
 * A fork names the first bit in which the keys on its two sides differ; keys
 * are in the leaves. Bits are numbered from the front: byte * 8 + bit, the
 * highest bit of a byte first. The end of a key reads as a byte 0. */
#include "text/names.h"

#include <stddef.h>
#include <string.h>

#include "base/arena.h"

struct name {
	struct name *side[2]; /* NULL in a leaf */
	size_t bit; /* of a fork */
	const char *key; /* of a leaf */
	void *value;
};

static unsigned int bit_of(const char *key, size_t len, size_t bit)
{
	unsigned char byte = bit / 8 < len ? (unsigned char)key[bit / 8] : 0;

	return byte >> (7 - bit % 8) & 1;
}

/* The leaf that shares most of its forks with the key. */
static struct name *closest(const struct names *names, const char *key)
{
	size_t len = strlen(key);
	struct name *at = names->root;

	while (at && at->side[0])
		at = at->side[bit_of(key, len, at->bit)];
	return at;
}

static size_t first_difference(const char *a, const char *b)
{
	size_t byte = 0, bit = 0;

	while (a[byte] == b[byte])
		byte++;
	while (!((unsigned char)(a[byte] ^ b[byte]) >> (7 - bit) & 1))
		bit++;
	return byte * 8 + bit;
}

static struct name *make_leaf(struct arena *arena, const char *key)
{
	struct name *leaf = arena_alloc(arena, sizeof(*leaf));

	leaf->key = key;
	return leaf;
}

static struct name *insert(struct arena *arena, struct names *names,
	const char *key, size_t bit)
{
	size_t len = strlen(key);
	struct name **at = &names->root;
	struct name *leaf = make_leaf(arena, key);
	struct name *fork = arena_alloc(arena, sizeof(*fork));

	while ((*at)->side[0] && (*at)->bit < bit)
		at = &(*at)->side[bit_of(key, len, (*at)->bit)];
	fork->bit = bit;
	fork->side[bit_of(key, len, bit)] = leaf;
	fork->side[!bit_of(key, len, bit)] = *at;
	*at = fork;
	return leaf;
}

void **names_slot(struct arena *arena, struct names *names, const char *key)
{
	struct name *near = closest(names, key);

	if (!near)
		near = names->root = make_leaf(arena, key);
	else if (strcmp(near->key, key) != 0)
		near = insert(arena, names, key, first_difference(near->key, key));
	return &near->value;
}

void *names_find(const struct names *names, const char *key)
{
	const struct name *near = closest(names, key);

	return near && strcmp(near->key, key) == 0 ? near->value : NULL;
}

bool names_add(struct arena *arena, struct names *names, const char *key)
{
	static char present;
	void **slot = names_slot(arena, names, key);

	if (*slot)
		return false;
	*slot = &present;
	return true;
}
