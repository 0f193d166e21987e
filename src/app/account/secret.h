/* secret.h: passwords; private to account/ */
#ifndef ACCOUNT_SECRET_H
#define ACCOUNT_SECRET_H

#include "app/account.h"

/* Long enough, not too long. Fails with ERR_FIELDS. */
bool password_check(struct task *task, const char *password);

/* Slow on purpose: about 70 ms and 64 MiB. */
bool password_hash(struct task *task, const char *password, const char **out);

/* `hash` may be NULL: takes the same time, is always false. */
bool password_matches(const char *hash, const char *password);

#endif
