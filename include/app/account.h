/* account.h: people: who they are, what they may do, how they prove it */
#ifndef APP_ACCOUNT_H
#define APP_ACCOUNT_H

#include "base/task.h"

struct account {
	int64_t id;
	const char *handle; /* [a-z0-9-], unique, for ever */
	const char *name; /* as the person wants to be shown; NULL: the handle */
	const char *role; /* "contributor", "reviewer", "moderator", "admin" */
	const char *interests; /* declared; NULL: nothing said yet */
	int64_t created_at;
};
extern const struct shape account_shape;

/* Add a person. Fails with ERR_FIELDS on a bad handle or password, ERR_CONFLICT when
 * the handle is taken. `password` may be NULL: no way to sign in yet. Slow:
 * hashes the password. */
bool account_add(struct task *task, const char *handle, const char *name,
	enum role role, const char *password, int64_t *id_out);

/* Fails with ERR_NOT_FOUND. */
bool account_get(struct task *task, const char *handle, struct account *out);
bool account_list(struct task *task, struct list *out);

/* How a person is shown; "a former member" after erasure. 0: NULL. */
bool account_shown(struct task *task, int64_t id, const char **out);

/* For all guides; signs the person out everywhere. */
bool account_set_role(struct task *task, const char *handle, enum role role);

/* For one guide, on top of the general role. ROLE_READER takes it away. */
bool account_set_guide_role(struct task *task, const char *handle, const char *guide, enum role role);

/* What task->who may do on a guide: the larger of both roles. `guide` may be
 * NULL. */
bool account_role_on(struct task *task, const char *guide, enum role *out);

/* Signs the person out everywhere. Slow: hashes. Fails with ERR_FIELDS. */
bool account_set_password(struct task *task, const char *handle, const char *password);
/* Of task->who; empty texts clear. */
bool account_set_profile(struct task *task, const char *name, const char *interests);

/* Forget name, password and interests; sign out; revoke tokens. What the
 * person did stays, under a pseudonym. */
bool account_erase(struct task *task, const char *handle);

/* Check handle and password; *session is the new cookie value. Fails with
 * ERR_FIELDS in the same words and time whether or not the handle exists. */
bool account_sign_in(struct task *task, const char *handle, const char *password, const char **session);
bool account_sign_out(struct task *task, const char *session);

/* All of task->who's sessions. */
bool account_sign_out_everywhere(struct task *task);

/* Fill task->who from a cookie value or a bearer token (each may be NULL).
 * An unknown cookie is nobody; an unknown token fails with ERR_LOGIN. */
bool account_identify(struct task *task, const char *session, const char *bearer);

/* ---- tokens for programs ---- */

struct token {
	int64_t id;
	const char *handle;
	const char *label;
	const char *scope; /* "read", "write", "moderate" */
	int64_t created_at;
};
extern const struct shape token_shape;

/* *secret is shown once: only its hash is kept. */
bool token_add(struct task *task, const char *handle, const char *label,
	enum scope scope, const char **secret);
/* Of one person, or of all when handle is NULL. */
bool token_list(struct task *task, const char *handle, struct list *out);
/* `handle` NULL: whosever it is. Fails with ERR_NOT_FOUND. */
bool token_revoke(struct task *task, int64_t id, const char *handle);

/* ---- the first moderator ---- */

/* A one-time secret for the set-up link; NULL once there is an admin. */
bool setup_secret(struct task *task, const char **out);
/* Make the first admin with it. Fails with ERR_FORBIDDEN on a wrong or used
 * secret. */
bool setup_finish(struct task *task, const char *secret, const char *handle,
	const char *name, const char *password);
/* Whether the secret is the one that was printed. Fails with ERR_FORBIDDEN. */
bool setup_check(struct task *task, const char *secret);

/* The 32-byte key form tokens are made with; made at first use. */
bool account_form_key(struct task *task, unsigned char out[static 32]);

/* "moderator" -> ROLE_MODERATOR. False when there is no such role or scope. */
bool role_parse(const char *text, enum role *out);
bool scope_parse(const char *text, enum scope *out);
const char *role_name(enum role role);

/* Hex of a keyless hash: how secrets are kept. */
const char *secret_hash(struct arena *arena, const char *secret);
/* 32 random bytes as 43 characters of base64url. */
const char *secret_make(struct arena *arena);

#endif
