/* checks.c: what the program looked at, so that people need not */
#include <string.h>

#include "app/proposal.h"
#include "branch.h"
#include "git/change.h"
#include "text.h"

static const struct field fields[] = {
	FIELD_TEXT(struct check, name),
	FIELD_BOOL(struct check, passed),
	FIELD_TEXT(struct check, words),
	FIELD_END
};
const struct shape check_shape = SHAPE(check, fields);

static void add(struct task *task, struct list *out, const char *name, bool passed, const char *words)
{
	*(struct check *)list_add(&task->arena, out, sizeof(struct check)) = (struct check) { name, passed, words };
}

static bool check_merge(struct task *task, const struct proposal *p, struct list *out)
{
	struct oid base, head, main;
	bool merges;

	if (!oid_of(task, p->base, &base) || !oid_of(task, p->head, &head)
		|| !repo_tip(task, REPO_MAIN, &main)
		|| !change_merges(task, &base, &main, &head, &merges))
		return false;
	add(task, out, "merges", merges,
		merges ? "Fits into the guide as it is now" : "The guide has changed in the same lines");
	return true;
}

static const char *first_error(struct task *task, const struct list *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *p = (const struct problem *)problems->items + i;

		if (p->error)
			return arena_printf(&task->arena, "Line %lld: %s", (long long)p->line, p->message);
	}
	return NULL;
}

static bool check_text(struct task *task, const struct proposal *p, const struct guide_text *after, struct list *out)
{
	struct guideline g = { 0 };
	const char *error;
	bool valid;

	if (!guide_structure(task, after, &g))
		return false;
	error = first_error(task, &g.problems);
	add(task, out, "references", !error, error ? error : "Links and sources lead somewhere");
	valid = frontmatter_valid(task, &g.front, p->guide);
	add(task, out, "about", valid,
		valid ? "The facts about the guide are complete" : task->err.message);
	return valid || task_forgive(task);
}

/* The bytes before and behind the section are the same on both sides. */
static bool only_section(const struct guide_text *before, const struct guide_text *after, const struct section *s)
{
	size_t head = (size_t)s->start, tail = before->len - (size_t)s->end;

	return after->len >= head + tail
		&& !memcmp(before->text, after->text, head)
		&& !memcmp(before->text + s->end, after->text + after->len - tail, tail);
}

static bool check_section(struct task *task, const struct proposal *p,
	const struct guide_text *before, const struct guide_text *after, struct list *out)
{
	struct guideline g = { 0 };
	const struct section *s;
	bool only;

	if (!p->section)
		return true;
	if (!guide_structure(task, before, &g))
		return false;
	s = guideline_section(&g, p->section);
	only = s && only_section(before, after, s);
	add(task, out, "section", only,
		only ? arena_printf(&task->arena, "Only “%s” is touched", p->place)
		     : arena_printf(&task->arena, "More than “%s” is touched", p->place));
	return true;
}

bool proposal_checks(struct task *task, const struct proposal *p, struct list *out)
{
	struct guide_text before, after;

	return proposal_texts(task, p, &before, &after)
		&& (!p->is_open || check_merge(task, p, out))
		&& check_text(task, p, &after, out)
		&& check_section(task, p, &before, &after, out);
}
