/* proposal_db.c: the proposal table */
#include "proposal_db.h"

#include "base/limit.h"
#include "db/db.h"

static const struct field fields[] = { PROPOSAL_FIELDS(struct proposal, ), FIELD_END };
const struct shape proposal_shape = SHAPE(proposal, fields);

#define SHOWN(account) "CASE WHEN " account ".erased_at > 0 THEN 'a former member'" \
		       " ELSE coalesce(" account ".name, " account ".handle) END"
#define IS_OPEN "p.state IN ('open', 'asked', 'clash')"
#define STATE_WORDS "CASE p.state WHEN 'open' THEN 'Waiting for a moderator' WHEN 'asked' THEN 'Question for the author'" \
		    " WHEN 'clash' THEN 'Needs its author''s eyes' WHEN 'merged' THEN 'Accepted'" \
		    " WHEN 'declined' THEN 'Declined' ELSE 'Withdrawn' END AS state_words"
#define SELECT_PROPOSAL "SELECT p.id, p.guide, coalesce(g.title, p.title) AS guide_title, p.language, p.section, p.place," \
			" p.title, p.reason, p.kind, p.state, " STATE_WORDS ", p.interests, p.base, p.head, p.decision," \
			" p.merged, p.opened_at, p.changed_at, p.decided_at, p.words_added, p.words_removed," \
			" p.public AS is_public, " IS_OPEN " AS is_open, coalesce(p.author, 0) AS author_account, p.key_hash," \
			" coalesce(" SHOWN("a") ", p.author_name, 'Anonymous') AS author, " SHOWN("d") " AS decided_by" \
			" FROM proposal p LEFT JOIN account a ON a.id = p.author LEFT JOIN account d ON d.id = p.decided_by" \
			" LEFT JOIN guide g ON g.slug = p.guide AND g.language = p.language "

bool proposal_db_add(struct task *task, const struct new_proposal *row, int64_t *id_out)
{
	const struct suggestion *in = row->in;
	const struct arg author = task->who.account ? ARG(task->who.account) : ARG((const char *)NULL);

	return db_number(task, id_out,
		"INSERT INTO proposal (guide, language, section, place, title, reason, kind, state, public, base, head,"
		" author, author_name, email, interests, key_hash, opened_at, changed_at, words_added, words_removed)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9, $10, $11, $12, $13, $14, $15, $16, $16, $17, $18)"
		" RETURNING id AS number",
		ARGS(ARG(in->guide), ARG(GUIDE_LANGUAGE), ARG(in->section), ARG(row->place), ARG(in->title),
			ARG(in->reason), ARG(in->kind), ARG(row->is_public), ARG(row->base.hex), ARG(row->head.hex),
			author, ARG(in->name), ARG(in->email), ARG(in->interests), ARG(row->key_hash),
			ARG(task->now), ARG(row->words_added), ARG(row->words_removed)));
}

bool proposal_db_get(struct task *task, int64_t id, struct proposal *out)
{
	return db_row(task, &proposal_shape, out, SELECT_PROPOSAL "WHERE p.id = $1", ARGS(ARG(id)));
}

/* "open" means all that wait; the others are themselves. */
bool proposal_db_list(struct task *task, const struct proposal_query *q, struct list *out)
{
	return db_rows(task, &proposal_shape, out,
		SELECT_PROPOSAL
		"WHERE (p.public OR $1) AND ($2 IS NULL OR p.state = $2 OR ($2 = 'open' AND " IS_OPEN "))"
		" AND ($3 IS NULL OR p.guide = $3) ORDER BY p.id DESC LIMIT $4 OFFSET $5",
		ARGS(ARG(q->hidden_too), ARG(q->state), ARG(q->guide), ARG(q->limit), ARG(q->skip)));
}

bool proposal_db_queue(struct task *task, bool hidden_too, struct list *out)
{
	return db_rows(task, &proposal_shape, out,
		SELECT_PROPOSAL
		"WHERE p.state = 'open' AND (p.public OR $1) ORDER BY p.opened_at, p.id LIMIT $2",
		ARGS(ARG(hidden_too), ARG(LIMIT_LIST_ROWS)));
}

bool proposal_db_waiting(struct task *task, bool hidden_too, int64_t *out)
{
	return db_number(task, out, "SELECT count(*) AS number FROM proposal WHERE state = 'open' AND (public OR $1)",
		ARGS(ARG(hidden_too)));
}

bool proposal_db_accepted(struct task *task, const char *guide, int64_t since, int64_t limit, struct list *out)
{
	return db_rows(task, &proposal_shape, out,
		SELECT_PROPOSAL
		"WHERE p.state = 'merged' AND ($1 IS NULL OR p.guide = $1) AND p.decided_at > $2"
		" ORDER BY p.decided_at DESC, p.id DESC LIMIT $3",
		ARGS(ARG(guide), ARG(since), ARG(limit)));
}

static bool moved_on(struct task *task)
{
	return fail(task, ERR_CONFLICT, "This proposal has changed since you looked at it. Load it again and decide on what it says now.");
}

