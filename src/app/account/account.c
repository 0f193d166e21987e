/* account.c: the rules about people */
#include "app/account.h"

#include <sodium.h>
#include <string.h>

#include "account_db.h"
#include "base/conf.h"
#include "base/limit.h"
#include "base/part.h"
#include "db/db.h"
#include "secret.h"

/* ---- words ---- */

static const char *const roles[] = {
	[ROLE_READER] = "reader",
	[ROLE_CONTRIBUTOR] = "contributor",
	[ROLE_REVIEWER] = "reviewer",
	[ROLE_MODERATOR] = "moderator",
	[ROLE_ADMIN] = "admin",
};
static const char *const scopes[] = {
	[SCOPE_READ] = "read",
	[SCOPE_WRITE] = "write",
	[SCOPE_MODERATE] = "moderate",
};

const char *role_name(enum role role)
{
	return roles[role];
}

bool role_parse(const char *text, enum role *out)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		if (!strcmp(roles[i], text)) {
			*out = (enum role)i;
			return true;
		}
	}
	return false;
}

bool scope_parse(const char *text, enum scope *out)
{
	for (size_t i = 0; i < sizeof(scopes) / sizeof(*scopes); i++) {
		if (!strcmp(scopes[i], text)) {
			*out = (enum scope)i;
			return true;
		}
	}
	return false;
}

/* ---- people ---- */

