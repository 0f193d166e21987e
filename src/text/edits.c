/* edits.c: words aligned, runs of changes slid, joined and widened */
#include "text/edits.h"

#include <string.h>

#include "text/align.h"

/* Changes with fewer equal words between them are shown as one. */
#define WORDS_BETWEEN 3

/* Less than this share of the shorter text kept: it was written anew. */
#define KEPT_PERCENT 40

/* Words [old, old_end) became [new, new_end). */
struct run {
	size_t old, old_end;
	size_t new, new_end;
};

struct comparison {
	struct arena *arena;
	const struct flat *old, *new;
	struct keys old_keys, new_keys;
	size_t *match; /* of each old word */
	size_t *origin; /* of each new word */
	struct run *runs;
	size_t count;
};

static struct keys keys_of(struct arena *arena, const struct words *words)
{
	struct keys keys = { arena_alloc(arena, (words->count + 1) * sizeof(struct key)), words->count };

	for (size_t i = 0; i < words->count; i++) {
		const struct word *word = &words->items[i];

		keys.items[i].bytes = words->text + word->begin;
		keys.items[i].len = word->end - word->begin;
	}
	return keys;
}

static void invert(struct comparison *c)
{
	c->origin = arena_alloc(c->arena, (c->new_keys.count + 1) * sizeof(size_t));
	for (size_t i = 0; i < c->new_keys.count; i++)
		c->origin[i] = ALIGN_NONE;
	for (size_t i = 0; i < c->old_keys.count; i++)
		if (c->match[i] != ALIGN_NONE)
			c->origin[c->match[i]] = i;
}

static void find_runs(struct comparison *c)
{
	size_t old = 0, new = 0, olds = c->old_keys.count, news = c->new_keys.count;

	c->runs = arena_alloc(c->arena, (olds + news + 1) * sizeof(struct run));
	while (old < olds || new < news) {
		struct run run = { old, old, new, new };

		while (run.old_end < olds && c->match[run.old_end] == ALIGN_NONE)
			run.old_end++;
		while (run.new_end < news && c->origin[run.new_end] == ALIGN_NONE)
			run.new_end++;
		if (run.old_end > old || run.new_end > new)
			c->runs[c->count++] = run;
		/* past one equal word */
		old = run.old_end + 1;
		new = run.new_end + 1;
	}
}

static bool ends_sentence(const struct flat *flat, size_t word)
{
	const struct word *w = &flat->words.items[word];

	return w->kind == WORD_SIGN && strchr(".!?:;", flat->text[w->begin]);
}

/* "[We do X. ]We do Y." and "We do [X. We do ]Y." are the same change. Slide
 * a run that only adds or only removes to the left as long as it stays true,
 * and stop where a sentence begins. */
static void slide(const struct comparison *c, struct run *run, const struct run *before)
{
	const bool adds = run->old == run->old_end;
	const struct key *keys = adds ? c->new_keys.items : c->old_keys.items;
	const struct flat *flat = adds ? c->new : c->old;
	const size_t at = adds ? run->new : run->old, end = adds ? run->new_end : run->old_end;
	const size_t room = before ? run->old - before->old_end : run->old;

	if (!adds && run->new != run->new_end)
		return;
	for (size_t by = 0; by <= room; by++) {
		if (at == by || ends_sentence(flat, at - by - 1)) {
			*run = (struct run) { run->old - by, run->old_end - by, run->new - by, run->new_end - by };
			return;
		}
		if (keys[at - by - 1].number != keys[end - by - 1].number)
			return;
	}
}

static void tally_runs(const struct comparison *c, struct tally *tally)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct run *run = &c->runs[i];

		tally_words(c->arena, tally, &c->old->words, run->old, run->old_end, false);
		tally_words(c->arena, tally, &c->new->words, run->new, run->new_end, true);
	}
}

static bool few_words(const struct words *words, size_t begin, size_t end)
{
	size_t count = 0;

	while (begin < end && count < WORDS_BETWEEN)
		count += word_counts(&words->items[begin++]);
	return count < WORDS_BETWEEN;
}

static void join_runs(struct comparison *c)
{
	size_t kept = 0;

	for (size_t i = 1; i < c->count; i++) {
		struct run *last = &c->runs[kept];

		if (few_words(&c->new->words, last->new_end, c->runs[i].new)) {
			last->old_end = c->runs[i].old_end;
			last->new_end = c->runs[i].new_end;
		} else {
			c->runs[++kept] = c->runs[i];
		}
	}
	c->count = c->count ? kept + 1 : 0;
}

static bool begins_with_word(const struct words *words, size_t begin, size_t end)
{
	return begin < end && words->items[begin].kind == WORD_LETTERS;
}

/* "1 [day]" became "1 [hour]": people read "[1 day]", "[1 hour]". */
static void take_number(const struct comparison *c, struct run *run, const struct run *before)
{
	const struct words *words = &c->new->words;
	const struct word *number;

	if (!run->new || !run->old || (before && before->new_end == run->new - 1)
			|| !begins_with_word(&c->old->words, run->old, run->old_end)
			|| !begins_with_word(words, run->new, run->new_end))
		return;
	number = &words->items[run->new - 1];
	if (number->kind != WORD_NUMBER
			|| number->end == words->items[run->new].begin
			|| (run->new > 1 && number[-1].end == number->begin))
		return;
	run->old--;
	run->new--;
}

