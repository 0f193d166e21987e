/* release_web.c: /releases, /guides/:slug/v, /guides/:slug/history */
#include "app/release.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "app/site.h"
#include "base/limit.h"
#include "http/router.h"
#include "text/markdown.h"

/* ---- lists ---- */

struct releases {
	struct list releases;
};
static const struct field releases_fields[] = {
	FIELD_MANY(struct releases, releases, &release_shape),
	FIELD_END
};
static const struct shape releases_shape = SHAPE(releases, releases_fields);
static const struct page releases_view = { "pages/releases.html", &releases_shape, NULL };

static bool list(struct task *task, const struct request *req, struct reply *rep)
{
	struct releases page = { 0 };

	return release_list(task, NULL, LIMIT_LIST_ROWS, &page.releases)
		&& reply_view(task, req, rep, &page);
}

/* One line of a guide's history: a release or an accepted change. */
struct event {
	const char *commit;
	int64_t proposal; /* 0: a release */
	const char *title;
	const char *kind; /* "release", "wording", "content", "guide" */
	const char *version; /* of a release */
	const char *by;
	int64_t at;
};
static const struct field event_fields[] = {
	FIELD_TEXT(struct event, commit),
	FIELD_INT(struct event, proposal),
	FIELD_TEXT(struct event, title),
	FIELD_TEXT(struct event, kind),
	FIELD_TEXT(struct event, version),
	FIELD_TEXT(struct event, by),
	FIELD_TIME(struct event, at),
	FIELD_END
};
static const struct shape event_shape = SHAPE(event, event_fields);

struct history {
	const char *slug;
	const char *title;
	struct list changes; /* struct event, newest first */
};
static const struct field history_fields[] = {
	FIELD_TEXT(struct history, slug),
	FIELD_TEXT(struct history, title),
	FIELD_MANY(struct history, changes, &event_shape),
	FIELD_END
};
static const struct shape history_shape = SHAPE(history, history_fields);
static const struct page history_view = { "pages/history.html", &history_shape, NULL };

static void add_change(struct task *task, struct list *out, const struct proposal *p)
{
	*(struct event *)list_add(&task->arena, out, sizeof(struct event)) = (struct event) { .commit = p->merged,
		.proposal = p->id, .title = p->title, .kind = p->kind, .by = p->author, .at = p->decided_at };
}

static void add_release(struct task *task, struct list *out, const struct release *r)
{
	*(struct event *)list_add(&task->arena, out, sizeof(struct event)) = (struct event) { .commit = r->commit,
		.title = r->notes, .kind = "release", .version = r->version, .at = r->released_at };
}

/* Both lists are newest first; so is the result. */
static void interleave(struct task *task, const struct list *changes, const struct list *releases, struct list *out)
{
	const struct proposal *p = changes->items;
	const struct release *r = releases->items;
	size_t i = 0, k = 0;

	while (i < changes->count || k < releases->count) {
		if (k == releases->count || (i < changes->count && p[i].decided_at > r[k].released_at))
			add_change(task, out, &p[i++]);
		else
			add_release(task, out, &r[k++]);
	}
}

static bool show_history(struct task *task, const struct request *req, struct reply *rep)
{
	struct list changes = { 0 }, releases = { 0 };
	struct history page = { 0 };
	struct guide guide;

	if (!guide_get(task, req->param[0], &guide)
		|| !proposal_accepted(task, guide.slug, 0, LIMIT_LIST_ROWS, &changes)
		|| !release_list(task, guide.slug, LIMIT_LIST_ROWS, &releases))
		return false;
	page.slug = guide.slug;
	page.title = guide.title;
	interleave(task, &changes, &releases, &page.changes);
	return reply_view(task, req, rep, &page);
}

/* ---- one release ---- */

struct release_page {
	struct release release;
	struct list files;
	struct list versions; /* struct release: all of this guide */
	struct html notes_html;
	struct guide_page text;
	const char *current; /* newest version */
	bool superseded;
	bool fresh; /* just published */
};
static const struct field release_page_fields[] = {
	FIELD_IN(struct release_page, release., guide, KIND_TEXT, const char *, 0),
	FIELD_IN(struct release_page, release., guide_title, KIND_TEXT, const char *, 0),
	FIELD_IN(struct release_page, release., version, KIND_TEXT, const char *, 0),
	FIELD_IN(struct release_page, release., tag, KIND_TEXT, const char *, 0),
	FIELD_IN(struct release_page, release., commit, KIND_TEXT, const char *, 0),
	FIELD_IN(struct release_page, release., notes, KIND_TEXT, const char *, 0),
	FIELD_IN(struct release_page, release., released_at, KIND_TIME, int64_t, 0),
	FIELD_MANY(struct release_page, files, &release_file_shape),
	FIELD_TEXT(struct release_page, current),
	PAGE_BOOL(struct release_page, superseded),
	PAGE_BOOL(struct release_page, fresh),
	PAGE_MANY(struct release_page, versions, &release_shape),
	PAGE_HTML(struct release_page, notes_html),
	{ "text", KIND_ONE, offsetof(struct release_page, text), &guide_page_shape, 0, FIELD_PAGE_ONLY },
	FIELD_END
};
static const struct shape release_page_shape = SHAPE(release_page, release_page_fields);
static const struct page release_view = { "pages/release.html", &release_page_shape, NULL };

