/* pair.c: blocks paired by equality, by moves, by shared words, by place */
#include "text/pair.h"

#include <string.h>

#include "text/align.h"
#include "base/buf.h"
#include "text/likeness.h"

/* Pairs of blocks that are compared at once; longer stretches are halved. */
#define CELLS_MAX 4096

#define STEPS_PER_BYTE 6

struct pairing {
	struct arena *scratch;
	const struct blocks *old, *new;
	struct keys old_keys, new_keys;
	size_t *match; /* of each old block: its new one */
	size_t *origin; /* the reverse */
	size_t *moved_from; /* of each new block */
	bool *moved; /* of each old block */
	struct bags bags;
	size_t *work;
};

/* Blocks without a partner between two pairs, as indexes. */
struct gap {
	const size_t *olds, *news;
	size_t old_count, new_count;
};

/* What a node is, apart from its texts: of one length, so that any byte may be
 * in it. */
static void describe_kind(struct buf *out, const struct node *node)
{
	const int numbers[] = { (int)node->kind, node->level, node->start, node->checked,
		node->ordered << 2 | node->tight << 1 | node->header, node->align };

	buf_add(out, (const char *)numbers, sizeof(numbers));
}

/* Everything a reader can see of a node, and where its links go. The bytes
 * from 0xfd up, which no UTF-8 contains, keep fields and nodes apart. A soft
 * break is a space: wrapping does not count. */
static void describe(struct buf *out, const struct node *node)
{
	const bool named = node->kind == NODE_FOOTNOTE_MARK || node->kind == NODE_FOOTNOTE;
	const char *texts[] = { node->text, node->name, named ? node->id : NULL, node->url, node->title };

	if (node->kind == NODE_TEXT || node->kind == NODE_SOFT_BREAK) {
		buf_puts(out, node->kind == NODE_TEXT ? node->text : " ");
		return;
	}
	buf_putc(out, '\xff');
	describe_kind(out, node);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		buf_putc(out, '\xfd');
		if (texts[i])
			buf_puts(out, texts[i]);
	}
	buf_putc(out, '\xfd');
	for (const struct node *child = node->first; child; child = child->next)
		describe(out, child);
	buf_putc(out, '\xfe');
}

static struct key key_of(struct arena *arena, const struct node *node)
{
	struct buf out = { .arena = arena };

	if (node)
		describe(&out, node);
	return (struct key) { buf_text(&out), out.len, 0 };
}

static struct keys keys_of(struct arena *arena, const struct blocks *blocks)
{
	struct keys keys = { arena_alloc(arena, (blocks->count + 1) * sizeof(struct key)), blocks->count };

	for (size_t i = 0; i < blocks->count; i++)
		keys.items[i] = key_of(arena, blocks->items[i]);
	return keys;
}

bool pair_same(struct arena *arena, const struct node *old, const struct node *new)
{
	struct key old_key = key_of(arena, old), new_key = key_of(arena, new);
	struct keys olds = { &old_key, 1 }, news = { &new_key, 1 };

	return align_number(arena, &olds, &news) == 1;
}

struct blocks pair_children(struct arena *arena, const struct node *block)
{
	struct list items = { 0 };

	for (const struct node *child = block ? block->first : NULL; child; child = child->next)
		*(const struct node **)list_add(arena, &items, sizeof(child)) = child;
	return (struct blocks) { items.items, items.count };
}

static size_t *no_partners(struct arena *arena, size_t count)
{
	size_t *partners = arena_alloc(arena, (count + 1) * sizeof(*partners));

	for (size_t i = 0; i < count; i++)
		partners[i] = ALIGN_NONE;
	return partners;
}

static void match(struct pairing *p, size_t old, size_t new)
{
	p->match[old] = new;
	p->origin[new] = old;
}

/* Something to read: a rule is not moved, it is just another rule. */
static bool movable(const struct node *node)
{
	return node->kind != NODE_RULE;
}

