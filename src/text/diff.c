/* diff.c: the parts of a comparison, in reading order
 *
 * Front matter first, then the blocks of the text, then the sources, then
 * what stands in the file but is never shown. How a block is compared is in
 * redline.c, which block with which in pair.c. */
#include "text/diff.h"

#include <assert.h>
#include <string.h>

#include "text/about.h"
#include "text/redline.h"
#include "text/side.h"

/* Steps for all comparisons of two texts: a fraction of a second. Guides that
 * have something in common need a hundredth of it. */
#define WORK_MAX 20000000

#define ABOUT_PLACE "About this guide"
#define HIDDEN_PLACE "In the file, not shown to readers"

static const struct field part_fields[] = {
	FIELD_BOOL(struct diff_part, changed),
	FIELD_INT(struct diff_part, count),
	FIELD_INT(struct diff_part, id),
	FIELD_TEXT(struct diff_part, kind),
	FIELD_TEXT(struct diff_part, place),
	FIELD_TEXT(struct diff_part, summary),
	FIELD_TEXT(struct diff_part, warning),
	FIELD_TEXT(struct diff_part, before),
	FIELD_TEXT(struct diff_part, after),
	FIELD_HTML(struct diff_part, html),
	FIELD_END
};
const struct shape diff_part_shape = SHAPE(diff_part, part_fields);

static const char *const kind_names[] = {
	[PAIR_EDITED] = "edited",
	[PAIR_ADDED] = "added",
	[PAIR_REMOVED] = "removed",
	[PAIR_MOVED] = "moved",
};

struct comparison {
	struct arena *arena;
	struct side old, new;
	struct diff *out;
	size_t work;
	struct redline same; /* a run of unchanged blocks */
	const struct node *same_last;
	int64_t same_count;
};

static const char *source_of(struct comparison *c, const struct side *side,
	const struct node *block)
{
	return block ? side_source(c->arena, side, block) : NULL;
}

static struct redline make_redline(struct comparison *c)
{
	return (struct redline) {
		.arena = c->arena,
		.out.arena = c->arena,
		.work = &c->work,
	};
}

static struct diff_part *add_part(struct comparison *c)
{
	return list_add(c->arena, &c->out->parts, sizeof(struct diff_part));
}

/* Sources are items of a list. */
static void open_around(struct redline *r, const struct node *block)
{
	assert(block);
	if (block->kind != NODE_FOOTNOTE)
		return;
	buf_puts(&r->out, "<section class=\"footnotes\">\n");
	buf_printf(&r->out, block->number ? "<ol start=\"%d\">\n" : "<ol>\n", block->number);
}

static void close_around(struct redline *r, const struct node *block)
{
	if (block->kind == NODE_FOOTNOTE)
		buf_puts(&r->out, "</ol>\n</section>\n");
}

/* The unchanged run so far becomes a part. */
static void end_same(struct comparison *c)
{
	struct diff_part *part;

	if (!c->same_count)
		return;
	close_around(&c->same, c->same_last);
	part = add_part(c);
	part->count = c->same_count;
	part->html.safe = buf_text(&c->same.out);
	c->same_count = 0;
}

static void add_same(struct comparison *c, const struct pair *pair)
{
	if (!c->same_count++) {
		c->same = make_redline(c);
		open_around(&c->same, pair->new);
	}
	redline_block(&c->same, pair);
	c->same_last = pair->new;
}

static struct diff_part *add_change(struct comparison *c, struct redline *r)
{
	struct diff_part *part;

	end_same(c);
	part = add_part(c);
	part->changed = true;
	part->count = 1;
	part->id = ++c->out->changes;
	part->summary = tally_summary(c->arena, &r->tally);
	part->warning = tally_warning(c->arena, &r->tally);
	part->html.safe = buf_text(&r->out);
	c->out->words_added += (int64_t)r->tally.added;
	c->out->words_removed += (int64_t)r->tally.removed;
	return part;
}

static const struct node *block_of(const struct pair *pair)
{
	return pair->new ? pair->new : pair->old;
}

/* What happened, to somebody who looks at the file. */
static enum pair_kind kind_of(const struct pair *pair)
{
	if (!pair->old || !pair->new)
		return pair->old ? PAIR_REMOVED : PAIR_ADDED;
	return pair->kind == PAIR_MOVED ? PAIR_MOVED : PAIR_EDITED;
}

static const char *place_of(struct comparison *c, const struct pair *pair)
{
	const struct node *block = block_of(pair);

	if (block->kind == NODE_FOOTNOTE)
		return arena_printf(c->arena, "Source %s", block->id);
	if (block->kind == NODE_RECOMMENDATION)
		return block->text;
	return side_section(c->arena, pair->new ? &c->new : &c->old, block);
}

static const char *moved_summary(struct comparison *c, const struct pair *pair)
{
	const char *from = side_section(c->arena, &c->old, pair->old);

	if (!strcmp(from, side_section(c->arena, &c->new, pair->new)))
		return "moved within the section";
	return arena_printf(c->arena, "moved from “%s”", from);
}

/* A whole new block needs no telling which numbers and words are in it. */
static void keep_flags(struct tally *tally, enum pair_kind kind)
{
	if (kind == PAIR_EDITED)
		return;
	tally->flags &= kind == PAIR_ADDED ? TALLY_INVISIBLE | TALLY_LINK_ADDED | TALLY_HTML : 0;
	tally->not_added = NULL;
	tally->not_removed = NULL;
	tally->facts = (struct list) { 0 };
}

