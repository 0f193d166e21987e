/* proposal_web.c: /proposals: the list, one proposal, what its author may do */
#include "app/proposal.h"

#include <inttypes.h>
#include <string.h>

#include "app/account.h"
#include "app/site.h"
#include "base/buf.h"
#include "base/limit.h"
#include "forms.h"
#include "http/router.h"
#include "proposal_page.h"

#define PAGE_ROWS 50

/* ---- the list ---- */

struct list_query {
	const char *state;
	const char *guide;
	const char *page;
};
static const struct field list_query_fields[] = {
	INPUT_TEXT(struct list_query, state, 16, 0),
	INPUT_TEXT(struct list_query, guide, LIMIT_SLUG_BYTES, 0),
	INPUT_TEXT(struct list_query, page, 8, 0),
	FIELD_END
};
static const struct shape list_query_shape = SHAPE(list_query, list_query_fields);

struct proposals {
	struct list proposals;
	const char *next; /* address of the next page; NULL: this is the last */
	const char *state, *guide;
	bool open, merged, declined, all;
};
static const struct field proposals_fields[] = {
	FIELD_MANY(struct proposals, proposals, &proposal_shape),
	FIELD_URL(struct proposals, next),
	PAGE_TEXT(struct proposals, state),
	PAGE_TEXT(struct proposals, guide),
	PAGE_BOOL(struct proposals, open),
	PAGE_BOOL(struct proposals, merged),
	PAGE_BOOL(struct proposals, declined),
	PAGE_BOOL(struct proposals, all),
	FIELD_END
};
static const struct shape proposals_shape = SHAPE(proposals, proposals_fields);
static const struct page proposals_view = { "pages/proposals.html", &proposals_shape, NULL };

static bool check_state(struct task *task, const char *state)
{
	static const char *const states[] = { "open", "asked", "clash", "merged", "declined", "withdrawn" };

	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
		if (!strcmp(states[i], state))
			return true;
	return fail(task, ERR_MALFORMED, "The state is open, asked, clash, merged, declined or withdrawn.");
}

static const char *text_or_null(const char *text)
{
	return text && *text ? text : NULL;
}

/* One row more than shown tells whether there is a next page. */
static void cut_page(struct task *task, struct proposals *page, int64_t number)
{
	if (page->proposals.count <= PAGE_ROWS)
		return;
	page->proposals.count = PAGE_ROWS;
	page->next = arena_printf(&task->arena, "/proposals?page=%" PRId64 "%s%s%s%s", number + 1,
		page->state ? "&state=" : "", page->state ? page->state : "",
		page->guide ? "&guide=" : "", page->guide ? page->guide : "");
}

static bool is_state(const char *state, const char *name)
{
	return state && !strcmp(state, name);
}

static bool list(struct task *task, const struct request *req, struct reply *rep)
{
	struct list_query query = { 0 };
	struct proposals page = { 0 };
	int64_t number = request_page(task, req);
	struct proposal_query q = { .hidden_too = task->who.role >= ROLE_MODERATOR,
		.skip = (number - 1) * PAGE_ROWS, .limit = PAGE_ROWS + 1 };

	if (!request_query(task, req, &list_query_shape, &query))
		return false;
	page.state = q.state = text_or_null(query.state);
	page.guide = q.guide = text_or_null(query.guide);
	if ((q.state && !check_state(task, q.state)) || (q.guide && !guide_check_slug(task, q.guide))
		|| !proposal_list(task, &q, &page.proposals))
		return false;
	page.all = !q.state;
	page.open = is_state(q.state, "open");
	page.merged = is_state(q.state, "merged");
	page.declined = is_state(q.state, "declined");
	cut_page(task, &page, number);
	return reply_view(task, req, rep, &page);
}

/* ---- one proposal ---- */

static const struct page proposal_view = { "pages/proposal.html", &proposal_page_shape, NULL };

static bool show(struct task *task, const struct request *req, struct reply *rep)
{
	struct proposal_page page;
	int64_t id;

	return request_number(task, req, 0, &id)
		&& proposal_page_fill(task, id, request_peek(task, req, "key"), &page)
		&& reply_view(task, req, rep, &page);
}

