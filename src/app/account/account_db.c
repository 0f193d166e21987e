/* account_db.c: the account, session, token and secret tables */
#include "account_db.h"

#include "db/db.h"

#define ROLE_WORD "CASE role WHEN 1 THEN 'contributor' WHEN 2 THEN 'reviewer'" \
		  " WHEN 3 THEN 'moderator' ELSE 'admin' END AS role"
#define ACCOUNT_COLUMNS "id, handle, name, " ROLE_WORD ", interests, created_at"

static const struct field account_fields[] = {
	FIELD_INT(struct account, id),
	FIELD_TEXT(struct account, handle),
	FIELD_TEXT(struct account, name),
	FIELD_TEXT(struct account, role),
	FIELD_TEXT(struct account, interests),
	FIELD_TIME(struct account, created_at),
	FIELD_END
};
const struct shape account_shape = SHAPE(account, account_fields);

static const struct field token_fields[] = {
	FIELD_INT(struct token, id),
	FIELD_TEXT(struct token, handle),
	FIELD_TEXT(struct token, label),
	FIELD_TEXT(struct token, scope),
	FIELD_TIME(struct token, created_at),
	FIELD_END
};
const struct shape token_shape = SHAPE(token, token_fields);

static const struct field credentials_fields[] = {
	FIELD_INT(struct credentials, id),
	FIELD_INT(struct credentials, role),
	FIELD_INT(struct credentials, scope),
	FIELD_TEXT(struct credentials, handle),
	FIELD_TEXT(struct credentials, name),
	FIELD_TEXT(struct credentials, password),
	FIELD_TIME(struct credentials, expires_at),
	FIELD_END
};
static const struct shape credentials_shape = SHAPE(credentials, credentials_fields);

struct text_row {
	const char *text;
};
static const struct field text_fields[] = { FIELD_TEXT(struct text_row, text), FIELD_END };
static const struct shape text_shape = SHAPE(text_row, text_fields);

bool account_db_add(struct task *task, const char *handle, const char *name,
	enum role role, const char *password, int64_t *id_out)
{
	return db_number(task, id_out,
		"INSERT INTO account (handle, name, role, password, created_at)"
		" VALUES ($1, $2, $3, $4, $5) RETURNING id AS number",
		ARGS(ARG(handle), ARG(name), ARG(role), ARG(password), ARG(task->now)));
}

bool account_db_get(struct task *task, const char *handle, struct account *out)
{
	return db_row(task, &account_shape, out,
		"SELECT " ACCOUNT_COLUMNS " FROM account WHERE handle = $1 AND erased_at = 0",
		ARGS(ARG(handle)));
}

bool account_db_list(struct task *task, struct list *out)
{
	return db_rows(task, &account_shape, out,
		"SELECT " ACCOUNT_COLUMNS " FROM account WHERE erased_at = 0 ORDER BY handle", NO_ARGS);
}

bool account_db_shown(struct task *task, int64_t id, const char **out)
{
	struct text_row row = { 0 };
	bool found;

	if (!db_maybe(task, &text_shape, &row, &found,
		    "SELECT CASE WHEN erased_at > 0 THEN 'a former member' ELSE coalesce(name, handle) END AS text"
		    " FROM account WHERE id = $1",
		    ARGS(ARG(id))))
		return false;
	*out = row.text;
	return true;
}

bool account_db_credentials(struct task *task, const char *handle, struct credentials *out, bool *found)
{
	return db_maybe(task, &credentials_shape, out, found,
		"SELECT id, role, 2 AS scope, handle, name, password FROM account"
		" WHERE handle = $1 AND erased_at = 0",
		ARGS(ARG(handle)));
}

bool account_db_by_session(struct task *task, const char *hash, struct credentials *out, bool *found)
{
	return db_maybe(task, &credentials_shape, out, found,
		"SELECT account.id, role, 2 AS scope, handle, name, expires_at FROM session"
		" JOIN account ON account.id = session.account"
		" WHERE hash = $1 AND expires_at > $2 AND erased_at = 0",
		ARGS(ARG(hash), ARG(task->now)));
}

bool account_db_by_token(struct task *task, const char *hash, struct credentials *out, bool *found)
{
	return db_maybe(task, &credentials_shape, out, found,
		"SELECT account.id, role, scope, handle, name FROM token"
		" JOIN account ON account.id = token.account"
		" WHERE hash = $1 AND revoked_at = 0 AND erased_at = 0",
		ARGS(ARG(hash)));
}

bool account_db_set_role(struct task *task, int64_t id, enum role role)
{
	return db_run(task, NULL, "UPDATE account SET role = $1 WHERE id = $2", ARGS(ARG(role), ARG(id)));
}

bool account_db_guide_role(struct task *task, int64_t id, const char *guide, int64_t *out)
{
	return db_number(task, out,
		"SELECT role AS number FROM guide_role WHERE account = $1 AND guide = $2",
		ARGS(ARG(id), ARG(guide)));
}