static bool fill_text(struct task *task, struct release_page *page)
{
	struct guide guide;
	struct guide_text text;
	struct oid commit;

	if (!oid_parse(page->release.commit, &commit))
		return broken(task, "a release names the commit \"%s\"", page->release.commit);
	if (!guide_get(task, page->release.guide, &guide)
		|| !guide_find(task, guide.slug, &commit, &text)
		|| !guide_fill_page(task, &guide, &text, page->release.version, &page->text))
		return false;
	page->current = guide.version;
	page->superseded = page->text.superseded;
	return true;
}

static bool show_release(struct task *task, const struct request *req, struct reply *rep, struct release *r)
{
	const struct markdown_options options = { .id_prefix = "notes-" };
	struct release_page page = { .release = *r };

	page.fresh = !strcmp(req->query, "published=1");
	return release_files(task, r, &page.files)
		&& release_list(task, r->guide, LIMIT_LIST_ROWS, &page.versions)
		&& markdown_html(task, r->notes, strlen(r->notes), &options, &page.notes_html)
		&& fill_text(task, &page)
		&& reply_view(task, req, rep, &page);
}

/* The page's own style sheet is allowed by its hash, nothing else is. */
static const char *style_hash(struct arena *arena, const char *html)
{
	const char *start = strstr(html, "<style>"), *end = start ? strstr(start, "</style>") : NULL;
	unsigned char hash[crypto_hash_sha256_BYTES];
	char text[sodium_base64_ENCODED_LEN(sizeof(hash), sodium_base64_VARIANT_ORIGINAL)];

	if (!end)
		return NULL;
	start += strlen("<style>");
	crypto_hash_sha256(hash, (const unsigned char *)start, (unsigned long long)(end - start));
	sodium_bin2base64(text, sizeof(text), hash, sizeof(hash), sodium_base64_VARIANT_ORIGINAL);
	return arena_printf(arena, "sha256-%s", text);
}

static const char *type_of(const char *name)
{
	const char *dot = strrchr(name, '.');

	if (dot && !strcmp(dot, ".html"))
		return "text/html; charset=utf-8";
	if (dot && !strcmp(dot, ".zip"))
		return "application/zip";
	return dot && !strcmp(dot, ".md") ? "text/markdown; charset=utf-8" : "text/plain; charset=utf-8";
}

static bool send_file(struct task *task, struct reply *rep, const struct release *r, const char *name)
{
	const char *bytes, *type = type_of(name);
	size_t len;

	if (!release_read(task, r, name, &bytes, &len))
		return false;
	rep->immutable = true;
	if (!strncmp(type, "text/html", 9))
		rep->style_hash = style_hash(&task->arena, bytes);
	else
		rep->download = name;
	return reply_bytes(rep, type, bytes, len);
}

/* "1.0.0" is the page, "1.0.0.zip" a file. */
static bool show(struct task *task, const struct request *req, struct reply *rep)
{
	static const char *const endings[] = { ".md", ".html", ".zip" };
	const char *name = req->param[1], *dot = strrchr(name, '.');
	const char *version = name;
	struct release r;

	for (size_t i = 0; dot && i < sizeof(endings) / sizeof(*endings); i++)
		if (!strcmp(dot, endings[i]))
			version = arena_strndup(&task->arena, name, (size_t)(dot - name));
	if (!release_get(task, req->param[0], version, &r))
		return false;
	if (version == name)
		return show_release(task, req, rep, &r);
	return send_file(task, rep, &r, arena_printf(&task->arena, "%s-%s", r.guide, name));
}

static bool send_sums(struct task *task, const struct request *req, struct reply *rep)
{
	struct release r;

	return release_get(task, req->param[0], req->param[1], &r)
		&& send_file(task, rep, &r, "SHA256SUMS");
}

/* ---- publishing ---- */