struct sent {
	int64_t id;
	const char *guide, *guide_title, *section, *place, *title;
	const char *follow;
	bool is_public;
};
static const struct field sent_fields[] = {
	FIELD_INT(struct sent, id),
	FIELD_TEXT(struct sent, guide),
	FIELD_TEXT(struct sent, guide_title),
	FIELD_TEXT(struct sent, section),
	FIELD_TEXT(struct sent, place),
	FIELD_TEXT(struct sent, title),
	FIELD_URL(struct sent, follow),
	FIELD_BOOL(struct sent, is_public),
	FIELD_END
};
static const struct shape sent_shape = SHAPE(sent, sent_fields);
static const struct page sent_view = { "pages/sent.html", &sent_shape, NULL };

/* What makes the address of a proposal the private link; "" without a key. It
 * may be anything: who signed in needs none. */
static const char *key_query(struct arena *arena, const char *key)
{
	struct buf out = { .arena = arena };

	if (key) {
		buf_puts(&out, "?key=");
		buf_url(&out, key);
	}
	return buf_text(&out);
}

static bool show_sent(struct task *task, const struct request *req, struct reply *rep)
{
	const char *key = request_peek(task, req, "key");
	struct proposal p;
	struct sent page;
	int64_t id;

	if (!request_number(task, req, 0, &id) || !proposal_get(task, id, &p))
		return false;
	page = (struct sent) { id, p.guide, p.guide_title, p.section, p.place, p.title, .is_public = p.is_public };
	page.follow = arena_printf(&task->arena, "/proposals/%" PRId64 "%s", id, key_query(&task->arena, key));
	return reply_view(task, req, rep, &page);
}

/* ---- the author's second thoughts ---- */

static bool fill_rewrite(struct task *task, const struct proposal *p, const char *key, struct edit_page *page)
{
	page->guide = p->guide;
	page->guide_title = p->guide_title;
	page->proposal = p->id;
	page->key = key;
	page->interests = p->interests;
	page->reason = p->reason;
	page->action = arena_printf(&task->arena, "/proposals/%" PRId64 "/text", p->id);
	page->back = arena_printf(&task->arena, "/proposals/%" PRId64 "%s", p->id, key_query(&task->arena, key));
	return true;
}

static bool show_rewrite(struct task *task, const struct request *req, struct reply *rep)
{
	const char *key = request_peek(task, req, "key");
	struct proposal p;
	struct edit_page page = { 0 };
	struct clash now;
	int64_t id;

	if (!request_number(task, req, 0, &id) || !proposal_get(task, id, &p)
		|| !proposal_section(task, &p, &now) || !fill_rewrite(task, &p, key, &page))
		return false;
	page.base = now.base;
	page.section = now.section;
	page.place = p.place;
	page.text = now.merged;
	page.yours = now.theirs ? now.yours : NULL;
	page.theirs = now.theirs;
	return reply_view(task, req, rep, &page);
}

static bool rewrite_again(struct task *task, const struct request *req, struct reply *rep,
	const struct suggestion *in, const struct clash *clash)
{
	struct err err = task->err;
	struct edit_page page = { 0 };
	struct proposal p;
	int64_t id;

	if (err.code != ERR_FIELDS && !clash->yours)
		return false;
	task_forgive(task);
	if (!request_number(task, req, 0, &id) || !proposal_get(task, id, &p))
		return false;
	edit_page_keep(in, &page);
	fill_rewrite(task, &p, in->key, &page);
	task->err = err;
	if (clash->yours)
		return edit_page_clash(task, req, rep, clash, &page);
	return !req->wants_json && in->text && reply_other(task, req, rep, 422, &page);
}

struct done {
	int64_t id;
	const char *state;
	const char *commit;
};
static const struct field done_fields[] = {
	FIELD_INT(struct done, id),
	FIELD_TEXT(struct done, state),
	FIELD_TEXT(struct done, commit),
	FIELD_END
};
static const struct shape done_shape = SHAPE(done, done_fields);