static bool check_handle(struct task *task, const char *handle)
{
	size_t len = strspn(handle, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (!len || handle[len] || *handle == '-' || len > LIMIT_HANDLE_BYTES)
		return wrong(task, "handle", "The handle must be 1 to %d small letters, digits or hyphens.", LIMIT_HANDLE_BYTES);
	return true;
}

static bool check_name(struct task *task, const char *name)
{
	if (name && strlen(name) > LIMIT_NAME_BYTES)
		return wrong(task, "name", "The name is longer than %d bytes.", LIMIT_NAME_BYTES);
	return true;
}

static bool hash_maybe(struct task *task, const char *password, const char **out)
{
	*out = NULL;
	return !password || (password_check(task, password) && password_hash(task, password, out));
}

static const char *or_null(const char *text)
{
	return text && *text ? text : NULL;
}

bool account_add(struct task *task, const char *handle, const char *name,
	enum role role, const char *password, int64_t *id_out)
{
	const char *hash;

	return check_handle(task, handle)
		&& check_name(task, name)
		&& hash_maybe(task, password, &hash)
		&& db_begin(task)
		&& account_db_add(task, handle, or_null(name), role, hash, id_out)
		&& db_commit_quiet(task);
}

bool account_get(struct task *task, const char *handle, struct account *out)
{
	return account_db_get(task, handle, out);
}

bool account_list(struct task *task, struct list *out)
{
	return account_db_list(task, out);
}

bool account_shown(struct task *task, int64_t id, const char **out)
{
	*out = NULL;
	return !id || account_db_shown(task, id, out);
}

bool account_set_role(struct task *task, const char *handle, enum role role)
{
	struct account a;

	/* a session made under the old role must not outlive it */
	return db_begin(task)
		&& account_db_get(task, handle, &a)
		&& account_db_set_role(task, a.id, role)
		&& session_db_drop_all(task, a.id)
		&& db_commit_for(task, PART_PEOPLE);
}

bool account_set_guide_role(struct task *task, const char *handle, const char *guide, enum role role)
{
	struct account a;

	return db_begin(task)
		&& account_db_get(task, handle, &a)
		&& account_db_set_guide_role(task, a.id, guide, role)
		&& db_commit_for(task, PART_PEOPLE);
}

bool account_role_on(struct task *task, const char *guide, enum role *out)
{
	int64_t granted = 0;

	if (guide && task->who.account && !account_db_guide_role(task, task->who.account, guide, &granted))
		return false;
	*out = granted > (int64_t)task->who.role ? (enum role)granted : task->who.role;
	return true;
}

bool account_set_password(struct task *task, const char *handle, const char *password)
{
	struct account a;
	const char *hash;

	return password_check(task, password)
		&& password_hash(task, password, &hash)
		&& db_begin(task)
		&& account_db_get(task, handle, &a)
		&& account_db_set_password(task, a.id, hash)
		&& session_db_drop_all(task, a.id)
		&& db_commit_for(task, PART_PEOPLE);
}

bool account_set_profile(struct task *task, const char *name, const char *interests)
{
	/* names stand on public pages, so this is a change readers can see */
	return check_name(task, name)
		&& db_begin(task)
		&& account_db_set_profile(task, task->who.account, or_null(name), or_null(interests))
		&& db_commit(task);
}

bool account_erase(struct task *task, const char *handle)
{
	struct account a;

	return db_begin(task)
		&& account_db_get(task, handle, &a)
		&& account_db_erase(task, a.id)
		&& session_db_drop_all(task, a.id)
		&& db_commit(task);
}

/* ---- signing in ---- */

static bool open_session(struct task *task, int64_t account, const char **session)
{
	*session = secret_make(&task->arena);
	return db_begin(task)
		&& session_db_add(task, secret_hash(&task->arena, *session), account,
			task->now + task->conf->session_days * 86400)
		&& db_commit_quiet(task);
}

bool account_sign_in(struct task *task, const char *handle, const char *password, const char **session)
{
	struct credentials c = { 0 };
	bool found;

	if (!account_db_credentials(task, handle, &c, &found))
		return false;
	if (!password_matches(found ? c.password : NULL, password))
		return wrong(task, "handle", "Handle and password do not belong together. Check both and try again.");
	return open_session(task, c.id, session);
}

bool account_sign_out(struct task *task, const char *session)
{
	return db_begin(task)
		&& session_db_drop(task, secret_hash(&task->arena, session))
		&& db_commit_for(task, PART_PEOPLE);
}

bool account_sign_out_everywhere(struct task *task)
{
	return db_begin(task)
		&& session_db_drop_all(task, task->who.account)
		&& db_commit_for(task, PART_PEOPLE);
}

static void become(struct task *task, const struct credentials *c)
{
	task->who = (struct who) { .account = c->id, .role = (enum role)c->role,
		.scope = (enum scope)c->scope, .handle = c->handle, .name = c->name };
}

static bool identify_program(struct task *task, const char *bearer)
{
	struct credentials c = { 0 };
	bool found;

	if (!account_db_by_token(task, secret_hash(&task->arena, bearer), &c, &found))
		return false;
	if (!found)
		return fail(task, ERR_LOGIN, "This token is unknown or was revoked.");
	become(task, &c);
	return true;
}

bool account_identify(struct task *task, const char *session, const char *bearer)
{
	struct credentials c = { 0 };
	const char *hash;
	bool found;

	task->who = (struct who) { .scope = SCOPE_MODERATE };
	if (bearer)
		return identify_program(task, bearer);
	if (!session)
		return true;
	hash = secret_hash(&task->arena, session);
	if (!account_db_by_session(task, hash, &c, &found))
		return false;
	if (found) {
		become(task, &c);
		task->who.session = hash;
		task->who.until = c.expires_at;
	}
	return true;
}

/* ---- tokens ---- */

bool token_add(struct task *task, const char *handle, const char *label,
	enum scope scope, const char **secret)
{
	struct account a;

	*secret = arena_printf(&task->arena, "gh_%s", secret_make(&task->arena));
	return db_begin(task)
		&& account_db_get(task, handle, &a)
		&& token_db_add(task, secret_hash(&task->arena, *secret), a.id, label, scope)
		&& db_commit_quiet(task);
}

bool token_list(struct task *task, const char *handle, struct list *out)
{
	return token_db_list(task, handle, out);
}

bool token_revoke(struct task *task, int64_t id, const char *handle)
{
	return db_begin(task)
		&& token_db_revoke(task, id, handle)
		&& db_commit_quiet(task);
}

/* ---- set-up ---- */

#define SETUP "setup"
#define FORM_KEY "form_key"

static bool keep_secret(struct task *task, const char *name, const char *value)
{
	return db_begin(task) && secret_db_set(task, name, value) && db_commit_quiet(task);
}

bool setup_secret(struct task *task, const char **out)
{
	bool has_admin;

	*out = NULL;
	if (!account_db_has_admin(task, &has_admin))
		return false;
	if (has_admin)
		return true;
	/* a new one at each start: the printed link is always the good one */
	*out = secret_make(&task->arena);
	return keep_secret(task, SETUP, secret_hash(&task->arena, *out));
}

bool setup_check(struct task *task, const char *secret)
{
	const char *hash;

	if (!secret_db_get(task, SETUP, &hash))
		return false;
	if (!hash || !secret || strcmp(hash, secret_hash(&task->arena, secret)))
		return fail(task, ERR_FORBIDDEN, "This set-up link is not valid or was used already. Start the server again for a new one, or sign in.");
	return true;
}

bool setup_finish(struct task *task, const char *secret, const char *handle,
	const char *name, const char *password)
{
	const char *hash;
	int64_t id;

	return setup_check(task, secret)
		&& check_handle(task, handle)
		&& check_name(task, name)
		&& hash_maybe(task, password, &hash)
		&& db_begin(task)
		&& setup_check(task, secret)
		&& secret_db_drop(task, SETUP)
		&& account_db_add(task, handle, or_null(name), ROLE_ADMIN, hash, &id)
		&& db_commit_quiet(task);
}

bool account_form_key(struct task *task, unsigned char out[static 32])
{
	const char *hex;
	char fresh[2 * 32 + 1];

	if (!secret_db_get(task, FORM_KEY, &hex))
		return false;
	if (!hex) {
		randombytes_buf(out, 32);
		return keep_secret(task, FORM_KEY, sodium_bin2hex(fresh, sizeof(fresh), out, 32));
	}
	if (sodium_hex2bin(out, 32, hex, strlen(hex), NULL, NULL, NULL))
		return broken(task, "the form key in the secret table is damaged");
	return true;
}
