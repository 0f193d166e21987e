/* release.c: the rules of releases
 *
 * The tag holds everything the files are made from: the commit with the
 * text, the notes, site and address, and the time. The files come first (in
 * memory), then in one transaction their hashes, the row and the tag, the tag
 * before the commit; the disk last, because it can be filled again. */
#include "app/release.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/journal.h"
#include "base/conf.h"
#include "base/limit.h"
#include "base/log.h"
#include "db/db.h"
#include "git/change.h"
#include "release_db.h"
#include "shelf.h"
#include "version.h"

#define TAGS "refs/tags/"

bool release_list(struct task *task, const char *guide, int64_t limit, struct list *out)
{
	return release_db_list(task, guide, limit, out);
}

static bool is_version(struct task *task, const char *version)
{
	int64_t number[3];

	return version_parse(version, number) || fail(task, ERR_NOT_FOUND, "There is no such version.");
}

bool release_get(struct task *task, const char *guide, const char *version, struct release *out)
{
	bool found;

	return guide_check_slug(task, guide)
		&& is_version(task, version)
		&& release_db_get(task, guide, version, out, &found)
		&& (found || fail(task, ERR_NOT_FOUND, "There is no version %s of this guide.", version));
}

/* ---- the tag and what is made from it ---- */

static const char *tag_message(struct task *task, const struct release *r, const char *title)
{
	return arena_printf(&task->arena,
		"%s %s\n\n%s\n\nGuide: %s\nVersion: %s\nSite: %s\nAddress: %s/guides/%s/v/%s\nReleased-by: u%" PRId64 "\n",
		title, r->version, r->notes, r->guide, r->version, task->conf->site_name,
		task->conf->public_url, r->guide, r->version, task->who.account);
}

/* What stands between the first line and the trailers. */
static const char *notes_in(struct arena *arena, const char *message)
{
	const char *start = strstr(message, "\n\n"), *end = NULL;

	if (!start)
		return "";
	for (const char *gap = start; gap; gap = strstr(gap + 2, "\n\n"))
		end = gap;
	start += 2;
	return end > start ? arena_strndup(arena, start, (size_t)(end - start)) : "";
}

static const char *text_or(const char *text, const char *other)
{
	return text ? text : other;
}

static bool fill_edition(struct task *task, const char *guide, const char *message,
	const struct oid *commit, struct edition *out)
{
	struct arena *arena = &task->arena;
	struct guide_text text;

	if (!guide_text(task, guide, commit, &text))
		return false;
	out->slug = guide;
	out->version = text_or(repo_trailer(arena, message, "Version"), "");
	out->commit = arena_strdup(arena, commit->hex);
	out->notes = notes_in(arena, message);
	out->url = text_or(repo_trailer(arena, message, "Address"), "");
	out->site = text_or(repo_trailer(arena, message, "Site"), "");
	out->text = text.text;
	out->len = text.len;
	return true;
}

static bool press_tag(struct task *task, const struct release *r, struct list *files)
{
	struct edition edition = { 0 };
	struct repo_tag tag;

	if (!repo_tag(task, r->tag, &tag) || !fill_edition(task, r->guide, tag.message, &tag.commit, &edition))
		return false;
	edition.released_at = tag.time;
	return press_make(task, &edition, files);
}

/* ---- what comes next ---- */

static bool newest(struct task *task, const char *guide, struct release *out, bool *found)
{
	struct list all = { 0 };

	if (!release_db_list(task, guide, 1, &all))
		return false;
	*found = all.count;
	if (all.count)
		*out = *(const struct release *)all.items;
	return true;
}

static bool only_wording(const struct list *changes)
{
	for (size_t i = 0; i < changes->count; i++)
		if (strcmp(((const struct proposal *)changes->items)[i].kind, "wording"))
			return false;
	return true;
}

static const char *next_version(struct task *task, const struct release *last, bool found, const struct list *changes)
{
	int64_t n[3];

	if (!found || !version_parse(last->version, n))
		return "1.0.0";
	if (only_wording(changes))
		return arena_printf(&task->arena, "%" PRId64 ".%" PRId64 ".%" PRId64, n[0], n[1], n[2] + 1);
	return arena_printf(&task->arena, "%" PRId64 ".%" PRId64 ".0", n[0], n[1] + 1);
}

static const char *notes_of(struct task *task, const struct list *changes, bool found)
{
	struct buf out = { .arena = &task->arena };

	if (!changes->count)
		return found ? "No changes to the text." : "First release.";
	for (size_t i = changes->count; i; i--) {
		const struct proposal *p = (const struct proposal *)changes->items + i - 1;

		buf_printf(&out, "%s- %s (proposal %" PRId64 ")", out.len ? "\n" : "", p->title, p->id);
	}
	return buf_text(&out);
}

