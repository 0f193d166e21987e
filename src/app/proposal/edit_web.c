/* edit_web.c: the form to suggest an edit, its preview, and sending it */
#include "app/proposal.h"

#include <inttypes.h>
#include <string.h>

#include "app/account.h"
#include "app/site.h"
#include "base/limit.h"
#include "forms.h"
#include "http/router.h"
#include "text/diff.h"

/* ---- shapes ---- */

static const struct field suggestion_fields[] = {
	INPUT_TEXT(struct suggestion, base, 40, FIELD_REQUIRED),
	INPUT_TEXT(struct suggestion, section, LIMIT_TITLE_BYTES, 0),
	INPUT_TEXT(struct suggestion, text, LIMIT_PAGE_BYTES, FIELD_REQUIRED),
	INPUT_TEXT(struct suggestion, title, LIMIT_TITLE_BYTES, 0),
	INPUT_TEXT(struct suggestion, reason, LIMIT_REASON_BYTES, 0),
	INPUT_TEXT(struct suggestion, kind, 16, 0),
	INPUT_TEXT(struct suggestion, name, LIMIT_NAME_BYTES, 0),
	INPUT_TEXT(struct suggestion, email, LIMIT_EMAIL_BYTES, 0),
	INPUT_TEXT(struct suggestion, interests, LIMIT_REASON_BYTES, 0),
	INPUT_TEXT(struct suggestion, key, LIMIT_KEY_BYTES, 0),
	INPUT_TEXT(struct suggestion, website, LIMIT_TITLE_BYTES, 0),
	FIELD_END
};
const struct shape suggestion_shape = SHAPE(suggestion, suggestion_fields);

static const struct field edit_fields[] = {
	FIELD_TEXT(struct edit_page, guide),
	FIELD_TEXT(struct edit_page, guide_title),
	FIELD_TEXT(struct edit_page, base),
	FIELD_TEXT(struct edit_page, section),
	FIELD_TEXT(struct edit_page, place),
	FIELD_TEXT(struct edit_page, text),
	PAGE_URL(struct edit_page, action),
	PAGE_URL(struct edit_page, back),
	PAGE_URL(struct edit_page, preview),
	PAGE_TEXT(struct edit_page, reason),
	PAGE_TEXT(struct edit_page, kind),
	PAGE_TEXT(struct edit_page, name),
	PAGE_TEXT(struct edit_page, email),
	PAGE_TEXT(struct edit_page, interests),
	PAGE_TEXT(struct edit_page, key),
	PAGE_INT(struct edit_page, proposal),
	PAGE_MANY(struct edit_page, chapters, &section_shape),
	PAGE_HTML(struct edit_page, change),
	PAGE_TEXT(struct edit_page, change_words),
	PAGE_TEXT(struct edit_page, theirs),
	PAGE_TEXT(struct edit_page, yours),
	FIELD_END
};
const struct shape edit_page_shape = SHAPE(edit_page, edit_fields);
const struct page edit_view = { "pages/edit.html", &edit_page_shape, NULL };
static const struct page choose_view = { "pages/choose.html", &edit_page_shape, NULL };

static const struct field clash_fields[] = {
	FIELD_TEXT(struct clash, guide),
	FIELD_TEXT(struct clash, section),
	FIELD_TEXT(struct clash, place),
	FIELD_TEXT(struct clash, base),
	FIELD_TEXT(struct clash, yours),
	FIELD_TEXT(struct clash, theirs),
	FIELD_TEXT(struct clash, merged),
	FIELD_END
};
static const struct shape clash_shape = SHAPE(clash, clash_fields);

static const struct field opened_fields[] = {
	FIELD_INT(struct opened, id),
	FIELD_TEXT(struct opened, state),
	FIELD_URL(struct opened, follow),
	FIELD_END
};
static const struct shape opened_shape = SHAPE(opened, opened_fields);

/* ---- the form ---- */

struct edit_query {
	const char *section;
	const char *whole;
};
static const struct field edit_query_fields[] = {
	INPUT_TEXT(struct edit_query, section, LIMIT_TITLE_BYTES, 0),
	INPUT_TEXT(struct edit_query, whole, 5, 0),
	FIELD_END
};
static const struct shape edit_query_shape = SHAPE(edit_query, edit_query_fields);

static bool fill_about_me(struct task *task, struct edit_page *page)
{
	struct account me;

	if (!task->who.account || page->interests)
		return true;
	if (!account_get(task, task->who.handle, &me))
		return false;
	page->interests = me.interests;
	return true;
}

static bool fill_section(struct task *task, const struct guide_text *text, const char *id, struct edit_page *page)
{
	struct guideline g = { 0 };
	const struct section *s;

	if (!guide_structure(task, text, &g))
		return false;
	page->chapters = g.sections;
	if (!id || !*id)
		return true;
	s = guideline_section(&g, id);
	if (!s)
		return fail(task, ERR_NOT_FOUND, "This section is not in the working text any more. Open the guide and choose another.");
	page->section = s->id;
	page->place = s->title;
	page->text = section_cut(&task->arena, text->text, s);
	return true;
}

