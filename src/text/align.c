/* align.c: numbering, Myers with a bound, anchors when the bound is hit */
#include "text/align.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/task.h"

/* Edits one run of Myers may need: its memory grows with the square. */
#define EDITS_MAX 300

/* An item that has a chance of a partner, and its place in the sequence. */
struct item {
	size_t number;
	size_t at;
};

/* How often a number stands in the range being cut, and where. */
struct seen {
	size_t old, new;
	size_t new_at;
};

struct contest {
	struct item *old, *new;
	struct seen *seen; /* by number */
	size_t *match; /* by place in the old sequence */
	size_t *work;
};

/* Half open ranges of both sides. */
struct range {
	size_t old, old_end;
	size_t new, new_end;
};

struct anchor {
	size_t old, new;
	size_t before; /* the anchor before it in the longest chain, or ALIGN_NONE */
};

static int by_bytes(const void *a, const void *b)
{
	const struct key *x = *(struct key *const *)a, *y = *(struct key *const *)b;

	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return x->len ? memcmp(x->bytes, y->bytes, x->len) : 0;
}

size_t align_number(struct arena *arena, struct keys *old, struct keys *new)
{
	size_t count = old->count + new->count, number = 0;
	struct key **sorted;

	if (!count)
		return 0;
	sorted = arena_alloc(arena, count * sizeof(struct key *));
	for (size_t i = 0; i < count; i++)
		sorted[i] = i < old->count ? &old->items[i] : &new->items[i - old->count];
	qsort(sorted, count, sizeof(struct key *), by_bytes);
	for (size_t i = 0; i < count; i++) {
		number += i && by_bytes(&sorted[i - 1], &sorted[i]);
		sorted[i]->number = number;
	}
	return number + 1;
}

static bool spend(struct contest *c, size_t steps)
{
	bool enough = *c->work >= steps;

	*c->work = enough ? *c->work - steps : 0;
	return enough;
}

static bool equal(const struct contest *c, size_t old, size_t new)
{
	return c->old[old].number == c->new[new].number;
}

static void join(struct contest *c, size_t old, size_t new)
{
	c->match[c->old[old].at] = c->new[new].at;
}

/* Where diagonal k of row d starts, one edit after row d - 1. Row d holds
 * how far diagonals -d to d got, in old items. */
static bool goes_down(const long *before, long d, long k)
{
	return k == -d || (k != d && before[k - 1 + d - 1] < before[k + 1 + d - 1]);
}

static long start(const long *before, long d, long k)
{
	if (!d)
		return 0;
	return goes_down(before, d, k) ? before[k + 1 + d - 1] : before[k - 1 + d - 1] + 1;
}

static long slide(struct contest *c, const struct range *r, long x, long k)
{
	size_t old = r->old + (size_t)x, new = r->new + (size_t)(x - k);

	while (old < r->old_end && new < r->new_end && equal(c, old, new)) {
		old++;
		new++;
	}
	return (long)(old - r->old);
}

/* Walk back through the rows and record the equal stretches. */
static void trace(struct contest *c, const struct range *r, long *const *rows, long d)
{
	long x = (long)(r->old_end - r->old);
	long k = x - (long)(r->new_end - r->new);

	for (; d >= 0; d--) {
		long from = start(d ? rows[d - 1] : NULL, d, k);

		while (x > from) {
			x--;
			join(c, r->old + (size_t)x, r->new + (size_t)(x - k));
		}
		if (!d)
			return;
		k += goes_down(rows[d - 1], d, k) ? 1 : -1;
		x = rows[d - 1][k + d - 1];
	}
}

/* Myers, "An O(ND) difference algorithm". False when EDITS_MAX or the work
 * left do not suffice; nothing is recorded then. */
static bool shortest(struct contest *c, const struct range *r)
{
	AUTO(arena_free) struct arena scratch = { 0 };
	const long olds = (long)(r->old_end - r->old), news = (long)(r->new_end - r->new);
	long *rows[EDITS_MAX + 1];

	for (long d = 0; d <= EDITS_MAX; d++) {
		rows[d] = arena_alloc(&scratch, (size_t)(2 * d + 1) * sizeof(long));
		for (long k = -d; k <= d; k += 2) {
			long from = start(d ? rows[d - 1] : NULL, d, k), to = from;

			/* beyond an edge there is nothing to compare */
			if (from <= olds && from - k <= news)
				to = slide(c, r, from, k);
			rows[d][k + d] = to;
			if (to == olds && to - k == news) {
				trace(c, r, rows, d);
				return true;
			}
			if (!spend(c, 1 + (size_t)(to - from)))
				return false;
		}
	}
	return false;
}

static void count_range(struct contest *c, const struct range *r)
{
	for (size_t i = r->old; i < r->old_end; i++)
		c->seen[c->old[i].number] = (struct seen) { 0 };
	for (size_t i = r->new; i < r->new_end; i++)
		c->seen[c->new[i].number] = (struct seen) { 0 };
	for (size_t i = r->old; i < r->old_end; i++)
		c->seen[c->old[i].number].old++;
	for (size_t i = r->new; i < r->new_end; i++) {
		c->seen[c->new[i].number].new++;
		c->seen[c->new[i].number].new_at = i;
	}
}