bool release_suggest(struct task *task, const char *guide, const char **version,
	const char **notes, struct list *changes)
{
	struct release last = { 0 };
	bool found;

	if (!newest(task, guide, &last, &found)
		|| !proposal_accepted(task, guide, found ? last.released_at : 0, LIMIT_LIST_ROWS, changes))
		return false;
	*version = next_version(task, &last, found, changes);
	*notes = notes_of(task, changes, found);
	return true;
}

/* ---- publishing ---- */

static bool is_above(struct task *task, const char *guide, const char *version, int64_t number[static 3])
{
	struct release last = { 0 };
	int64_t before[3];
	bool found;

	if (!version_parse(version, number))
		return wrong(task, "version", "The version is three numbers, as in 1.0.0.");
	if (!newest(task, guide, &last, &found))
		return false;
	if (found && version_parse(last.version, before) && !version_before(before, number))
		return wrong(task, "version", "The version must be above %s.", last.version);
	return true;
}

static bool has_changed(struct task *task, const char *guide, const struct guide_text *now)
{
	struct release last = { 0 };
	struct guide_text then;
	struct oid commit;
	bool found;

	if (!newest(task, guide, &last, &found))
		return false;
	if (!found || !oid_parse(last.commit, &commit))
		return true;
	return guide_text(task, guide, &commit, &then)
		&& (!oid_equal(&then.blob, &now->blob)
			|| fail(task, ERR_CONFLICT, "Nothing has changed since version %s, so there is nothing to release.", last.version));
}

/* Trailing blank lines would run into the trailers. */
static const char *trimmed(struct arena *arena, const char *text)
{
	size_t len = strlen(text);

	while (len && strchr(" \n\t", text[len - 1]))
		len--;
	return arena_strndup(arena, text, len);
}

static bool record(struct task *task, const struct release *r, const int64_t number[static 3],
	const struct list *files)
{
	if (!release_db_add(task, r, number))
		return false;
	for (size_t i = 0; i < files->count; i++)
		if (!file_db_add(task, r, (const struct press_file *)files->items + i, (int64_t)i))
			return false;
	return guide_released(task, r->guide, r->version, r->released_at)
		&& proposal_recount(task, r->guide);
}

static bool tag(struct task *task, const struct release *r, const struct oid *commit, const char *message)
{
	static const struct oid nowhere;
	struct oid made;

	return change_tag(task, r->tag, commit, message, &made)
		&& journal_point(task, arena_printf(&task->arena, TAGS "%s", r->tag), &nowhere, &made);
}

static bool publish(struct task *task, const struct release *r, const int64_t number[static 3],
	const struct guide_text *text, const char *message)
{
	struct edition edition = { 0 };
	struct list files = { 0 };

	if (!fill_edition(task, r->guide, message, &text->commit, &edition))
		return false;
	edition.released_at = r->released_at;
	if (!press_make(task, &edition, &files)
		|| !db_begin(task)
		|| !record(task, r, number, &files)
		|| !tag(task, r, &text->commit, message)
		|| !db_commit_for(task, r->guide))
		return false;
	log_event("released", "tag", r->tag, "commit", r->commit, NULL);
	shelf_put(task, r, &files);
	return true;
}

bool release_make(struct task *task, const char *guide, const char *version,
	const char *notes, struct release *out)
{
	const char *next, *prefilled;
	struct list changes = { 0 };
	struct guide row;
	struct guide_text text;
	int64_t number[3];

	if (!guide_get(task, guide, &row)
		|| !guide_text(task, guide, NULL, &text)
		|| !release_suggest(task, guide, &next, &prefilled, &changes))
		return false;
	*out = (struct release) { .guide = row.slug, .guide_title = row.title, .released_at = task->now };
	out->version = version && *version ? version : next;
	out->notes = trimmed(&task->arena, notes && *notes ? notes : prefilled);
	out->tag = arena_printf(&task->arena, "%s/v%s", guide, out->version);
	out->commit = arena_strdup(&task->arena, text.commit.hex);
	return is_above(task, guide, out->version, number)
		&& has_changed(task, guide, &text)
		&& publish(task, out, number, &text, tag_message(task, out, row.title));
}

/* ---- reading ---- */

static const char *label_of(const char *name)
{
	static const struct {
		const char *ending, *label;
	} labels[] = {
		{ ".zip", "Everything in one archive" },
		{ ".html", "One page to read offline or print" },
		{ ".md", "Markdown, the text itself" },
		{ "SHA256SUMS", "Checksums" },
	};
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
		size_t end = strlen(labels[i].ending);

		if (len >= end && !strcmp(name + len - end, labels[i].ending))
			return labels[i].label;
	}
	return name;
}

/* "twitter-1.0.0.md" is at /guides/twitter/v/1.0.0.md, SHA256SUMS below it. */
static const char *url_of(struct task *task, const struct release *r, const char *name)
{
	size_t base = strlen(r->guide) + 1 + strlen(r->version);

	if (!strcmp(name, "SHA256SUMS"))
		return arena_printf(&task->arena, "/guides/%s/v/%s/%s", r->guide, r->version, name);
	return arena_printf(&task->arena, "/guides/%s/v/%s%s", r->guide, r->version,
		strlen(name) > base ? name + base : "");
}