bool account_db_set_guide_role(struct task *task, int64_t id, const char *guide, enum role role)
{
	if (role == ROLE_READER)
		return db_run(task, NULL, "DELETE FROM guide_role WHERE account = $1 AND guide = $2",
			ARGS(ARG(id), ARG(guide)));
	return db_run(task, NULL,
		"INSERT INTO guide_role (account, guide, role) VALUES ($1, $2, $3)"
		" ON CONFLICT (account, guide) DO UPDATE SET role = excluded.role",
		ARGS(ARG(id), ARG(guide), ARG(role)));
}

bool account_db_set_password(struct task *task, int64_t id, const char *password)
{
	return db_run(task, NULL, "UPDATE account SET password = $1 WHERE id = $2", ARGS(ARG(password), ARG(id)));
}

bool account_db_set_profile(struct task *task, int64_t id, const char *name, const char *interests)
{
	return db_run(task, NULL, "UPDATE account SET name = $1, interests = $2 WHERE id = $3",
		ARGS(ARG(name), ARG(interests), ARG(id)));
}

bool account_db_erase(struct task *task, int64_t id)
{
	return db_run(task, NULL,
		       "UPDATE account SET handle = 'u' || id || '-erased', name = NULL, password = NULL,"
		       " interests = NULL, role = 1, erased_at = $1 WHERE id = $2",
		       ARGS(ARG(task->now), ARG(id)))
		&& db_run(task, NULL, "DELETE FROM guide_role WHERE account = $1", ARGS(ARG(id)))
		&& db_run(task, NULL, "UPDATE token SET revoked_at = $1, label = '' WHERE account = $2",
			ARGS(ARG(task->now), ARG(id)))
		&& db_run(task, NULL, "UPDATE proposal SET author_name = NULL, email = NULL WHERE author = $1",
			ARGS(ARG(id)));
}

bool account_db_has_admin(struct task *task, bool *out)
{
	int64_t count;

	if (!db_number(task, &count, "SELECT count(*) AS number FROM account WHERE role >= 3 AND erased_at = 0", NO_ARGS))
		return false;
	*out = count > 0;
	return true;
}

bool session_db_add(struct task *task, const char *hash, int64_t account, int64_t expires_at)
{
	return db_run(task, NULL, "DELETE FROM session WHERE expires_at <= $1", ARGS(ARG(task->now)))
		&& db_run(task, NULL,
			"INSERT INTO session (hash, account, created_at, expires_at) VALUES ($1, $2, $3, $4)",
			ARGS(ARG(hash), ARG(account), ARG(task->now), ARG(expires_at)));
}

bool session_db_drop(struct task *task, const char *hash)
{
	return db_run(task, NULL, "DELETE FROM session WHERE hash = $1", ARGS(ARG(hash)));
}

bool session_db_drop_all(struct task *task, int64_t account)
{
	return db_run(task, NULL, "DELETE FROM session WHERE account = $1", ARGS(ARG(account)));
}

bool token_db_add(struct task *task, const char *hash, int64_t account, const char *label, enum scope scope)
{
	return db_run(task, NULL,
		"INSERT INTO token (hash, account, label, scope, created_at) VALUES ($1, $2, $3, $4, $5)",
		ARGS(ARG(hash), ARG(account), ARG(label), ARG(scope), ARG(task->now)));
}

bool token_db_list(struct task *task, const char *handle, struct list *out)
{
	return db_rows(task, &token_shape, out,
		"SELECT token.id, handle, label, CASE scope WHEN 0 THEN 'read' WHEN 1 THEN 'write' ELSE 'moderate' END"
		" AS scope, token.created_at FROM token JOIN account ON account.id = token.account"
		" WHERE revoked_at = 0 AND ($1 IS NULL OR handle = $1) ORDER BY token.id",
		ARGS(ARG(handle)));
}

bool token_db_revoke(struct task *task, int64_t id, const char *handle)
{
	int64_t changed;

	if (!db_run(task, &changed,
		    "UPDATE token SET revoked_at = $1 WHERE id = $2 AND revoked_at = 0"
		    " AND ($3 IS NULL OR account = (SELECT id FROM account WHERE handle = $3))",
		    ARGS(ARG(task->now), ARG(id), ARG(handle))))
		return false;
	return changed || fail(task, ERR_NOT_FOUND, "There is no such token.");
}

bool secret_db_get(struct task *task, const char *name, const char **out)
{
	struct text_row row = { 0 };
	bool found;

	if (!db_maybe(task, &text_shape, &row, &found,
		    "SELECT value AS text FROM secret WHERE name = $1", ARGS(ARG(name))))
		return false;
	*out = row.text;
	return true;
}

bool secret_db_set(struct task *task, const char *name, const char *value)
{
	return db_run(task, NULL,
		"INSERT INTO secret (name, value) VALUES ($1, $2)"
		" ON CONFLICT (name) DO UPDATE SET value = excluded.value",
		ARGS(ARG(name), ARG(value)));
}

bool secret_db_drop(struct task *task, const char *name)
{
	return db_run(task, NULL, "DELETE FROM secret WHERE name = $1", ARGS(ARG(name)));
}
