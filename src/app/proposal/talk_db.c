/* talk_db.c: what people said about a proposal: the review and comment tables */
#include "proposal_db.h"

#include "base/limit.h"
#include "db/db.h"

static const struct field review_fields[] = {
	FIELD_TEXT(struct review, reviewer),
	FIELD_TEXT(struct review, verdict),
	FIELD_TEXT(struct review, reason),
	FIELD_BOOL(struct review, current),
	FIELD_TIME(struct review, at),
	FIELD_END
};
const struct shape review_shape = SHAPE(review, review_fields);

static const struct field comment_fields[] = {
	FIELD_INT(struct comment, id),
	FIELD_INT(struct comment, proposal),
	FIELD_TEXT(struct comment, author),
	FIELD_BOOL(struct comment, by_author),
	FIELD_BOOL(struct comment, is_public),
	FIELD_TEXT(struct comment, text),
	PAGE_HTML(struct comment, html),
	FIELD_TIME(struct comment, at),
	FIELD_END
};
const struct shape comment_shape = SHAPE(comment, comment_fields);

#define SHOWN "CASE WHEN a.erased_at > 0 THEN 'a former member' ELSE coalesce(a.name, a.handle) END"

bool review_db_add(struct task *task, int64_t id, const char *verdict, const char *head, const char *reason)
{
	return db_run(task, NULL,
		"INSERT INTO review (proposal, account, verdict, head, reason, at) VALUES ($1, $2, $3, $4, $5, $6)",
		ARGS(ARG(id), ARG(task->who.account), ARG(verdict), ARG(head), ARG(reason), ARG(task->now)));
}

bool review_db_list(struct task *task, const struct proposal *p, struct list *out)
{
	return db_rows(task, &review_shape, out,
		"SELECT " SHOWN " AS reviewer, verdict, reason, head = $2 AS current, at"
		" FROM review JOIN account a ON a.id = review.account WHERE proposal = $1 ORDER BY review.id",
		ARGS(ARG(p->id), ARG(p->head)));
}

/* A person's last word on this text is the one that counts. */
#define APPROVALS "FROM review r WHERE r.proposal = $1 AND r.head = $2 AND r.verdict = 'approve' AND r.account <> $3" \
		  " AND r.id = (SELECT max(id) FROM review l WHERE l.proposal = $1 AND l.account = r.account)"

bool review_db_approvals(struct task *task, const struct proposal *p, int64_t *out)
{
	return db_number(task, out, "SELECT count(*) AS number " APPROVALS,
		ARGS(ARG(p->id), ARG(p->head), ARG(p->author_account)));
}

struct number {
	int64_t number;
};
static const struct field number_fields[] = { FIELD_INT(struct number, number), FIELD_END };
static const struct shape number_shape = SHAPE(number, number_fields);

bool review_db_approvers(struct task *task, const struct proposal *p, struct list *out)
{
	return db_rows(task, &number_shape, out, "SELECT r.account AS number " APPROVALS " ORDER BY r.id",
		ARGS(ARG(p->id), ARG(p->head), ARG(p->author_account)));
}

bool comment_db_add(struct task *task, int64_t id, const char *text, bool is_public, int64_t *id_out)
{
	const struct arg account = task->who.account ? ARG(task->who.account) : ARG((const char *)NULL);

	return db_number(task, id_out,
		"INSERT INTO comment (proposal, account, public, text, at) VALUES ($1, $2, $3, $4, $5) RETURNING id AS number",
		ARGS(ARG(id), account, ARG(is_public), ARG(text), ARG(task->now)));
}

bool comment_db_list(struct task *task, const struct proposal *p, bool hidden_too, struct list *out)
{
	return db_rows(task, &comment_shape, out,
		"SELECT c.id, c.proposal, coalesce(" SHOWN ", $2) AS author,"
		" (c.account IS NULL OR c.account = $3) AS by_author, c.public AS is_public, c.text, c.at"
		" FROM comment c LEFT JOIN account a ON a.id = c.account"
		" WHERE c.proposal = $1 AND (c.public OR $4) ORDER BY c.id LIMIT $5",
		ARGS(ARG(p->id), ARG(p->author), ARG(p->author_account), ARG(hidden_too), ARG(LIMIT_LIST_ROWS)));
}

bool comment_db_publish(struct task *task, int64_t proposal, int64_t comment)
{
	int64_t changed;

	if (!db_run(task, &changed, "UPDATE comment SET public = 1 WHERE id = $1 AND proposal = $2",
		    ARGS(ARG(comment), ARG(proposal))))
		return false;
	return changed || fail(task, ERR_NOT_FOUND, "There is no such comment.");
}
