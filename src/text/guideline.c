/* guideline.c: sections, recommendations and problems, read from the tree */
#include "text/guideline.h"

#include <string.h>

#include "text/doc.h"
#include "text/guard.h"
#include "text/problems.h"
#include "text/recall.h"

static const struct field section_fields[] = {
	FIELD_TEXT(struct section, id),
	FIELD_TEXT(struct section, title),
	FIELD_INT(struct section, level),
	FIELD_INT(struct section, number),
	PAGE_INT(struct section, start),
	PAGE_INT(struct section, end),
	PAGE_INT(struct section, own_end),
	FIELD_END
};
const struct shape section_shape = SHAPE(section, section_fields);

static const struct field recommendation_fields[] = {
	FIELD_TEXT(struct recommendation, id),
	FIELD_TEXT(struct recommendation, anchor),
	FIELD_TEXT(struct recommendation, text),
	FIELD_TEXT(struct recommendation, strength),
	FIELD_TEXT(struct recommendation, direction),
	FIELD_TEXT(struct recommendation, certainty),
	FIELD_TEXT(struct recommendation, basis),
	FIELD_TEXT(struct recommendation, audience),
	FIELD_TEXT(struct recommendation, jurisdiction),
	FIELD_TEXT(struct recommendation, section),
	PAGE_INT(struct recommendation, start),
	PAGE_INT(struct recommendation, end),
	FIELD_END
};
const struct shape recommendation_shape = SHAPE(recommendation, recommendation_fields);

static const struct field problem_fields[] = {
	FIELD_INT(struct problem, line),
	FIELD_BOOL(struct problem, error),
	FIELD_TEXT(struct problem, message),
	FIELD_END
};
const struct shape problem_shape = SHAPE(problem, problem_fields);

static bool is_section(const struct node *block)
{
	return block->kind == NODE_HEADING && block->section && block->level <= 4;
}

static void add_section(struct arena *arena, struct list *sections,
	const struct node *heading)
{
	struct section *add = list_add(arena, sections, sizeof(*add));

	*add = (struct section) {
		.id = heading->id,
		.title = doc_plain(arena, heading),
		.level = heading->level,
		.number = heading->number,
		.start = (int64_t)heading->begin,
	};
}

/* From the last to the first: a section ends where the next one of its level
 * or above starts, and those are remembered by level. */
static void end_sections(struct list *sections, int64_t text_end)
{
	struct section *all = sections->items;
	int64_t next[5]; /* by level: the start of the next one at it or above */
	int64_t below = text_end;

	for (int level = 0; level < 5; level++)
		next[level] = text_end;
	for (size_t i = sections->count; i-- > 0;) {
		all[i].end = next[all[i].level];
		all[i].own_end = below;
		below = all[i].start;
		for (int64_t level = all[i].level; level < 5; level++)
			next[level] = all[i].start;
	}
}

/* The sentence: all that is not a list of facts. */
static const char *sentence(struct arena *arena, const struct node *recommendation)
{
	struct buf out = { .arena = arena };

	for (const struct node *block = recommendation->first; block; block = block->next) {
		if (block->kind == NODE_FACTS)
			continue;
		if (out.len)
			buf_putc(&out, ' ');
		buf_puts(&out, doc_plain(arena, block));
	}
	return buf_text(&out);
}

static void add_recommendation(struct arena *arena, struct guideline *g,
	const struct node *node)
{
	const struct section *sections = g->sections.items;
	struct recommendation *add = list_add(arena, &g->recommendations, sizeof(*add));

	*add = (struct recommendation) {
		.id = node->text,
		.anchor = node->id,
		.text = sentence(arena, node),
		.strength = doc_fact(arena, node, "Strength"),
		.direction = doc_fact(arena, node, "Direction"),
		.certainty = doc_fact(arena, node, "Certainty"),
		.basis = doc_fact(arena, node, "Basis"),
		.audience = doc_fact(arena, node, "Audience"),
		.jurisdiction = doc_fact(arena, node, "Jurisdiction"),
		.section = g->sections.count ? sections[g->sections.count - 1].id : NULL,
		.start = (int64_t)node->begin,
		.end = (int64_t)node->end,
	};
}

bool guideline_parse(struct task *task, const char *text, size_t len,
	struct guideline *out)
{
	struct arena *arena = &task->arena;
	struct guideline g = { 0 };
	const struct list *undefined;
	const struct node *document;

	if (!guard_text(task, text, len) || !frontmatter_read(task, text, len, &g.front))
		return false;
	document = doc_tree(task, text, len, (size_t)g.front.end, &undefined);
	for (const struct node *block = document->first; block; block = block->next) {
		if (is_section(block))
			add_section(arena, &g.sections, block);
		if (block->kind == NODE_RECOMMENDATION)
			add_recommendation(arena, &g, block);
	}
	end_sections(&g.sections, (int64_t)len);
	problems_find(arena, document, undefined, &g.problems);
	*out = g;
	return true;
}

const struct section *guideline_section(const struct guideline *g,
	const char *id)
{
	const struct section *all = g->sections.items;

	for (size_t i = 0; i < g->sections.count; i++)
		if (!strcmp(all[i].id, id))
			return &all[i];
	return NULL;
}
