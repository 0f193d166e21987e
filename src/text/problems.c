/* problems.c: links that lead nowhere, footnotes without a partner, ids that
 * are given twice
 *
 * First all ids of the text are collected, then all links are followed. */
#include "text/problems.h"

#include <stdlib.h>
#include <string.h>

#include "text/names.h"

struct finder {
	struct arena *arena;
	struct names ids; /* of headings, recommendations and footnotes */
	struct names recommendations; /* their ids as written */
	struct names footnotes; /* keys */
	struct list *out;
};

static struct problem *add(struct finder *f, int line, bool error)
{
	struct problem *problem = list_add(f->arena, f->out, sizeof(*problem));

	problem->line = line;
	problem->error = error;
	return problem;
}

static void check_recommendation(struct finder *f, const struct node *node)
{
	if (!names_add(f->arena, &f->recommendations, node->text))
		add(f, node->first_line, true)->message = arena_printf(f->arena,
			"The recommendation id %s is taken already. Ids are never given twice.", node->text);
}

static void check_definition(struct finder *f, const struct node *footnote)
{
	if (!names_add(f->arena, &f->footnotes, footnote->id))
		add(f, footnote->first_line, true)->message = arena_printf(f->arena,
			"The footnote [^%s] is defined twice; the first one counts.", footnote->id);
	else if (!footnote->number)
		add(f, footnote->first_line, false)->message = arena_printf(f->arena,
			"Nothing in the text names the footnote [^%s].", footnote->id);
}

/* Ids; and what can be wrong with those who have them. */
static void collect(struct finder *f, const struct node *node)
{
	switch (node->kind) {
	case NODE_HEADING:
		names_add(f->arena, &f->ids, node->id);
		return;
	case NODE_RECOMMENDATION:
		names_add(f->arena, &f->ids, node->id);
		check_recommendation(f, node);
		break;
	case NODE_FOOTNOTE:
		if (node->number)
			names_add(f->arena, &f->ids, arena_printf(f->arena, "fn-%s", node->id));
		check_definition(f, node);
		break;
	default:
		break;
	}
	for (const struct node *child = node->first; child; child = child->next)
		collect(f, child);
}

static void check_target(struct finder *f, const struct node *link)
{
	const char *id = link->url + 1;

	if (*id && !names_find(&f->ids, id))
		add(f, link->first_line, true)->message = arena_printf(f->arena,
			"The link to #%.100s leads nowhere: there is no such section or recommendation.", id);
}

static void check_link(struct finder *f, const struct node *link)
{
	const char *words = doc_plain(f->arena, link);

	if (*link->url == '#')
		check_target(f, link);
	else if (!*link->url)
		add(f, link->first_line, true)->message = arena_printf(f->arena,
			"The link “%.100s” is not shown as one: only http, https, mailto and addresses of this site are.",
			*words ? words : "image");
}

static void follow(struct finder *f, const struct node *node)
{
	if (node->kind == NODE_LINK || node->kind == NODE_IMAGE)
		check_link(f, node);
	for (const struct node *child = node->first; child; child = child->next)
		follow(f, child);
}

static void check_marks(struct finder *f, const struct list *undefined)
{
	struct node *const *marks = undefined->items;

	for (size_t i = 0; i < undefined->count; i++)
		add(f, marks[i]->first_line, true)->message = arena_printf(f->arena,
			"There is no footnote [^%s]: a line `[^%s]: ...` is missing.", marks[i]->id, marks[i]->id);
}

/* By line, then by words, so that the order is always the same. */
static int compare(const void *a, const void *b)
{
	const struct problem *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return strcmp(x->message, y->message);
}

void problems_find(struct arena *arena, const struct node *document,
	const struct list *undefined, struct list *out)
{
	struct finder f = { .arena = arena, .out = out };

	collect(&f, document);
	follow(&f, document);
	check_marks(&f, undefined);
	if (out->count)
		qsort(out->items, out->count, sizeof(struct problem), compare);
}
