/* once_db.h: the once table */
#ifndef ONCE_DB_H
#define ONCE_DB_H

#include "app/once.h"

struct once_row {
	const char *body_hash;
	int64_t status; /* 0: no answer was kept */
	const char *type, *location, *body;
};

bool once_db_get(struct task *task, const char *hash, int64_t since, struct once_row *out, bool *found);
/* Also forgets what is older than `since`. */
bool once_db_add(struct task *task, const char *hash, const char *body_hash, int64_t since);
bool once_db_answer(struct task *task, const char *hash, const struct once_answer *answer);

#endif