static size_t end_before(const struct words *words, size_t word)
{
	return word ? words->items[word - 1].end : 0;
}

/* The space before a word goes with it. */
static struct edit bytes_of(const struct comparison *c, const struct run *run)
{
	const struct words *old = &c->old->words, *new = &c->new->words;
	struct edit e = {
		end_before(new, run->new), end_before(new, run->new_end),
		end_before(old, run->old), end_before(old, run->old_end)
	};
	const size_t gone = run->old < run->old_end ? old->items[run->old].begin : e.gone;
	const size_t begin = run->new < run->new_end ? new->items[run->new].begin : e.begin;

	if (gone > e.gone && begin > e.begin) {
		/* both begin with a space: it stays */
		e.gone = gone;
		e.begin = begin;
	} else if (run->old_end < old->count && gone == e.gone && run->new == run->new_end
			&& new->items[run->new].begin == e.end) {
		/* "([very ]good": no space before to take, so the one behind */
		e.gone_end = old->items[run->old_end].begin;
	}
	return e;
}

static bool rewritten(const struct comparison *c)
{
	size_t olds = words_count(&c->old->words), news = words_count(&c->new->words);
	size_t least = olds < news ? olds : news, kept = 0;

	for (size_t i = 0; i < c->old_keys.count; i++)
		kept += c->match[i] != ALIGN_NONE && word_counts(&c->old->words.items[i]);
	return least && kept * 100 < least * KEPT_PERCENT;
}

/* The word that shows the link, in a text whose words are sorted. */
static size_t first_word(const struct words *words, const struct extent *link)
{
	size_t low = 0, high = words->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (words->items[middle].end <= link->begin)
			low = middle + 1;
		else
			high = middle;
	}
	return low < words->count && words->items[low].begin < link->end ? low : ALIGN_NONE;
}

/* The link that the first word of `link` stands in on the other side.
 * *there: whether the word is there at all. */
static const struct node *counterpart(const struct extent *link, const struct words *words,
	const size_t *partner, const struct flat *other, bool *there)
{
	size_t word = first_word(words, link), at = word == ALIGN_NONE ? word : partner[word];
	const struct extent *found = NULL;

	*there = at != ALIGN_NONE;
	if (*there)
		found = flat_link(other, other->words.items[at].begin, other->words.items[at].end);
	return found ? found->node : NULL;
}

static void note_link(struct comparison *c, struct edits *out, struct link_note note)
{
	*(struct link_note *)list_add(c->arena, &out->notes, sizeof(note)) = note;
}

/* An address that can be read in the text needs no note. */
static bool spelled_out(const struct flat *flat, const struct extent *link)
{
	size_t len = strlen(link->node->url);

	return len == link->end - link->begin
		&& !memcmp(flat->text + link->begin, link->node->url, len);
}

static void compare_links(struct comparison *c, struct edits *out, struct tally *tally)
{
	const struct extent *links = c->new->links.items, *gone = c->old->links.items;
	bool there;

	for (size_t i = 0; i < c->new->links.count; i++) {
		const struct node *old = counterpart(&links[i], &c->new->words, c->origin, c->old, &there);

		if (old && !strcmp(old->url, links[i].node->url))
			continue;
		tally->flags |= old ? TALLY_LINK_TARGET : TALLY_LINK_ADDED;
		if (!spelled_out(c->new, &links[i]))
			note_link(c, out, (struct link_note) { links[i].node,
				there ? "link now goes to" : "link goes to", links[i].node->url });
	}
	for (size_t i = 0; i < c->old->links.count; i++) {
		if (counterpart(&gone[i], &c->old->words, c->match, c->new, &there))
			continue;
		tally->flags |= TALLY_LINK_REMOVED;
		if (there)
			note_link(c, out, (struct link_note) { NULL, "no longer a link to", gone[i].node->url });
	}
}

static void clean_up(struct comparison *c)
{
	join_runs(c);
	for (size_t i = 0; i < c->count; i++)
		take_number(c, &c->runs[i], i ? &c->runs[i - 1] : NULL);
}

struct edits edits_between(struct arena *arena, const struct flat *old,
	const struct flat *new, struct tally *tally, size_t *work)
{
	static const struct flat nothing = { .text = "" };
	struct comparison c = { .arena = arena, .old = old ? old : &nothing, .new = new ? new : &nothing };
	struct edits out = { 0 };

	c.old_keys = keys_of(arena, &c.old->words);
	c.new_keys = keys_of(arena, &c.new->words);
	c.match = align(arena, &c.old_keys, &c.new_keys, work);
	invert(&c);
	find_runs(&c);
	for (size_t i = 0; i < c.count; i++)
		slide(&c, &c.runs[i], i ? &c.runs[i - 1] : NULL);
	tally_runs(&c, tally);
	compare_links(&c, &out, tally);
	clean_up(&c);
	for (size_t i = 0; i < c.count; i++)
		*(struct edit *)list_add(arena, &out.items, sizeof(struct edit)) = bytes_of(&c, &c.runs[i]);
	out.rewritten = rewritten(&c);
	return out;
}
