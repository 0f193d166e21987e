#include "text.h"

#include <string.h>

#include "base/limit.h"
#include "git/change.h"

static bool has_section(const struct suggestion *in)
{
	return in->section && *in->section;
}

/* Only what is published may be built on: a hidden proposal's commit would
 * otherwise come out as "theirs". */
static bool is_published(struct task *task, const struct oid *base, bool *out)
{
	struct oid main;

	if (repo_tip(task, REPO_MAIN, &main) && repo_contains(task, &main, base, out))
		return true;
	*out = false; /* no such commit at all */
	return task->err.code == ERR_NOT_FOUND && task_forgive(task);
}

static bool check_base(struct task *task, const struct oid *base, const struct oid *also)
{
	bool known = also && oid_equal(base, also);

	if (!known && !is_published(task, base, &known))
		return false;
	return known || fail(task, ERR_CONFLICT, "The version you started from is not known here. Load the guide again.");
}

static bool find_section(struct task *task, const struct suggestion *in, struct edit *edit)
{
	if (!has_section(in))
		return true;
	edit->section = guideline_section(&edit->was, in->section);
	return edit->section || wrong(task, "section", "There is no section %s in that version.", in->section);
}

bool edit_start(struct task *task, const struct suggestion *in, const struct oid *also, struct edit *out)
{
	struct oid base;

	*out = (struct edit) { 0 };
	if (!in->base || !oid_parse(in->base, &base))
		return wrong(task, "base", "base must be the 40 hex digits of the commit you started from.");
	return check_base(task, &base, also)
		&& guide_text(task, in->guide, &base, &out->before)
		&& guide_structure(task, &out->before, &out->was)
		&& find_section(task, in, out);
}

static bool same_id(const struct section *a, const struct section *b)
{
	return a->level == b->level && !strcmp(a->id, b->id);
}

/* A section's text may open a code block or a comment that swallows what
 * follows. Then the sections behind it are not there any more. */
static bool leaves_the_rest(struct task *task, const struct edit *edit)
{
	const struct list *before = &edit->was.sections, *after = &edit->is.sections;
	const struct section *old = before->items, *now = after->items;
	size_t behind = 0;

	if (!edit->section)
		return true;
	while (behind < before->count && old[before->count - 1 - behind].start >= edit->section->end)
		behind++;
	for (size_t i = 1; i <= behind; i++)
		if (after->count < i || !same_id(&old[before->count - i], &now[after->count - i]))
			return wrong(task, "text", "The text of this section runs on into the next one, “%s”: a code block or a comment is opened and not closed. Close it at the end.",
				old[before->count - behind].title);
	return true;
}

static const struct section *same_section(const struct guideline *before, const char *id, const struct guideline *after)
{
	const struct section *found = guideline_section(after, id), *old = guideline_section(before, id);

	if (found || !old || before->sections.count != after->sections.count)
		return found;
	return (const struct section *)after->sections.items + (old - (const struct section *)before->sections.items);
}

const struct section *text_same_section(struct task *task, const char *before, const char *id, const char *after)
{
	struct guideline a = { 0 }, b = { 0 };

	if (!id || !*id || !guideline_read(task, before, strlen(before), &a) || !guideline_read(task, after, strlen(after), &b)) {
		task_forgive(task);
		return NULL;
	}
	return same_section(&a, id, &b);
}

static bool is_guide(struct task *task, const char *slug, const char *text, size_t len, struct guideline *out)
{
	return guideline_read(task, text, len, out) && frontmatter_valid(task, &out->front, slug);
}

bool text_is_guide(struct task *task, const char *slug, const char *text, size_t len)
{
	struct guideline g = { 0 };

	return is_guide(task, slug, text, len, &g);
}

void edit_put(const struct edit *edit, const char *section, struct buf *out)
{
	const struct guide_text *before = &edit->before;
	const struct section all = { .start = 0, .end = (int64_t)before->len, .own_end = (int64_t)before->len };

	section_put(before->text, before->len, edit->section ? edit->section : &all, section, out);
}

bool edit_apply(struct task *task, const struct suggestion *in, struct edit *edit)
{
	const struct guide_text *before = &edit->before;
	struct buf out = { .arena = &task->arena };

	edit_put(edit, in->text, &out);
	edit->text = buf_text(&out);
	edit->len = out.len;
	if (edit->len > LIMIT_PAGE_BYTES)
		return wrong(task, "text", "The guide would be longer than %d KiB.", LIMIT_PAGE_BYTES / 1024);
	if (edit->len == before->len && !memcmp(edit->text, before->text, edit->len))
		return wrong(task, "text", "Nothing was changed yet. Change the words you would like to see different, then send.");
	return is_guide(task, in->guide, edit->text, edit->len, &edit->is)
		&& leaves_the_rest(task, edit);
}

const char *text_section(struct task *task, const char *text, const char *id)
{
	struct guideline g = { 0 };
	const struct section *s;

	if (!id || !*id)
		return text;
	if (!guideline_read(task, text, strlen(text), &g)) {
		task_forgive(task);
		return text;
	}
	s = guideline_section(&g, id);
	return s ? section_cut(&task->arena, text, s) : text;
}

static bool fill_clash(struct task *task, const struct suggestion *in, const struct edit *edit,
	const struct guide_text *theirs, const char *both, struct clash *out)
{
	*out = (struct clash) {
		.guide = in->guide,
		.section = in->section,
		.place = edit->section ? edit->section->title : "the whole guide",
		.base = arena_strdup(&task->arena, theirs->commit.hex),
		.yours = in->text,
		.theirs = text_section(task, theirs->text, in->section),
		.merged = text_section(task, both, in->section),
	};
	return fail(task, ERR_CONFLICT, "Somebody else changed the same lines while you were writing. Nothing is lost: choose what the text should say.");
}

/* Theirs and what main says now, in one text. */
static bool join(struct task *task, const struct suggestion *in, struct edit *edit, struct guide_text *now, struct clash *clash)
{
	const char *both;
	bool clashes;

	if (!repo_blob(task, &now->blob, &now->text, &now->len)
		|| !change_merge_text(task, edit->before.text, edit->text, now->text, &clashes, &both))
		return false;
	if (clashes)
		return fill_clash(task, in, edit, now, both, clash);
	if (!strcmp(both, now->text))
		return wrong(task, "text", "Somebody else has made this very change already. Thank you all the same.");
	edit->text = both;
	edit->len = strlen(both);
	return is_guide(task, in->guide, edit->text, edit->len, &edit->is);
}

bool edit_catch_up(struct task *task, const struct suggestion *in, struct edit *edit, struct clash *clash)
{
	struct guide_text now;

	if (!guide_find(task, in->guide, NULL, &now))
		return false;
	if (!oid_equal(&now.blob, &edit->before.blob)) {
		if (!join(task, in, edit, &now, clash))
			return false;
	} else {
		now.text = edit->before.text;
		now.len = edit->before.len;
		if (!strcmp(edit->text, now.text))
			return wrong(task, "text", "With this text nothing would change. If that is what you mean, withdraw the proposal.");
	}
	edit->after = has_section(in) ? same_section(&edit->was, in->section, &edit->is) : NULL;
	edit->before = now;
	return true;
}

bool edit_extent(struct task *task, const struct edit *edit, struct diff_extent *out)
{
	const char *before = edit->before.text ? edit->before.text : "";

	return diff_extent(task, before, edit->before.len, edit->text, edit->len, out);
}