static bool one_changed(struct task *task, int64_t changed)
{
	return changed == 1 || moved_on(task);
}

bool proposal_db_close(struct task *task, int64_t id, const char *shown,
	const char *state, const char *decision, const char *merged)
{
	int64_t changed;

	return db_run(task, &changed,
		       "UPDATE proposal AS p SET state = $1, decision = $2, merged = $3, decided_by = nullif($4, 0),"
		       " decided_at = $5, changed_at = $5, public = (public OR $1 = 'merged')"
		       " WHERE id = $6 AND head = $7 AND " IS_OPEN,
		       ARGS(ARG(state), ARG(decision), ARG(merged), ARG(task->who.account), ARG(task->now),
			       ARG(id), ARG(shown)))
		&& one_changed(task, changed);
}

bool proposal_db_move(struct task *task, int64_t id, const char *from, const char *to)
{
	int64_t changed;

	return db_run(task, &changed,
		       "UPDATE proposal SET state = $1, changed_at = $2 WHERE id = $3 AND instr($4, state) > 0",
		       ARGS(ARG(to), ARG(task->now), ARG(id), ARG(from)))
		&& one_changed(task, changed);
}

bool proposal_db_rewrite(struct task *task, const struct proposal *p, const struct oid *base,
	const struct oid *head, int64_t words_added, int64_t words_removed)
{
	int64_t changed;

	return db_run(task, &changed,
		       "UPDATE proposal AS p SET base = $1, head = $2, state = 'open', changed_at = $3,"
		       " words_added = $4, words_removed = $5, public = (public AND author IS NOT NULL)"
		       " WHERE id = $6 AND head = $7 AND " IS_OPEN,
		       ARGS(ARG(base->hex), ARG(head->hex), ARG(task->now), ARG(words_added), ARG(words_removed),
			       ARG(p->id), ARG(p->head)))
		&& one_changed(task, changed);
}

bool proposal_db_publish(struct task *task, int64_t id)
{
	return db_run(task, NULL, "UPDATE proposal SET public = 1 WHERE id = $1", ARGS(ARG(id)));
}

bool proposal_db_open_again(struct task *task, int64_t id, const char *from)
{
	int64_t changed;

	return db_run(task, &changed,
		       "UPDATE proposal SET state = 'open', decided_by = NULL, decided_at = 0, decision = NULL,"
		       " merged = NULL, changed_at = $1 WHERE id = $2 AND instr($3, state) > 0",
		       ARGS(ARG(task->now), ARG(id), ARG(from)))
		&& one_changed(task, changed);
}

struct counts {
	int64_t open, accepted;
};
static const struct field counts_fields[] = {
	FIELD_INT(struct counts, open),
	FIELD_INT(struct counts, accepted),
	FIELD_END
};
static const struct shape counts_shape = SHAPE(counts, counts_fields);

bool proposal_db_counts(struct task *task, const char *guide, int64_t *open, int64_t *accepted)
{
	struct counts c = { 0 };

	if (!db_row(task, &counts_shape, &c,
		    "SELECT (SELECT count(*) FROM proposal p WHERE p.guide = $1 AND p.public AND " IS_OPEN ") AS open,"
		    " (SELECT count(*) FROM proposal p WHERE p.guide = $1 AND p.state = 'merged' AND p.decided_at >"
		    " coalesce((SELECT max(released_at) FROM release WHERE guide = $1), 0)) AS accepted",
		    ARGS(ARG(guide))))
		return false;
	*open = c.open;
	*accepted = c.accepted;
	return true;
}

bool proposal_db_set_merged(struct task *task, int64_t id, const char *commit, int64_t at)
{
	return db_run(task, NULL,
		"UPDATE proposal SET state = 'merged', merged = $1, decided_at = $2, changed_at = $2, public = 1 WHERE id = $3",
		ARGS(ARG(commit), ARG(at), ARG(id)));
}

bool proposal_db_keep_number(struct task *task, int64_t id)
{
	return db_run(task, NULL, "INSERT INTO sqlite_sequence (name, seq) SELECT 'proposal', 0"
		" WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'proposal')", NO_ARGS)
	       && db_run(task, NULL, "UPDATE sqlite_sequence SET seq = $1 WHERE name = 'proposal' AND seq < $1", ARGS(ARG(id)));
}

bool proposal_db_set_head(struct task *task, int64_t id, const char *head, const char *base)
{
	return db_run(task, NULL, "UPDATE proposal SET head = $1, base = $2 WHERE id = $3", ARGS(ARG(head), ARG(base), ARG(id)));
}

static const struct field open_head_fields[] = {
	FIELD_INT(struct open_head, id),
	FIELD_TEXT(struct open_head, head),
	FIELD_END
};
static const struct shape open_head_shape = SHAPE(open_head, open_head_fields);

bool proposal_db_open_heads(struct task *task, struct list *out)
{
	return db_rows(task, &open_head_shape, out, "SELECT p.id, p.head FROM proposal p WHERE " IS_OPEN " ORDER BY p.id", NO_ARGS);
}
