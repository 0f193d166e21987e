/* site.c: the site map
 *
 * The one place where a request learns who asks and whether they may. What a
 * route needs stands in its row; what that means stands here. */
#include "site.h"

#include <stdlib.h>
#include <string.h>

#include "app/account.h"
#include "app/once.h"
#include "app/proposal.h"
#include "app/site.h"

/* home first: "/proposals/feed.atom" is not a proposal */
static const struct route *const tables[] = {
	home_routes,
	account_routes,
	guide_routes,
	edit_routes,
	proposal_routes,
	review_routes,
	release_routes,
	search_routes,
	clone_routes,
	NULL
};

static bool identify(struct task *task, const struct request *req)
{
	return account_identify(task, req->session, req->bearer);
}

/* ---- may they? ---- */

static bool signed_in(struct task *task)
{
	return task->who.account || fail(task, ERR_LOGIN, "Please sign in first.");
}

static bool at_least(struct task *task, enum role have, enum role need)
{
	if (have >= need)
		return true;
	return signed_in(task)
		&& fail(task, ERR_FORBIDDEN, "Only a %s may do this.", role_name(need));
}

/* A token for reading cannot write, one for writing cannot decide. */
static bool in_scope(struct task *task, const struct route *route)
{
	enum scope need = SCOPE_READ;

	if (route->method == POST && !(route->flags & ROUTE_READS))
		need = SCOPE_WRITE;
	if (route->method == POST
		&& (route->need == NEED_MODERATOR || route->need == NEED_ADMIN || route->need == NEED_MODERATE
			|| route->need == NEED_REVIEW || route->need == NEED_SIGN_IN))
		need = SCOPE_MODERATE;
	return task->who.scope >= need
		|| fail(task, ERR_FORBIDDEN, "This token's scope does not cover this.");
}

static bool hidden(struct task *task)
{
	/* what may not be seen is not there */
	return fail(task, ERR_NOT_FOUND, "There is no such page here.");
}

static bool about_proposal(struct task *task, const struct request *req, enum need need)
{
	const char *key = request_peek(task, req, "key");
	struct proposal p;
	enum role role;
	bool by;
	int64_t id;

	if (!request_number(task, req, 0, &id)
		|| !proposal_get(task, id, &p)
		|| !account_role_on(task, p.guide, &role))
		return false;
	by = proposal_is_by(task, &p, key);
	if (!p.is_public && !by && role < ROLE_MODERATOR)
		return hidden(task);
	switch (need) {
	case NEED_AUTHOR:
		return by || (signed_in(task) && fail(task, ERR_FORBIDDEN, "Only its author may do this."));
	case NEED_TALK:
		return by || signed_in(task);
	case NEED_REVIEW:
		return at_least(task, role, ROLE_REVIEWER);
	case NEED_MODERATE:
		return at_least(task, role, ROLE_MODERATOR);
	default:
		return true;
	}
}

static bool authorize(struct task *task, const struct request *req, const struct route *route)
{
	if (!in_scope(task, route))
		return false;
	switch (route->need) {
	case NEED_NOTHING:
		return true;
	case NEED_SIGN_IN:
		return signed_in(task);
	case NEED_REVIEWER:
		return at_least(task, task->who.role, ROLE_REVIEWER);
	case NEED_MODERATOR:
		return at_least(task, task->who.role, ROLE_MODERATOR);
	case NEED_ADMIN:
		return at_least(task, task->who.role, ROLE_ADMIN);
	case NEED_SEE:
	case NEED_AUTHOR:
	case NEED_TALK:
	case NEED_REVIEW:
	case NEED_MODERATE:
		return about_proposal(task, req, route->need);
	}
	abort(); /* a need without a meaning */
}

/* ---- the same request twice ---- */

static bool recall(struct task *task, const struct request *req, struct reply *rep, bool *found)
{
	const struct once_request request = { req->once, req->path, req->address ? req->address : "", req->body, req->body_len };
	struct once_answer answer = { 0 };

	/* the answer to signing in is a cookie, which is not kept */
	if (req->route->flags & ROUTE_GUESS)
		return true;
	if (!once_recall(task, &request, &answer, found) || !*found)
		return task->err.code == ERR_NONE;
	rep->status = (int)answer.status;
	rep->location = answer.location;
	return reply_bytes(rep, answer.type, answer.body, strlen(answer.body));
}

static bool remember(struct task *task, const struct reply *rep)
{
	const struct once_answer answer = { rep->status, rep->type, rep->location, buf_text(&rep->body) };

	return once_remember(task, &answer);
}

const struct site site_map = {
	.tables = tables,
	.identify = identify,
	.recall = recall,
	.remember = remember,
	.authorize = authorize,
};