/* How many of the chain ends stand before `new`. */
static size_t chain_below(const struct anchor *anchors, const size_t *ends,
	size_t count, size_t new)
{
	size_t low = 0;

	while (low < count) {
		size_t middle = low + (count - low) / 2;

		if (anchors[ends[middle]].new < new)
			low = middle + 1;
		else
			count = middle;
	}
	return low;
}

/* The longest chain in which both sides only grow (patience sorting). Returns
 * its length; the chain is packed at the start of `anchors`, in order. */
static size_t longest_chain(struct arena *arena, struct anchor *anchors, size_t count)
{
	size_t *ends = arena_alloc(arena, (count + 1) * sizeof(size_t));
	struct anchor *chain;
	size_t length = 0;

	for (size_t i = 0; i < count; i++) {
		size_t place = chain_below(anchors, ends, length, anchors[i].new);

		anchors[i].before = place ? ends[place - 1] : ALIGN_NONE;
		ends[place] = i;
		length += place == length;
	}
	chain = arena_alloc(arena, (length + 1) * sizeof(*chain));
	for (size_t i = length, at = length ? ends[length - 1] : 0; i-- > 0; at = anchors[at].before)
		chain[i] = anchors[at];
	memcpy(anchors, chain, length * sizeof(*chain));
	return length;
}

/* Keys that stand exactly once on both sides of the range and keep their
 * order. Returns how many; *out lives in the arena. */
static size_t find_anchors(struct contest *c, const struct range *r,
	struct arena *arena, struct anchor **out)
{
	struct anchor *anchors = arena_alloc(arena, (r->old_end - r->old + 1) * sizeof(*anchors));
	size_t count = 0;

	count_range(c, r);
	for (size_t i = r->old; i < r->old_end; i++) {
		const struct seen *seen = &c->seen[c->old[i].number];

		if (seen->old == 1 && seen->new == 1)
			anchors[count++] = (struct anchor) { i, seen->new_at, ALIGN_NONE };
	}
	*out = anchors;
	return longest_chain(arena, anchors, count);
}

static void compare(struct contest *c, struct range r);

static void cut(struct contest *c, struct range r)
{
	AUTO(arena_free) struct arena scratch = { 0 };
	struct anchor *anchors;
	size_t count;

	if (!spend(c, r.old_end - r.old + r.new_end - r.new))
		return;
	count = find_anchors(c, &r, &scratch, &anchors);
	for (size_t i = 0; i < count; i++) {
		join(c, anchors[i].old, anchors[i].new);
		compare(c, (struct range) { r.old, anchors[i].old, r.new, anchors[i].new });
		r.old = anchors[i].old + 1;
		r.new = anchors[i].new + 1;
	}
	if (count)
		compare(c, r);
}

static void compare(struct contest *c, struct range r)
{
	while (r.old < r.old_end && r.new < r.new_end && equal(c, r.old, r.new))
		join(c, r.old++, r.new++);
	while (r.old < r.old_end && r.new < r.new_end && equal(c, r.old_end - 1, r.new_end - 1))
		join(c, --r.old_end, --r.new_end);
	if (r.old == r.old_end || r.new == r.new_end)
		return;
	if (!shortest(c, &r))
		cut(c, r);
}

/* Leave out what the other side does not have at all: it cannot match, and
 * without it texts that share little cost little. */
static struct item *with_partner(struct arena *arena, const struct keys *keys,
	const bool *elsewhere, size_t *count)
{
	struct item *items = arena_alloc(arena, (keys->count + 1) * sizeof(*items));

	*count = 0;
	for (size_t i = 0; i < keys->count; i++)
		if (elsewhere[keys->items[i].number])
			items[(*count)++] = (struct item) { keys->items[i].number, i };
	return items;
}

static bool *mark_numbers(struct arena *arena, const struct keys *keys, size_t numbers)
{
	bool *there = arena_alloc(arena, numbers + 1);

	for (size_t i = 0; i < keys->count; i++)
		there[keys->items[i].number] = true;
	return there;
}

size_t *align(struct arena *arena, struct keys *old, struct keys *new,
	size_t *work)
{
	AUTO(arena_free) struct arena scratch = { 0 };
	const size_t numbers = align_number(&scratch, old, new);
	struct contest c = { .work = work };
	struct range r = { 0 };

	c.match = arena_alloc(arena, (old->count + 1) * sizeof(size_t));
	for (size_t i = 0; i < old->count; i++)
		c.match[i] = ALIGN_NONE;
	c.seen = arena_alloc(&scratch, (numbers + 1) * sizeof(*c.seen));
	c.old = with_partner(&scratch, old, mark_numbers(&scratch, new, numbers), &r.old_end);
	c.new = with_partner(&scratch, new, mark_numbers(&scratch, old, numbers), &r.new_end);
	compare(&c, r);
	return c.match;
}