/* Old blocks that wait for a new one of the same number, in order. */
struct waiting {
	size_t *first; /* by number */
	size_t *next; /* by old block */
};

static struct waiting make_waiting(struct arena *arena, size_t numbers, size_t olds)
{
	return (struct waiting) { no_partners(arena, numbers), no_partners(arena, olds) };
}

/* To the front: begin with the last. */
static void wait_for(struct waiting *w, size_t number, size_t old)
{
	w->next[old] = w->first[number];
	w->first[number] = old;
}

static size_t take_waiting(struct waiting *w, size_t number)
{
	size_t old = w->first[number];

	if (old != ALIGN_NONE)
		w->first[number] = w->next[old];
	return old;
}

/* Equal blocks that lost their place. First come, first served. */
static void find_moves(struct pairing *p)
{
	const size_t olds = p->old->count, news = p->new->count;
	struct waiting w = make_waiting(p->scratch, olds + news, olds);

	for (size_t i = olds; i-- > 0;)
		if (p->match[i] == ALIGN_NONE && movable(p->old->items[i]))
			wait_for(&w, p->old_keys.items[i].number, i);
	for (size_t j = 0; j < news; j++) {
		if (p->origin[j] != ALIGN_NONE)
			continue;
		p->moved_from[j] = take_waiting(&w, p->new_keys.items[j].number);
		if (p->moved_from[j] != ALIGN_NONE)
			p->moved[p->moved_from[j]] = true;
	}
}

/* The blocks that have no partner; NULL in the place of the others. */
static struct blocks still_free(struct arena *arena, const struct blocks *blocks,
	const size_t *partner)
{
	struct blocks rest = { arena_alloc(arena, (blocks->count + 1) * sizeof(*rest.items)), blocks->count };

	for (size_t i = 0; i < blocks->count; i++)
		rest.items[i] = partner[i] == ALIGN_NONE ? blocks->items[i] : NULL;
	return rest;
}

/* Reading and sorting the words of blocks, in steps. */
static size_t reading_work(const struct blocks *blocks)
{
	size_t bytes = 0;

	for (size_t i = 0; i < blocks->count; i++)
		if (blocks->items[i])
			bytes += blocks->items[i]->end - blocks->items[i]->begin;
	return bytes * STEPS_PER_BYTE;
}

/* Lists in lists are read again on every level, so this must have an end. */
static bool make_bags(struct pairing *p)
{
	struct blocks olds = still_free(p->scratch, p->old, p->match);
	struct blocks news = still_free(p->scratch, p->new, p->origin);
	const size_t work = reading_work(&olds) + reading_work(&news);

	if (*p->work < work)
		return false;
	*p->work -= work;
	p->bags = likeness_bags(p->scratch, &olds, &news);
	return true;
}

static unsigned int likeness(struct pairing *p, size_t old, size_t new)
{
	if (p->old->items[old]->kind != p->new->items[new]->kind)
		return 0;
	return likeness_percent(&p->bags.old[old], &p->bags.new[new], p->work);
}

/* The pairs that keep the order and have the most in common: best[i][j] is
 * what can be had from olds i.. and news j.. */
static void pair_alike(struct pairing *p, const struct gap *gap)
{
	AUTO(arena_free) struct arena scratch = { 0 };
	const size_t olds = gap->old_count, news = gap->new_count, row = news + 1;
	unsigned int *best = arena_alloc(&scratch, (olds + 1) * row * sizeof(*best));
	unsigned int *like = arena_alloc(&scratch, (olds + 1) * row * sizeof(*like));

	for (size_t i = olds; i-- > 0;) {
		for (size_t j = news; j-- > 0;) {
			size_t at = i * row + j;
			unsigned int skip = best[at + row] > best[at + 1] ? best[at + row] : best[at + 1];

			like[at] = likeness(p, gap->olds[i], gap->news[j]);
			best[at] = like[at] + best[at + row + 1];
			if (!like[at] || skip > best[at]) {
				best[at] = skip;
				like[at] = 0;
			}
		}
	}
	for (size_t i = 0, j = 0; i < olds && j < news;) {
		size_t at = i * row + j;

		if (like[at])
			match(p, gap->olds[i++], gap->news[j++]);
		else if (best[at + row] >= best[at + 1])
			i++;
		else
			j++;
	}
}

