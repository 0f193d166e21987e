#include "app/once.h"

#include <inttypes.h>
#include <string.h>

#include "app/account.h"
#include "db/db.h"
#include "once_db.h"

/* Two people may use the same key; so may two addresses. */
static const char *hash_of(struct task *task, const char *key, const char *path)
{
	return secret_hash(&task->arena,
		arena_printf(&task->arena, "once1 %" PRId64 " %s %s", task->who.account, path, key));
}

static bool keep(struct task *task)
{
	task->before_commit = NULL; /* a task may commit more than once */
	if (!once_db_add(task, task->once_hash, task->once_body, task->now - ONCE_SECONDS))
		return false;
	task->once_kept = true;
	return true;
}

static bool is_same(struct task *task, const struct once_row *row, const char *body_hash)
{
	if (strcmp(row->body_hash, body_hash))
		return wrong(task, "Idempotency-Key", "This Idempotency-Key was used for another request.");
	return row->status || fail(task, ERR_CONFLICT, "This request was carried out before, but its answer was lost. Look at what is there now.");
}

bool once_recall(struct task *task, const char *key, const char *path,
	const char *body, size_t len, struct once_answer *out, bool *found)
{
	const char *hash = hash_of(task, key, path);
	const char *body_hash = secret_hash(&task->arena, arena_strndup(&task->arena, body, len));
	struct once_row row = { 0 };

	if (!once_db_get(task, hash, task->now - ONCE_SECONDS, &row, found))
		return false;
	if (*found && !is_same(task, &row, body_hash))
		return false;
	*out = (struct once_answer) { row.status, row.type, row.location, row.body };
	task->once_hash = hash;
	task->once_body = body_hash;
	task->before_commit = *found ? NULL : keep;
	return true;
}

bool once_remember(struct task *task, const struct once_answer *answer)
{
	if (!task->once_kept)
		return true; /* nothing was changed */
	return db_begin(task)
		&& once_db_answer(task, task->once_hash, answer)
		&& db_commit_quiet(task);
}
