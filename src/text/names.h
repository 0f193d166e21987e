/* names.h: a map from strings to anything, safe from chosen keys
 *
 * A crit-bit tree: looking a key up costs its length, whatever the other keys
 * are. A hash table with a known function would let a stranger make every
 * heading collide. */
#ifndef TEXT_NAMES_H
#define TEXT_NAMES_H

#include <stdbool.h>

struct arena;

struct names {
	struct name *root;
};

/* The value's place; a new key gets one that holds NULL. The key is kept, not
 * copied. */
void **names_slot(struct arena *arena, struct names *names, const char *key);

/* NULL for an unknown key. */
void *names_find(const struct names *names, const char *key);

/* Add a key that needs no value. False when it was there. */
bool names_add(struct arena *arena, struct names *names, const char *key);

#endif