static void pair_by_words(struct pairing *p, const struct gap *gap)
{
	const size_t olds = gap->old_count / 2, news = gap->new_count / 2;

	if (!gap->old_count || !gap->new_count)
		return;
	if (gap->old_count * gap->new_count <= CELLS_MAX) {
		pair_alike(p, gap);
		return;
	}
	pair_by_words(p, &(struct gap) { gap->olds, gap->news, olds, news });
	pair_by_words(p, &(struct gap) { gap->olds + olds, gap->news + news,
		gap->old_count - olds, gap->new_count - news });
}

/* One block of the same kind in the place of one: that is what became of it. */
static void pair_lone(struct pairing *p, const struct gap *gap)
{
	if (gap->old_count == 1 && gap->new_count == 1
			&& p->old->items[*gap->olds]->kind == p->new->items[*gap->news]->kind)
		match(p, *gap->olds, *gap->news);
}

static bool is_free_old(const struct pairing *p, size_t old)
{
	return p->match[old] == ALIGN_NONE && !p->moved[old];
}

static bool is_free_new(const struct pairing *p, size_t new)
{
	return p->origin[new] == ALIGN_NONE && p->moved_from[new] == ALIGN_NONE;
}

/* Call `pair` for every stretch between two pairs that were there before. */
static void each_gap(struct pairing *p, void (*pair)(struct pairing *, const struct gap *))
{
	AUTO(arena_free) struct arena scratch = { 0 };
	size_t *olds = arena_alloc(&scratch, (p->old->count + 1) * sizeof(*olds));
	size_t *news = arena_alloc(&scratch, (p->new->count + 1) * sizeof(*news));
	size_t old = 0, new = 0;

	while (old < p->old->count || new < p->new->count) {
		struct gap gap = { olds, news, 0, 0 };

		for (; old < p->old->count && p->match[old] == ALIGN_NONE; old++)
			if (is_free_old(p, old))
				olds[gap.old_count++] = old;
		for (; new < p->new->count && p->origin[new] == ALIGN_NONE; new++)
			if (is_free_new(p, new))
				news[gap.new_count++] = new;
		/* past the pair that ends the stretch, before `pair` makes new ones */
		old++;
		new++;
		pair(p, &gap);
	}
}

static void put(struct arena *arena, struct list *out, struct pair pair)
{
	*(struct pair *)list_add(arena, out, sizeof(pair)) = pair;
}

static void put_old(struct arena *arena, const struct pairing *p, struct list *out, size_t old)
{
	if (!p->moved[old])
		put(arena, out, (struct pair) { PAIR_REMOVED, p->old->items[old], NULL });
}

static void put_new(struct arena *arena, const struct pairing *p, struct list *out, size_t new)
{
	const size_t from = p->moved_from[new];

	if (from == ALIGN_NONE)
		put(arena, out, (struct pair) { PAIR_ADDED, NULL, p->new->items[new] });
	else
		put(arena, out, (struct pair) { PAIR_MOVED, p->old->items[from], p->new->items[new] });
}

static void put_both(struct arena *arena, const struct pairing *p, struct list *out, size_t old)
{
	const size_t new = p->match[old];
	bool same = p->old_keys.items[old].number == p->new_keys.items[new].number;

	put(arena, out, (struct pair) { same ? PAIR_SAME : PAIR_EDITED,
		p->old->items[old], p->new->items[new] });
}

static struct list in_order(struct arena *arena, const struct pairing *p)
{
	struct list out = { 0 };
	size_t old = 0, new = 0;

	while (old < p->old->count || new < p->new->count) {
		if (old < p->old->count && p->match[old] == ALIGN_NONE) {
			put_old(arena, p, &out, old++);
		} else if (new < p->new->count && p->origin[new] == ALIGN_NONE) {
			put_new(arena, p, &out, new++);
		} else {
			put_both(arena, p, &out, old++);
			new++;
		}
	}
	return out;
}