static void add_changed(struct comparison *c, const struct pair *pair, const char *summary)
{
	const char *before = source_of(c, &c->old, pair->old);
	const char *after = source_of(c, &c->new, pair->new);
	const enum pair_kind kind = kind_of(pair);
	struct redline r = make_redline(c);
	struct diff_part *part;

	open_around(&r, block_of(pair));
	redline_block(&r, pair);
	close_around(&r, block_of(pair));
	/* raw HTML was dropped before anything was compared */
	if (block_of(pair)->kind != NODE_CODE && side_has_tags(after))
		r.tally.flags |= TALLY_HTML;
	keep_flags(&r.tally, kind);
	part = add_change(c, &r);
	part->kind = kind_names[kind];
	part->place = place_of(c, pair);
	part->before = before;
	part->after = after;
	if (summary)
		part->summary = summary;
}

/* A source is shown while the text names it. */
static bool is_unused(const struct node *block)
{
	return block->kind == NODE_FOOTNOTE && !block->number;
}

/* The same words on both sides; something else may have changed. */
static void add_kept(struct comparison *c, const struct pair *pair)
{
	const bool unused = is_unused(pair->new);
	const struct pair gone = { PAIR_REMOVED, pair->old, pair->new };
	const struct pair back = { PAIR_ADDED, pair->old, pair->new };

	if (unused && !is_unused(pair->old))
		add_changed(c, &gone, "source no longer used");
	else if (!unused && is_unused(pair->old))
		add_changed(c, &back, "source now used");
	else if (!side_same(&c->old, pair->old, &c->new, pair->new))
		add_changed(c, pair, "only how it is written in the file");
	else if (!unused)
		add_same(c, pair);
}

static void add_pair(struct comparison *c, const struct pair *pair)
{
	if (pair->kind == PAIR_SAME)
		add_kept(c, pair);
	else
		add_changed(c, pair, pair->kind == PAIR_MOVED ? moved_summary(c, pair) : NULL);
}

static void add_pairs(struct comparison *c, const struct list *pairs)
{
	const struct pair *pair = pairs->items;

	for (size_t i = 0; i < pairs->count; i++)
		add_pair(c, &pair[i]);
	end_same(c);
}

static void compare_blocks(struct comparison *c)
{
	struct list pairs = pair_blocks(c->arena, &c->old.blocks, &c->new.blocks, true, &c->work);

	add_pairs(c, &pairs);
}

static void compare_footnotes(struct comparison *c)
{
	struct blocks olds = pair_children(c->arena, c->old.footnotes);
	struct blocks news = pair_children(c->arena, c->new.footnotes);
	struct list pairs = pair_named(c->arena, &olds, &news);

	add_pairs(c, &pairs);
}

static void compare_front(struct comparison *c)
{
	const char *old = arena_strndup(c->arena, c->old.text, c->old.front_end);
	const char *new = arena_strndup(c->arena, c->new.text, c->new.front_end);
	enum pair_kind kind = PAIR_EDITED;
	struct redline r = make_redline(c);
	struct diff_part *part;

	if (!about_write(&r, old, new))
		return;
	if (!*old || !*new)
		kind = *old ? PAIR_REMOVED : PAIR_ADDED;
	keep_flags(&r.tally, kind);
	part = add_change(c, &r);
	part->kind = kind_names[kind];
	part->place = ABOUT_PLACE;
	part->before = *old ? old : NULL;
	part->after = *new ? new : NULL;
}

static void compare_hidden(struct comparison *c)
{
	const char *old = side_hidden(c->arena, &c->old), *new = side_hidden(c->arena, &c->new);
	struct redline r = make_redline(c);
	struct diff_part *part;

	if (!strcmp(old, new))
		return;
	buf_puts(&r.out, "<p>");
	redline_value(&r, *old ? old : NULL, *new ? new : NULL);
	buf_puts(&r.out, "</p>\n");
	r.tally.flags |= TALLY_HIDDEN;
	part = add_change(c, &r);
	part->kind = kind_names[PAIR_EDITED];
	part->place = HIDDEN_PLACE;
	part->before = *old ? old : NULL;
	part->after = *new ? new : NULL;
}

bool diff_texts(struct task *task, const char *before, size_t before_len,
	const char *after, size_t after_len, struct diff *out)
{
	struct comparison c = { .arena = &task->arena, .work = WORK_MAX };
	struct diff found = { 0 };

	if (!side_read(task, before, before_len, &c.old)
			|| !side_read(task, after, after_len, &c.new))
		return false;
	c.out = &found;
	compare_front(&c);
	compare_blocks(&c);
	compare_footnotes(&c);
	compare_hidden(&c);
	*out = found;
	return true;
}

static bool shows(const char *html, const char *mark)
{
	return strstr(html, mark) != NULL;
}

void diff_tell_source(struct arena *arena, struct diff_part *part)
{
	struct buf out = { .arena = arena };

	if (!part->changed || !part->before || !part->after || !strcmp(part->before, part->after)
		|| shows(part->html.safe, "<ins>") || shows(part->html.safe, "<del>") || shows(part->html.safe, "linknote"))
		return;
	if (!part->summary || !*part->summary)
		part->summary = "how it is written";
	buf_puts(&out, part->html.safe);
	buf_puts(&out, "<pre class=\"source\"><del><span class=\"vh\">deleted: </span>");
	buf_html(&out, part->before);
	buf_puts(&out, "<span class=\"vh\"> end of deletion</span></del>\n<ins><span class=\"vh\">inserted: </span>");
	buf_html(&out, part->after);
	buf_puts(&out, "<span class=\"vh\"> end of insertion</span></ins></pre>\n");
	part->html.safe = buf_text(&out);
}
