/* align.h: which items of one sequence became which of another
 *
 * Private to text/. Keys are numbered by sorting, not by hashing: a stranger
 * must not be able to craft two passages that pass for one. Then Myers'
 * O(ND) finds a shortest script; where that would take too long the range is
 * cut at keys that occur once on both sides, and where there are none either
 * all of it counts as different. */
#ifndef TEXT_ALIGN_H
#define TEXT_ALIGN_H

#include <stddef.h>
#include <stdint.h>

struct arena;

#define ALIGN_NONE SIZE_MAX

struct key {
	const char *bytes;
	size_t len;
	size_t number; /* equal bytes, equal number; set by align_number() */
};

struct keys {
	struct key *items;
	size_t count;
};

/* Number the keys of both from 0 up. Returns how many numbers there are. */
size_t align_number(struct arena *arena, struct keys *old, struct keys *new);

/* Number and compare. For every old item the index of the new one it
 * matches, or ALIGN_NONE; indexes only grow. `work` is how many steps may
 * still be taken and goes down; at 0 the rest counts as different. */
size_t *align(struct arena *arena, struct keys *old, struct keys *new,
	size_t *work);

#endif