static bool choose(struct task *task, const struct request *req, struct reply *rep, struct edit_page *page)
{
	page->text = NULL;
	return reply_other(task, req, rep, 200, page);
}

static bool show_edit(struct task *task, const struct request *req, struct reply *rep)
{
	struct edit_query query = { 0 };
	struct guide guide;
	struct guide_text text;
	struct edit_page page = { 0 };

	if (!request_query(task, req, &edit_query_shape, &query)
		|| !guide_get(task, req->param[0], &guide)
		|| !guide_text(task, guide.slug, NULL, &text)
		|| !fill_section(task, &text, query.section, &page)
		|| !fill_about_me(task, &page))
		return false;
	edit_page_for(task, &guide, &page);
	page.base = text.commit.hex;
	if (!page.section && !query.whole && !req->wants_json)
		return choose(task, req, rep, &page);
	if (!page.section) {
		page.place = "The whole guide";
		page.text = text.text;
	}
	return reply_view(task, req, rep, &page);
}

void edit_page_for(struct task *task, const struct guide *guide, struct edit_page *page)
{
	page->guide = guide->slug;
	page->guide_title = guide->title;
	page->action = arena_printf(&task->arena, "/guides/%s/proposals", guide->slug);
	page->preview = arena_printf(&task->arena, "/guides/%s/preview", guide->slug);
	page->back = arena_printf(&task->arena, "/guides/%s%s%s", guide->slug,
		page->section ? "#" : "", page->section ? page->section : "");
}

void edit_page_keep(const struct suggestion *in, struct edit_page *page)
{
	page->base = in->base;
	page->section = in->section && *in->section ? in->section : NULL;
	page->place = page->section ? page->section : "The whole guide";
	page->text = in->text;
	page->reason = in->reason;
	page->kind = in->kind;
	page->name = in->name;
	page->email = in->email;
	page->interests = in->interests;
	page->key = in->key;
}

/* ---- sending ---- */

/* The form as it was sent, whatever was wrong with it. */
static bool refill(struct task *task, const struct suggestion *in, struct edit_page *page)
{
	struct err err = task->err;
	struct guide guide;

	task_forgive(task);
	if (!guide_get(task, in->guide, &guide))
		return false;
	edit_page_keep(in, page);
	edit_page_for(task, &guide, page);
	task->err = err; /* the page says it */
	return true;
}

bool edit_page_clash(struct task *task, const struct request *req, struct reply *rep,
	const struct clash *clash, struct edit_page *page)
{
	if (req->wants_json) {
		rep->status = 409;
		return reply_error_with(task, rep, &clash_shape, clash);
	}
	page->base = clash->base;
	page->place = clash->place;
	page->text = clash->merged;
	page->yours = clash->yours;
	page->theirs = clash->theirs;
	return reply_other(task, req, rep, 409, page);
}

/* Every word comes back, with what is wrong on top. */
static bool cannot_send(struct task *task, const struct request *req, struct reply *rep,
	const struct suggestion *in, const struct clash *clash)
{
	enum err_code code = task->err.code;
	struct edit_page page = { 0 };

	if (code == ERR_CONFLICT && clash->yours)
		return refill(task, in, &page) && edit_page_clash(task, req, rep, clash, &page);
	if (req->wants_json || !in->text || (code != ERR_FIELDS && code != ERR_CONFLICT))
		return false;
	return refill(task, in, &page) && reply_other(task, req, rep, code == ERR_FIELDS ? 422 : 409, &page);
}

static bool needs_interests(struct task *task, const struct suggestion *in)
{
	if (in->interests && *in->interests)
		return true;
	return wrong(task, "interests", "Say whether you have interests to declare: choose one of the answers.");
}

/* People do not see this field, and do not fill it in. */
static bool is_robot(const struct suggestion *in)
{
	return in->website && *in->website;
}

static bool suggest(struct task *task, const struct request *req, struct reply *rep)
{
	struct suggestion in = { 0 };
	struct clash clash = { 0 };
	struct opened out;
	bool read = request_read(task, req, &suggestion_shape, &in);

	in.guide = req->param[0];
	if (!read || !needs_interests(task, &in))
		return cannot_send(task, req, rep, &in, &clash);
	if (is_robot(&in))
		return reply_see_other(task, rep, "/guides/%s", in.guide);
	if (!proposal_open(task, &in, &clash, &out))
		return cannot_send(task, req, rep, &in, &clash);
	return reply_done(task, req, rep, 201, &out, "/proposals/%" PRId64 "/sent?key=%s", out.id, out.key);
}

/* ---- preview ---- */