struct new_release {
	const char *guide;
	const char *version;
	const char *notes;
	/* for the form */
	const char *title;
	const char *last; /* newest version there is */
	struct list changes; /* struct proposal */
	struct list guides; /* to choose from */
};
static const struct field new_release_fields[] = {
	INPUT_TEXT(struct new_release, guide, LIMIT_SLUG_BYTES, FIELD_REQUIRED),
	INPUT_TEXT(struct new_release, version, 32, 0),
	INPUT_TEXT(struct new_release, notes, LIMIT_COMMENT_BYTES, 0),
	FIELD_END
};
static const struct shape new_release_shape = SHAPE(new_release, new_release_fields);
static const struct field new_release_page_fields[] = {
	FIELD_TEXT(struct new_release, guide),
	FIELD_TEXT(struct new_release, version),
	FIELD_TEXT(struct new_release, notes),
	FIELD_TEXT(struct new_release, title),
	FIELD_TEXT(struct new_release, last),
	FIELD_MANY(struct new_release, changes, &proposal_shape),
	PAGE_MANY(struct new_release, guides, &guide_shape),
	FIELD_END
};
static const struct shape new_release_page_shape = { sizeof(struct new_release), new_release_page_fields, "next_release" };
static const struct page new_release_view = { "pages/release-new.html", &new_release_page_shape, NULL };

struct guide_query {
	const char *guide;
};
static const struct field guide_query_fields[] = {
	INPUT_TEXT(struct guide_query, guide, LIMIT_SLUG_BYTES, 0),
	FIELD_END
};
static const struct shape guide_query_shape = SHAPE(guide_query, guide_query_fields);

/* What would go in; what was typed already stays. */
static bool fill_new(struct task *task, struct new_release *page)
{
	const char *version, *notes;
	struct guide guide;

	if (!guide_list(task, &page->guides))
		return false;
	if (!page->guide || !*page->guide)
		return true;
	if (!guide_get(task, page->guide, &guide)
		|| !release_suggest(task, page->guide, &version, &notes, &page->changes))
		return false;
	page->title = guide.title;
	page->last = guide.version;
	page->version = page->version ? page->version : version;
	page->notes = page->notes ? page->notes : notes;
	return true;
}

static bool show_new(struct task *task, const struct request *req, struct reply *rep)
{
	struct guide_query query = { 0 };
	struct new_release page = { 0 };

	if (!request_query(task, req, &guide_query_shape, &query))
		return false;
	page.guide = query.guide;
	return fill_new(task, &page) && reply_view(task, req, rep, &page);
}

static bool new_again(struct task *task, const struct request *req, struct reply *rep, struct new_release *page)
{
	struct err err = task->err;

	if ((err.code != ERR_FIELDS && err.code != ERR_CONFLICT) || req->wants_json)
		return false;
	task_forgive(task);
	if (!fill_new(task, page))
		return false;
	task->err = err;
	return reply_other(task, req, rep, err.code == ERR_FIELDS ? 422 : 409, page);
}

struct published {
	const char *guide, *version, *tag;
};
static const struct field published_fields[] = {
	FIELD_TEXT(struct published, guide),
	FIELD_TEXT(struct published, version),
	FIELD_TEXT(struct published, tag),
	FIELD_END
};
static const struct shape published_shape = SHAPE(published, published_fields);

static bool publish(struct task *task, const struct request *req, struct reply *rep)
{
	struct new_release in = { 0 };
	struct release r;
	struct published out;

	if (!request_read(task, req, &new_release_shape, &in)
		|| !release_make(task, in.guide, in.version, in.notes, &r))
		return new_again(task, req, rep, &in);
	out = (struct published) { r.guide, r.version, r.tag };
	return reply_done(task, req, rep, 201, &out, "/guides/%s/v/%s?published=1", r.guide, r.version);
}

const struct route release_routes[] = {
	{ GET, "/releases", list, NEED_NOTHING, &releases_view, .flags = ROUTE_CACHE, .summary = "All releases, newest first" },
	{ GET, "/releases/new", show_new, NEED_MODERATOR, &new_release_view, .input = &guide_query_shape, .summary = "What the next release would hold" },
	{ POST, "/releases", publish, NEED_MODERATOR, .other = &new_release_view, .input = &new_release_shape, .result = &published_shape, .flags = ROUTE_SLOW, .summary = "Publish the working text" },
	{ GET, "/guides/:slug/history", show_history, NEED_NOTHING, &history_view, .flags = ROUTE_CACHE | ROUTE_PART, .summary = "Releases and accepted changes of a guide" },
	{ GET, "/guides/:slug/v/:version", show, NEED_NOTHING, &release_view, .flags = ROUTE_CACHE | ROUTE_PART, .summary = "A release; with .md, .html or .zip behind the version: a file" },
	{ GET, "/guides/:slug/v/:version/SHA256SUMS", send_sums, NEED_NOTHING, .flags = ROUTE_CACHE | ROUTE_PART, .summary = "Checksums of a release's files" },
	{ 0 }
};
