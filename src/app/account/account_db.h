/* account_db.h: this room's queries; one function per statement */
#ifndef ACCOUNT_DB_H
#define ACCOUNT_DB_H

#include "app/account.h"

/* What signing in and identifying need to know. */
struct credentials {
	int64_t id;
	int64_t role;
	int64_t scope;
	const char *handle;
	const char *name;
	const char *password;
	int64_t expires_at; /* of the session */
};

bool account_db_add(struct task *task, const char *handle, const char *name,
	enum role role, const char *password, int64_t *id_out);
bool account_db_get(struct task *task, const char *handle, struct account *out);
bool account_db_list(struct task *task, struct list *out);
bool account_db_shown(struct task *task, int64_t id, const char **out);
bool account_db_credentials(struct task *task, const char *handle, struct credentials *out, bool *found);
bool account_db_by_session(struct task *task, const char *hash, struct credentials *out, bool *found);
bool account_db_by_token(struct task *task, const char *hash, struct credentials *out, bool *found);
bool account_db_set_role(struct task *task, int64_t id, enum role role);
bool account_db_guide_role(struct task *task, int64_t id, const char *guide, int64_t *out);
bool account_db_set_guide_role(struct task *task, int64_t id, const char *guide, enum role role);
bool account_db_set_password(struct task *task, int64_t id, const char *password);
bool account_db_set_profile(struct task *task, int64_t id, const char *name, const char *interests);
bool account_db_erase(struct task *task, int64_t id);
bool account_db_has_admin(struct task *task, bool *out);

bool session_db_add(struct task *task, const char *hash, int64_t account, int64_t expires_at);
bool session_db_drop(struct task *task, const char *hash);
bool session_db_drop_all(struct task *task, int64_t account);

bool token_db_add(struct task *task, const char *hash, int64_t account, const char *label, enum scope scope);
bool token_db_list(struct task *task, const char *handle, struct list *out);
/* Fails with ERR_NOT_FOUND. */
bool token_db_revoke(struct task *task, int64_t id, const char *handle);

/* *out is NULL when there is none of that name. */
bool secret_db_get(struct task *task, const char *name, const char **out);
bool secret_db_set(struct task *task, const char *name, const char *value);
bool secret_db_drop(struct task *task, const char *name);

#endif