static bool fill_preview(struct task *task, const struct suggestion *in, struct edit_page *page)
{
	struct diff diff = { 0 };
	struct guide_text before;
	struct buf after = { .arena = &task->arena }, out = { .arena = &task->arena };

	if (!proposal_try(task, in, &before, &after)
		|| !diff_texts(task, before.text, before.len, buf_text(&after), after.len, &diff))
		return false;
	for (size_t i = 0; i < diff.parts.count; i++) {
		const struct diff_part *part = (const struct diff_part *)diff.parts.items + i;

		if (part->changed)
			buf_puts(&out, part->html.safe);
	}
	page->change.safe = out.len ? buf_text(&out) : NULL;
	page->change_words = arena_printf(&task->arena, "%" PRId64 " word%s added, %" PRId64 " removed",
		diff.words_added, diff.words_added == 1 ? "" : "s", diff.words_removed);
	return true;
}

/* Writes nothing; the same form as for sending, the change shown below it. */
static bool preview(struct task *task, const struct request *req, struct reply *rep)
{
	struct suggestion in = { 0 };
	struct edit_page page = { 0 };
	struct guide guide;

	if (!request_read(task, req, &suggestion_shape, &in) && !in.text)
		return false;
	task_forgive(task);
	in.guide = req->param[0];
	if (!guide_get(task, in.guide, &guide) || !fill_preview(task, &in, &page))
		return cannot_send(task, req, rep, &in, &(struct clash) { 0 });
	edit_page_keep(&in, &page);
	edit_page_for(task, &guide, &page);
	return reply_view(task, req, rep, &page);
}

/* ---- a new guide ---- */

struct new_guide {
	const char *slug, *title, *text, *reason, *name, *email, *interests, *website;
};
static const struct field new_guide_fields[] = {
	INPUT_TEXT(struct new_guide, slug, LIMIT_SLUG_BYTES, FIELD_REQUIRED),
	INPUT_TEXT(struct new_guide, title, LIMIT_TITLE_BYTES, FIELD_REQUIRED),
	INPUT_TEXT(struct new_guide, text, LIMIT_PAGE_BYTES, FIELD_REQUIRED),
	INPUT_TEXT(struct new_guide, reason, LIMIT_REASON_BYTES, 0),
	INPUT_TEXT(struct new_guide, name, LIMIT_NAME_BYTES, 0),
	INPUT_TEXT(struct new_guide, email, LIMIT_EMAIL_BYTES, 0),
	INPUT_TEXT(struct new_guide, interests, LIMIT_REASON_BYTES, 0),
	INPUT_TEXT(struct new_guide, website, LIMIT_TITLE_BYTES, 0),
	FIELD_END
};
static const struct shape new_guide_shape = SHAPE(new_guide, new_guide_fields);
static const struct page new_guide_view = { "pages/new-guide.html", &new_guide_shape, NULL };

static bool show_new(struct task *task, const struct request *req, struct reply *rep)
{
	static const struct new_guide empty;

	return reply_view(task, req, rep, &empty);
}

static bool new_again(struct task *task, const struct request *req, struct reply *rep, const struct new_guide *form)
{
	if (task->err.code != ERR_FIELDS || req->wants_json)
		return false;
	return reply_other(task, req, rep, 422, form);
}

static bool suggest_guide(struct task *task, const struct request *req, struct reply *rep)
{
	struct new_guide form = { 0 };
	struct suggestion in = { 0 };
	struct opened out;

	if (!request_read(task, req, &new_guide_shape, &form))
		return new_again(task, req, rep, &form);
	in = (struct suggestion) { .guide = form.slug, .text = form.text, .title = form.title, .reason = form.reason,
		.name = form.name, .email = form.email, .interests = form.interests, .website = form.website };
	if (!needs_interests(task, &in))
		return new_again(task, req, rep, &form);
	if (is_robot(&in))
		return reply_see_other(task, rep, "/guides");
	if (!proposal_open_guide(task, &in, &out))
		return new_again(task, req, rep, &form);
	return reply_done(task, req, rep, 201, &out, "/proposals/%" PRId64 "/sent?key=%s", out.id, out.key);
}

const struct route edit_routes[] = {
	{ GET, "/guides/:slug/edit", show_edit, NEED_NOTHING, &edit_view, &choose_view, &edit_query_shape, .summary = "One section (or all) of the working text, to edit" },
	{ POST, "/guides/:slug/preview", preview, NEED_NOTHING, &edit_view, &edit_view, &suggestion_shape, .result = &edit_page_shape, .flags = ROUTE_COSTLY, .summary = "What a suggestion would change; nothing is kept" },
	{ POST, "/guides/:slug/proposals", suggest, NEED_NOTHING, .other = &edit_view, .input = &suggestion_shape, .result = &opened_shape, .flags = ROUTE_SENDS, .summary = "Suggest an edit" },
	{ GET, "/suggest-guide", show_new, NEED_NOTHING, &new_guide_view, .flags = ROUTE_HIDDEN },
	{ POST, "/guides", suggest_guide, NEED_NOTHING, .other = &new_guide_view, .input = &new_guide_shape, .result = &opened_shape, .flags = ROUTE_SENDS, .summary = "Suggest a new guide" },
	{ 0 }
};
