#include "once_db.h"

#include "db/db.h"

static const struct field fields[] = {
	FIELD_TEXT(struct once_row, body_hash),
	FIELD_INT(struct once_row, status),
	FIELD_TEXT(struct once_row, type),
	FIELD_TEXT(struct once_row, location),
	FIELD_TEXT(struct once_row, body),
	FIELD_END
};
static const struct shape shape = SHAPE(once_row, fields);

bool once_db_get(struct task *task, const char *hash, int64_t since, struct once_row *out, bool *found)
{
	return db_maybe(task, &shape, out, found,
		"SELECT body_hash, status, type, location, body FROM once WHERE hash = $1 AND at > $2",
		ARGS(ARG(hash), ARG(since)));
}

bool once_db_add(struct task *task, const char *hash, const char *body_hash, int64_t since)
{
	return db_run(task, NULL, "DELETE FROM once WHERE at <= $1", ARGS(ARG(since)))
		&& db_run(task, NULL, "INSERT INTO once (hash, body_hash, at) VALUES ($1, $2, $3)",
			ARGS(ARG(hash), ARG(body_hash), ARG(task->now)));
}

bool once_db_answer(struct task *task, const char *hash, const struct once_answer *answer)
{
	return db_run(task, NULL, "UPDATE once SET status = $1, type = $2, location = $3, body = $4 WHERE hash = $5",
		ARGS(ARG(answer->status), ARG(answer->type), ARG(answer->location), ARG(answer->body), ARG(hash)));
}
