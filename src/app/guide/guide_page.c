/* guide_page.c: gathering what a guide's page shows */
#include <ctype.h>
#include <string.h>

#include "app/guide.h"

#include "base/memo.h"
#include "text/markdown.h"

#define WORDS_A_MINUTE 220

static const struct field fields[] = {
	FIELD_TEXT(struct guide_page, slug),
	FIELD_TEXT(struct guide_page, title),
	FIELD_TEXT(struct guide_page, description),
	FIELD_TEXT(struct guide_page, language),
	FIELD_TEXT(struct guide_page, version),
	FIELD_TEXT(struct guide_page, commit),
	FIELD_TEXT(struct guide_page, audience),
	FIELD_TEXT(struct guide_page, licence),
	FIELD_TEXT(struct guide_page, status),
	FIELD_TEXT(struct guide_page, review_by),
	FIELD_TIME(struct guide_page, released_at),
	FIELD_TIME(struct guide_page, changed_at),
	FIELD_INT(struct guide_page, open_proposals),
	FIELD_INT(struct guide_page, accepted),
	PAGE_INT(struct guide_page, minutes),
	FIELD_HTML(struct guide_page, html),
	FIELD_MANY(struct guide_page, sections, &section_shape),
	PAGE_MANY(struct guide_page, chapters, &section_shape),
	FIELD_MANY(struct guide_page, recommendations, &recommendation_shape),
	FIELD_WORDS(struct guide_page, languages),
	FIELD_TEXT(struct guide_page, current),
	PAGE_BOOL(struct guide_page, overdue),
	PAGE_BOOL(struct guide_page, working),
	PAGE_BOOL(struct guide_page, superseded),
	FIELD_END
};
const struct shape guide_page_shape = SHAPE(guide_page, fields);

static int64_t minutes_to_read(const char *text)
{
	int64_t words = 0;

	for (; *text; text++)
		words += !isspace((unsigned char)text[0]) && (isspace((unsigned char)text[1]) || !text[1]);
	return (words + WORDS_A_MINUTE - 1) / WORDS_A_MINUTE;
}

static void pick_chapters(struct task *task, const struct list *sections, struct list *out)
{
	for (size_t i = 0; i < sections->count; i++) {
		const struct section *s = (const struct section *)sections->items + i;

		if (s->level == 2)
			*(struct section *)list_add(&task->arena, out, sizeof(*s)) = *s;
	}
}

/* ---- what comes from the text ---- */

static bool render(struct task *task, const struct guide_text *text, bool edit, struct html *out)
{
	const struct markdown_options options = {
		.edit_url = edit ? arena_printf(&task->arena, "/guides/%s/edit?section=", text->slug) : NULL,
		.number_sections = true,
		.skip_title = true,
	};

	return markdown_html(task, text->text, text->len, &options, out);
}

static bool read_text(struct task *task, const struct guide_text *found, bool edit, struct guide_page *out)
{
	struct guide_text text = *found;
	struct guideline g = { 0 };

	if ((!text.text && !repo_blob(task, &text.blob, &text.text, &text.len))
		|| !guide_structure(task, &text, &g)
		|| !render(task, &text, edit, &out->html))
		return false;
	out->minutes = minutes_to_read(text.text);
	out->title = g.front.title;
	out->description = g.front.description;
	out->sections = g.sections;
	out->recommendations = g.recommendations;
	pick_chapters(task, &g.sections, &out->chapters);
	return true;
}

static bool remember_text(struct task *task, const struct guide_text *text, bool edit, struct guide_page *out)
{
	const char *key = arena_printf(&task->arena, "page %s %s %d", text->blob.hex, text->slug, edit);
	struct buf kept = { .arena = &task->arena };

	if (task->memo && memo_get(task->memo, key, &kept)) {
		shape_unpack(&task->arena, &guide_page_shape, kept.bytes, kept.len, out);
		return true;
	}
	if (!read_text(task, text, edit, out))
		return false;
	shape_pack(&kept, &guide_page_shape, out);
	if (task->memo)
		memo_put(task->memo, key, kept.bytes, kept.len);
	return true;
}

bool guide_warm(struct task *task, const struct guide_text *text)
{
	struct guide_page page = { 0 };

	return remember_text(task, text, true, &page);
}

/* ---- what comes from the tables ---- */

static void describe(struct task *task, const struct guide *guide, struct guide_page *out)
{
	out->slug = guide->slug;
	out->title = out->title ? out->title : guide->title;
	out->description = out->description ? out->description : guide->description;
	out->language = guide->language;
	out->audience = guide->audience;
	out->licence = guide->licence;
	out->status = guide->status;
	out->review_by = guide->review_by;
	out->released_at = guide->released_at;
	out->changed_at = guide->changed_at;
	out->open_proposals = guide->open_proposals;
	out->accepted = guide->accepted;
	out->current = guide->version;
	out->overdue = !strcmp(guide->status, "review overdue");
	*(const char **)list_add(&task->arena, &out->languages, sizeof(char *)) = guide->language;
}

bool guide_fill_page(struct task *task, const struct guide *guide,
	const struct guide_text *text, const char *version, struct guide_page *out)
{
	bool superseded = guide->version && version && strcmp(guide->version, version);

	*out = (struct guide_page) { 0 };
	/* one suggests changes to the working text, from wherever one reads */
	if (!remember_text(task, text, !superseded, out))
		return false;
	describe(task, guide, out);
	out->version = version;
	out->commit = text->commit.hex;
	out->working = guide->version && !version;
	out->superseded = superseded;
	return true;
}
