/* review_web.c: /review, and what reviewers and moderators decide */
#include "app/proposal.h"

#include <inttypes.h>
#include <string.h>

#include "app/account.h"
#include "app/site.h"
#include "base/limit.h"
#include "http/router.h"
#include "proposal_page.h"

/* ---- the queue ---- */

struct queue {
	struct list proposals;
	int64_t count;
	int64_t first; /* number of the oldest; 0: none */
};
static const struct field queue_fields[] = {
	FIELD_MANY(struct queue, proposals, &proposal_shape),
	FIELD_INT(struct queue, count),
	PAGE_INT(struct queue, first),
	FIELD_END
};
static const struct shape queue_shape = SHAPE(queue, queue_fields);
static const struct page queue_view = { "pages/queue.html", &queue_shape, NULL };
static const struct page review_view = { "pages/review.html", &proposal_page_shape, NULL };

/* Reviewers of all guides; roles for one guide see its proposals in the
 * general list. */
static bool sees_hidden(const struct task *task)
{
	return task->who.role >= ROLE_MODERATOR;
}

static bool show_queue(struct task *task, const struct request *req, struct reply *rep)
{
	struct queue page = { 0 };

	if (!proposal_queue(task, sees_hidden(task), &page.proposals, &page.count))
		return false;
	page.first = page.proposals.count ? ((const struct proposal *)page.proposals.items)->id : 0;
	return reply_view(task, req, rep, &page);
}

static int64_t after(const struct list *queue, int64_t id)
{
	const struct proposal *p = queue->items;

	for (size_t i = 0; i < queue->count; i++)
		if (p[i].id != id && (i == 0 || p[i - 1].id == id))
			return p[i].id;
	return queue->count && p[0].id != id ? p[0].id : 0;
}

static bool show_review(struct task *task, const struct request *req, struct reply *rep)
{
	struct proposal_page page;
	int64_t id;

	if (!request_number(task, req, 0, &id) || !proposal_page_fill(task, id, NULL, &page)
		|| !proposal_queue(task, sees_hidden(task), &page.queue, &page.waiting))
		return false;
	page.next = after(&page.queue, id);
	return reply_view(task, req, rep, &page);
}

/* ---- decisions ---- */

struct decision {
	const char *verdict;
	const char *shown; /* the head one was shown */
	const char *reason;
	const char *next; /* where a browser goes on */
};
#define SHOWN INPUT_TEXT(struct decision, shown, 40, FIELD_REQUIRED)
#define REASON INPUT_TEXT(struct decision, reason, LIMIT_REASON_BYTES, 0)
#define NEXT INPUT_TEXT(struct decision, next, 64, 0)

static const struct field review_in_fields[] = {
	INPUT_TEXT(struct decision, verdict, 16, FIELD_REQUIRED), SHOWN, REASON, NEXT, FIELD_END
};
static const struct shape review_in_shape = { sizeof(struct decision), review_in_fields, "new_review" };
static const struct field merge_in_fields[] = { SHOWN, NEXT, FIELD_END };
static const struct shape merge_in_shape = { sizeof(struct decision), merge_in_fields, "new_merge" };
static const struct field decline_in_fields[] = { SHOWN, REASON, NEXT, FIELD_END };
static const struct shape decline_in_shape = { sizeof(struct decision), decline_in_fields, "new_refusal" };
static const struct field back_in_fields[] = { REASON, NEXT, INPUT_TEXT(struct decision, shown, 40, 0), FIELD_END };
static const struct shape back_in_shape = { sizeof(struct decision), back_in_fields, "change_of_mind" };

struct outcome {
	int64_t id;
	const char *state;
	const char *commit; /* on main, of a merge or its undoing */
};
static const struct field outcome_fields[] = {
	FIELD_INT(struct outcome, id),
	FIELD_TEXT(struct outcome, state),
	FIELD_TEXT(struct outcome, commit),
	FIELD_END
};
static const struct shape outcome_shape = SHAPE(outcome, outcome_fields);

/* Programs get the new state; people go where the form says: only to the
 * desk or to the proposal. */
static bool decided(struct task *task, const struct request *req, struct reply *rep,
	int64_t id, const char *commit, const char *next)
{
	struct outcome out = { .id = id, .commit = commit };
	struct proposal p;

	if (!proposal_get(task, id, &p))
		return false;
	out.state = p.state;
	if (next && !strncmp(next, "/review", 7) && !strpbrk(next, "\\?#\n\t"))
		return reply_done(task, req, rep, 200, &out, "%s", next);
	return reply_done(task, req, rep, 200, &out, "/review/%" PRId64, id);
}