static void match_equal(struct pairing *p)
{
	p->match = align(p->scratch, &p->old_keys, &p->new_keys, p->work);
	for (size_t i = 0; i < p->old->count; i++)
		if (p->match[i] != ALIGN_NONE)
			p->origin[p->match[i]] = i;
}

struct list pair_blocks(struct arena *arena, const struct blocks *old,
	const struct blocks *new, bool moves, size_t *work)
{
	AUTO(arena_free) struct arena scratch = { 0 };
	struct pairing p = { .scratch = &scratch, .old = old, .new = new, .work = work };

	p.old_keys = keys_of(&scratch, old);
	p.new_keys = keys_of(&scratch, new);
	p.origin = no_partners(&scratch, new->count);
	p.moved_from = no_partners(&scratch, new->count);
	p.moved = arena_alloc(&scratch, old->count + 1);
	match_equal(&p);
	if (moves)
		find_moves(&p);
	each_gap(&p, pair_lone);
	if (make_bags(&p))
		each_gap(&p, pair_by_words);
	each_gap(&p, pair_lone);
	return in_order(arena, &p);
}

static struct keys names_of(struct arena *arena, const struct blocks *blocks)
{
	struct keys keys = { arena_alloc(arena, (blocks->count + 1) * sizeof(struct key)), blocks->count };

	for (size_t i = 0; i < blocks->count; i++) {
		const struct node *node = blocks->items[i];
		const char *name = node->kind == NODE_FOOTNOTE ? node->id : node->name;

		keys.items[i] = (struct key) { name, strlen(name), 0 };
	}
	return keys;
}

static void put_named(struct arena *arena, struct list *out,
	const struct node *old, const struct node *new)
{
	enum pair_kind kind = PAIR_EDITED;

	if (!old || !new)
		kind = old ? PAIR_REMOVED : PAIR_ADDED;
	else if (pair_same(arena, old, new))
		kind = PAIR_SAME;
	put(arena, out, (struct pair) { kind, old, new });
}

/* The first of several old blocks of a name goes to the first new one. */
static size_t *partners_by_name(struct arena *arena, const struct blocks *old,
	const struct blocks *new, bool *taken)
{
	struct keys olds = names_of(arena, old), news = names_of(arena, new);
	struct waiting w = make_waiting(arena, align_number(arena, &olds, &news), old->count);
	size_t *origin = no_partners(arena, new->count);

	for (size_t i = old->count; i-- > 0;)
		wait_for(&w, olds.items[i].number, i);
	for (size_t j = 0; j < new->count; j++) {
		origin[j] = take_waiting(&w, news.items[j].number);
		if (origin[j] != ALIGN_NONE)
			taken[origin[j]] = true;
	}
	return origin;
}

struct list pair_named(struct arena *arena, const struct blocks *old,
	const struct blocks *new)
{
	bool *taken = arena_alloc(arena, old->count + 1);
	const size_t *origin = partners_by_name(arena, old, new, taken);
	struct list out = { 0 };
	size_t i = 0;

	for (size_t j = 0; j <= new->count; j++) {
		size_t from = j < new->count ? origin[j] : old->count;

		/* what was removed stands before what followed it */
		for (; from != ALIGN_NONE && i < from; i++)
			if (!taken[i])
				put_named(arena, &out, old->items[i], NULL);
		if (j < new->count)
			put_named(arena, &out, from == ALIGN_NONE ? NULL : old->items[from], new->items[j]);
	}
	return out;
}

struct list pair_columns(struct arena *arena, const struct blocks *old,
	const struct blocks *new)
{
	struct list out = { 0 };

	for (size_t i = 0; i < old->count || i < new->count; i++)
		put_named(arena, &out, i < old->count ? old->items[i] : NULL,
			i < new->count ? new->items[i] : NULL);
	return out;
}