bool release_files(struct task *task, const struct release *release, struct list *out)
{
	if (!file_db_list(task, release, out))
		return false;
	for (size_t i = 0; i < out->count; i++) {
		struct release_file *file = (struct release_file *)out->items + i;

		file->label = label_of(file->name);
		file->url = url_of(task, release, file->name);
	}
	return true;
}

static const struct press_file *named(const struct list *files, const char *name)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct press_file *file = (const struct press_file *)files->items + i;

		if (!strcmp(file->name, name))
			return file;
	}
	return NULL;
}

static bool is_same(struct task *task, const struct release *r, const struct release_file *kept,
	const struct press_file *made)
{
	if (made && !strcmp(made->sha256, kept->sha256))
		return true;
	return broken(task, "%s of %s %s is not what was published", kept->name, r->guide, r->version);
}

static bool make_again(struct task *task, const struct release *r, const struct release_file *kept, const char **bytes)
{
	struct list files = { 0 };
	const struct press_file *file;

	if (!press_tag(task, r, &files))
		return false;
	file = named(&files, kept->name);
	if (!is_same(task, r, kept, file))
		return false;
	assert(file); /* it is the same as one that was published */
	*bytes = file->bytes;
	shelf_put(task, r, &files);
	return true;
}

bool release_read(struct task *task, const struct release *release, const char *name,
	const char **bytes, size_t *len)
{
	struct list files = { 0 };

	if (!release_files(task, release, &files))
		return false;
	for (size_t i = 0; i < files.count; i++) {
		const struct release_file *file = (const struct release_file *)files.items + i;

		if (strcmp(file->name, name))
			continue;
		*len = (size_t)file->bytes;
		*bytes = shelf_get(task, release, file);
		return *bytes || make_again(task, release, file, bytes);
	}
	return fail(task, ERR_NOT_FOUND, "This version has no file %s.", name);
}

bool release_verify(struct task *task, const char *guide, const char *version)
{
	struct list kept = { 0 }, made = { 0 };
	struct release r;

	if (!release_get(task, guide, version, &r) || !release_files(task, &r, &kept) || !press_tag(task, &r, &made))
		return false;
	for (size_t i = 0; i < kept.count; i++) {
		const struct release_file *file = (const struct release_file *)kept.items + i;
		const struct press_file *again = named(&made, file->name);

		if (!again || strcmp(again->sha256, file->sha256))
			return fail(task, ERR_CONFLICT, "%s is not what was published.", file->name);
	}
	return kept.count || fail(task, ERR_NOT_FOUND, "This version has no files.");
}

/* ---- at start ---- */

/* A tag without a row: the release happened, its answer did not get out. */
static bool adopt(struct task *task, const char *name)
{
	struct repo_tag tag;
	struct release r = { 0 };
	struct list files = { 0 };
	int64_t number[3];
	bool found;

	if (!repo_tag(task, name, &tag))
		return task->err.code == ERR_NOT_FOUND && task_forgive(task);
	r.guide = repo_trailer(&task->arena, tag.message, "Guide");
	r.version = repo_trailer(&task->arena, tag.message, "Version");
	if (!r.guide || !r.version || !version_parse(r.version, number))
		return true; /* somebody's own tag */
	if (!release_db_get(task, r.guide, r.version, &(struct release) { 0 }, &found) || found)
		return found;
	r.tag = name;
	r.commit = tag.commit.hex;
	r.notes = notes_in(&task->arena, tag.message);
	r.released_at = tag.time;
	log_event("recovered", "what", "a release git has and the table had not", "tag", name, NULL);
	return press_tag(task, &r, &files) && db_begin(task) && record(task, &r, number, &files) && db_commit(task);
}

/* Rows of guides are made anew from main, which does not know of releases. */
static bool stamp_guides(struct task *task)
{
	struct list guides = { 0 };

	if (!guide_list(task, &guides) || !db_begin(task))
		return false;
	for (size_t i = 0; i < guides.count; i++) {
		const struct guide *g = (const struct guide *)guides.items + i;
		struct release last = { 0 };
		bool found;

		if (!newest(task, g->slug, &last, &found)
			|| (found && !guide_released(task, g->slug, last.version, last.released_at))
			|| !proposal_recount(task, g->slug))
			return false;
	}
	return db_commit(task);
}

bool release_recover(struct task *task)
{
	struct list refs = { 0 };

	if (!repo_refs(task, TAGS, &refs))
		return false;
	for (size_t i = 0; i < refs.count; i++)
		if (!adopt(task, ((const struct repo_ref *)refs.items)[i].name + strlen(TAGS)))
			return false;
	return stamp_guides(task);
}
