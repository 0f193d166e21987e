/* guide.c: reading guides, and keeping their rows true to git */
#include "app/guide.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limit.h"
#include "db/db.h"
#include "git/change.h"
#include "guide_db.h"
#include "sections.h"

bool guide_check_slug(struct task *task, const char *slug)
{
	size_t len = strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (!len || slug[len] || len > LIMIT_SLUG_BYTES || *slug == '-')
		return fail(task, ERR_NOT_FOUND, "There is no such guide.");
	return true;
}

const char *guide_path(struct arena *arena, const char *slug, const char *language)
{
	return arena_printf(arena, "guides/%s/%s.md", slug, language);
}

bool guide_get(struct task *task, const char *slug, struct guide *out)
{
	return guide_check_slug(task, slug) && guide_db_get(task, slug, out);
}

bool guide_list(struct task *task, struct list *out)
{
	return guide_db_list(task, out);
}

bool guide_find(struct task *task, const char *slug, const struct oid *commit, struct guide_text *out)
{
	*out = (struct guide_text) { .slug = slug, .language = GUIDE_LANGUAGE };
	out->path = guide_path(&task->arena, slug, out->language);
	if (commit)
		out->commit = *commit;
	return guide_check_slug(task, slug)
		&& (commit || repo_tip(task, REPO_MAIN, &out->commit))
		&& repo_blob_id(task, &out->commit, out->path, &out->blob);
}

bool guide_text(struct task *task, const char *slug, const struct oid *commit, struct guide_text *out)
{
	return guide_find(task, slug, commit, out)
		&& repo_blob(task, &out->blob, &out->text, &out->len);
}

/* Where main holds it, from the tables: git would open three folders. */
static bool working_text(struct task *task, const char *slug, struct guide_text *out)
{
	struct guide_place place;

	*out = (struct guide_text) { .slug = slug, .language = GUIDE_LANGUAGE };
	out->path = guide_path(&task->arena, slug, out->language);
	return guide_db_place(task, slug, &place)
		&& ((place.blob && oid_parse(place.blob, &out->blob) && oid_parse(place.main, &out->commit))
			|| guide_find(task, slug, NULL, out));
}

bool guide_current(struct task *task, const struct guide *guide, struct guide_text *out)
{
	struct oid commit;

	if (!guide->version)
		return working_text(task, guide->slug, out);
	return repo_tip(task, arena_printf(&task->arena, "refs/tags/%s/v%s", guide->slug, guide->version), &commit)
		&& guide_find(task, guide->slug, &commit, out);
}

bool guide_structure(struct task *task, const struct guide_text *text, struct guideline *out)
{
	return guideline_read(task, text->text, text->len, out);
}

/* ---- the derived rows ---- */

static const char *joined(struct task *task, const struct list *words)
{
	struct buf out = { .arena = &task->arena };

	for (size_t i = 0; i < words->count; i++)
		buf_printf(&out, "%s%s", i ? ", " : "", ((const char *const *)words->items)[i]);
	return buf_text(&out);
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static bool put_row(struct task *task, const struct guide_text *text, const struct guideline *g)
{
	const struct front *f = &g->front;
	const struct guide_row row = {
		.slug = text->slug,
		.language = text->language,
		.title = f->title ? f->title : text->slug,
		.description = or_empty(f->description),
		.platform = or_empty(f->platform),
		.audience = joined(task, &f->audience),
		.licence = or_empty(f->licence),
		.review_by = f->review_by ? f->review_by : "9999-12-31",
		.blob = text->blob.hex,
		.changed_at = task->now,
	};

	return guide_db_put(task, &row);
}

static bool is_known(struct task *task, const struct guide_text *text, bool *out)
{
	const char *blob;

	if (!guide_db_blob(task, text->slug, &blob))
		return false;
	*out = !strcmp(blob, text->blob.hex);
	return true;
}

bool guide_refresh_from(struct task *task, const struct guide_text *text)
{
	struct guide_text full = *text;
	struct guideline g = { 0 };
	bool known;

	if (!is_known(task, text, &known))
		return false;
	if (known)
		return true;
	return (full.text || repo_blob(task, &full.blob, &full.text, &full.len))
		&& guide_structure(task, &full, &g)
		&& put_row(task, &full, &g)
		&& sections_put(task, &full, &g);
}

bool guide_refresh(struct task *task, const char *slug, const struct oid *main)
{
	struct guide_text text;

	if (guide_find(task, slug, main, &text))
		return guide_refresh_from(task, &text);
	if (task->err.code != ERR_NOT_FOUND)
		return false;
	return task_forgive(task) && section_db_clear(task, slug) && guide_db_drop(task, slug);
}

/* "guides/twitter/en.md" -> "twitter"; NULL for other files */
static const char *slug_of(struct arena *arena, const char *path)
{
	const char *start = path + strlen("guides/");
	size_t len = strcspn(start, "/");

	if (strcmp(start + len, "/" GUIDE_LANGUAGE ".md"))
		return NULL;
	return arena_strndup(arena, start, len);
}

static bool drop_lost(struct task *task, const struct list *files)
{
	struct list rows = { 0 };

	if (!guide_db_list(task, &rows))
		return false;
	for (size_t i = 0; i < rows.count; i++) {
		const struct guide *g = (const struct guide *)rows.items + i;
		bool kept = false;

		for (size_t k = 0; k < files->count && !kept; k++) {
			const char *slug = slug_of(&task->arena, ((const struct repo_entry *)files->items)[k].path);

			kept = slug && !strcmp(slug, g->slug);
		}
		if (!kept && (!section_db_clear(task, g->slug) || !guide_db_drop(task, g->slug)))
			return false;
	}
	return true;
}

bool guide_refresh_all(struct task *task)
{
	struct list files = { 0 };
	struct oid main;

	if (!repo_tip(task, REPO_MAIN, &main) || !repo_files(task, &main, "guides", &files) || !db_begin(task))
		return false;
	for (size_t i = 0; i < files.count; i++) {
		const char *slug = slug_of(&task->arena, ((const struct repo_entry *)files.items)[i].path);

		if (slug && !guide_refresh(task, slug, &main))
			return false;
	}
	return drop_lost(task, &files) && db_commit(task);
}

bool guide_released(struct task *task, const char *slug, const char *version, int64_t at)
{
	return guide_db_released(task, slug, version, at);
}

bool guide_counts(struct task *task, const char *slug, int64_t open_proposals, int64_t accepted)
{
	return guide_db_counts(task, slug, open_proposals, accepted);
}

bool guide_main_seen(struct task *task, struct oid *out)
{
	const char *hex;

	*out = (struct oid) { 0 };
	if (!main_db_get(task, &hex))
		return false;
	if (hex && !oid_parse(hex, out))
		return broken(task, "main_seen holds \"%s\"", hex);
	return true;
}

bool guide_see_main(struct task *task, const struct oid *main)
{
	return main_db_set(task, main->hex);
}
