/* journal_db.c: the SQL of journal/ */
#include "journal_db.h"

#include "db/db.h"

static const struct field move_fields[] = {
	FIELD_INT(struct journal_move, id),
	FIELD_TEXT(struct journal_move, ref),
	FIELD_TEXT(struct journal_move, old),
	FIELD_TEXT(struct journal_move, new),
	FIELD_TIME(struct journal_move, at),
	FIELD_END
};
static const struct shape move_shape = SHAPE(journal_move, move_fields);

static const struct field object_fields[] = {
	FIELD_TEXT(struct journal_object, oid),
	FIELD_BYTES(struct journal_object, bytes),
	FIELD_END
};
static const struct shape object_shape = SHAPE(journal_object, object_fields);

bool journal_db_add(struct task *task, const struct journal_move *move, int64_t *id)
{
	return db_number(task, id, "INSERT INTO journal (ref, old, new, at) VALUES ($1, $2, $3, $4) RETURNING id AS number",
		ARGS(ARG(move->ref), ARG(move->old), ARG(move->new), ARG(move->at)));
}

bool journal_db_add_object(struct task *task, int64_t move, const char *oid, struct bytes bytes)
{
	return db_run(task, NULL, "INSERT INTO journal_object (move, oid, bytes) VALUES ($1, $2, $3)",
		ARGS(ARG(move), ARG(oid), ARG(bytes)));
}

bool journal_db_newest(struct task *task, int64_t *id)
{
	return db_number(task, id, "SELECT coalesce(max(id), 0) AS number FROM journal", NO_ARGS);
}

bool journal_db_list(struct task *task, struct list *out)
{
	return db_rows(task, &move_shape, out, "SELECT id, ref, old, new, at FROM journal ORDER BY id", NO_ARGS);
}

bool journal_db_objects(struct task *task, int64_t move, struct list *out)
{
	return db_rows(task, &object_shape, out, "SELECT oid, bytes FROM journal_object WHERE move = $1", ARGS(ARG(move)));
}

bool journal_db_trim(struct task *task, int64_t id, int64_t at)
{
	return db_run(task, NULL, "DELETE FROM journal_object WHERE move <= $1", ARGS(ARG(id)))
		&& db_run(task, NULL, "DELETE FROM journal WHERE id <= $1", ARGS(ARG(id)))
		&& db_run(task, NULL, "UPDATE journal_safe SET at = $1", ARGS(ARG(at)));
}

bool journal_db_safe_at(struct task *task, int64_t *at)
{
	return db_number(task, at, "SELECT at AS number FROM journal_safe", NO_ARGS);
}