static bool review(struct task *task, const struct request *req, struct reply *rep)
{
	struct decision in = { 0 };
	int64_t id;

	if (!request_number(task, req, 0, &id)
		|| !request_read(task, req, &review_in_shape, &in)
		|| !review_add(task, id, in.verdict, in.shown, in.reason)
		|| !decided(task, req, rep, id, NULL, in.next))
		return false;
	if (req->wants_json)
		rep->status = 201;
	return true;
}

static bool merge(struct task *task, const struct request *req, struct reply *rep)
{
	struct decision in = { 0 };
	struct oid commit;
	int64_t id;

	return request_number(task, req, 0, &id)
		&& request_read(task, req, &merge_in_shape, &in)
		&& review_merge(task, id, in.shown, &commit)
		&& decided(task, req, rep, id, commit.hex, in.next);
}

static bool decline(struct task *task, const struct request *req, struct reply *rep)
{
	struct decision in = { 0 };
	int64_t id;

	return request_number(task, req, 0, &id)
		&& request_read(task, req, &decline_in_shape, &in)
		&& review_decline(task, id, in.shown, in.reason)
		&& decided(task, req, rep, id, NULL, in.next);
}

static bool undo(struct task *task, const struct request *req, struct reply *rep)
{
	struct decision in = { 0 };
	struct oid commit;
	int64_t id;

	return request_number(task, req, 0, &id)
		&& request_read(task, req, &back_in_shape, &in)
		&& review_undo(task, id, &commit)
		&& decided(task, req, rep, id, commit.hex, in.next);
}

static bool reopen(struct task *task, const struct request *req, struct reply *rep)
{
	struct decision in = { 0 };
	int64_t id;

	return request_number(task, req, 0, &id)
		&& request_read(task, req, &back_in_shape, &in)
		&& review_reopen(task, id)
		&& decided(task, req, rep, id, NULL, in.next);
}

static bool publish(struct task *task, const struct request *req, struct reply *rep)
{
	struct decision in = { 0 };
	int64_t id;

	return request_number(task, req, 0, &id)
		&& request_read(task, req, &back_in_shape, &in)
		&& review_publish(task, id, in.shown)
		&& decided(task, req, rep, id, NULL, in.next);
}

static bool publish_comment(struct task *task, const struct request *req, struct reply *rep)
{
	struct decision in = { 0 };
	int64_t id, said;

	return request_number(task, req, 0, &id)
		&& request_number(task, req, 1, &said)
		&& request_read(task, req, &back_in_shape, &in)
		&& comment_publish(task, id, said)
		&& decided(task, req, rep, id, NULL, in.next);
}

const struct route review_routes[] = {
	{ GET, "/review", show_queue, NEED_REVIEWER, &queue_view, .summary = "What waits for a decision, oldest first" },
	{ GET, "/review/:id", show_review, NEED_REVIEW, &review_view, .summary = "One proposal on the desk" },
	{ POST, "/proposals/:id/reviews", review, NEED_REVIEW, .input = &review_in_shape, .result = &outcome_shape, .summary = "Approve, ask, or advise to decline" },
	{ POST, "/proposals/:id/merge", merge, NEED_MODERATE, .input = &merge_in_shape, .result = &outcome_shape, .summary = "Accept it into the guide" },
	{ POST, "/proposals/:id/decline", decline, NEED_MODERATE, .input = &decline_in_shape, .result = &outcome_shape, .summary = "Decline it, with words" },
	{ POST, "/proposals/:id/undo", undo, NEED_MODERATE, .input = &back_in_shape, .result = &outcome_shape, .summary = "Take a merge back" },
	{ POST, "/proposals/:id/reopen", reopen, NEED_MODERATE, .input = &back_in_shape, .result = &outcome_shape, .summary = "Open a closed proposal again" },
	{ POST, "/proposals/:id/publish", publish, NEED_MODERATE, .input = &back_in_shape, .result = &outcome_shape, .summary = "Let a stranger's text be seen by all" },
	{ POST, "/proposals/:id/comments/:comment/publish", publish_comment, NEED_MODERATE, .input = &back_in_shape, .result = &outcome_shape, .summary = "Let a stranger's comment be seen by all" },
	{ 0 }
};