/* Back to the proposal, by the private link if that is how one came. */
static bool back(struct task *task, const struct request *req, struct reply *rep, int64_t id, const char *key)
{
	struct proposal p;
	struct done done = { .id = id };

	if (!proposal_get(task, id, &p))
		return false;
	done.state = p.state;
	done.commit = p.head;
	return reply_done(task, req, rep, 200, &done, "/proposals/%" PRId64 "%s", id, key_query(&task->arena, key));
}

static bool rewrite(struct task *task, const struct request *req, struct reply *rep)
{
	struct suggestion in = { 0 };
	struct clash clash = { 0 };
	int64_t id;

	if (!request_number(task, req, 0, &id))
		return false;
	if (!request_read(task, req, &suggestion_shape, &in) || !proposal_rewrite(task, id, &in, &clash))
		return rewrite_again(task, req, rep, &in, &clash);
	return back(task, req, rep, id, in.key);
}

struct words {
	const char *reason;
	const char *text;
	const char *shown;
	const char *key;
};
static const struct field withdraw_fields[] = {
	INPUT_TEXT(struct words, reason, LIMIT_REASON_BYTES, 0),
	INPUT_TEXT(struct words, shown, 40, 0),
	INPUT_TEXT(struct words, key, LIMIT_KEY_BYTES, 0),
	FIELD_END
};
static const struct shape withdraw_shape = { sizeof(struct words), withdraw_fields, "withdrawal" };
static const struct field comment_in_fields[] = {
	INPUT_TEXT(struct words, text, LIMIT_COMMENT_BYTES, FIELD_REQUIRED),
	INPUT_TEXT(struct words, key, LIMIT_KEY_BYTES, 0),
	FIELD_END
};
static const struct shape comment_in_shape = { sizeof(struct words), comment_in_fields, "new_comment" };

static bool withdraw(struct task *task, const struct request *req, struct reply *rep)
{
	struct words in = { 0 };
	int64_t id;

	return request_number(task, req, 0, &id)
		&& request_read(task, req, &withdraw_shape, &in)
		&& proposal_withdraw(task, id, in.reason)
		&& back(task, req, rep, id, in.key);
}

struct said {
	int64_t id;
};
static const struct field said_fields[] = { FIELD_INT(struct said, id), FIELD_END };
static const struct shape said_shape = SHAPE(said, said_fields);

static bool comment(struct task *task, const struct request *req, struct reply *rep)
{
	struct words in = { 0 };
	struct said said = { 0 };
	int64_t id;

	return request_number(task, req, 0, &id)
		&& request_read(task, req, &comment_in_shape, &in)
		&& comment_add(task, id, in.text, in.key, &said.id)
		&& reply_done(task, req, rep, 201, &said, "/proposals/%" PRId64 "%s#comment-%" PRId64, id,
			key_query(&task->arena, in.key), said.id);
}

const struct route proposal_routes[] = {
	{ GET, "/proposals", list, NEED_NOTHING, &proposals_view, .input = &list_query_shape, .flags = ROUTE_CACHE, .summary = "Proposals, newest first, 50 a page" },
	{ GET, "/proposals/:id", show, NEED_SEE, &proposal_view, .flags = ROUTE_COSTLY, .summary = "One proposal: story, changes, conversation, state" },
	{ GET, "/proposals/:id/sent", show_sent, NEED_AUTHOR, &sent_view, .summary = "Confirmation for its author" },
	{ GET, "/proposals/:id/edit", show_rewrite, NEED_AUTHOR, &edit_view, .summary = "Its text, to change" },
	{ POST, "/proposals/:id/text", rewrite, NEED_AUTHOR, .other = &edit_view, .input = &suggestion_shape, .result = &done_shape, .flags = ROUTE_SENDS, .summary = "Change its text; approvals of the old text no longer count" },
	{ POST, "/proposals/:id/comments", comment, NEED_TALK, .input = &comment_in_shape, .result = &said_shape, .flags = ROUTE_SENDS, .summary = "Say something about it" },
	{ POST, "/proposals/:id/withdraw", withdraw, NEED_AUTHOR, .input = &withdraw_shape, .result = &done_shape, .summary = "Take it back" },
	{ 0 }
};
