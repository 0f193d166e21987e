/* journal_db.h: the journal's rows; private to journal/ */
#ifndef JOURNAL_DB_H
#define JOURNAL_DB_H

#include "app/journal.h"

struct journal_move {
	int64_t id; /* rises for ever */
	const char *ref;
	const char *old, *new; /* hex; "" for nothing */
	int64_t at;
};

bool journal_db_add(struct task *task, const struct journal_move *move, int64_t *id);
bool journal_db_add_object(struct task *task, int64_t move, const char *oid, struct bytes bytes);
bool journal_db_newest(struct task *task, int64_t *id); /* 0: it is empty */
bool journal_db_list(struct task *task, struct list *out); /* struct journal_move, oldest first */

struct journal_object {
	const char *oid;
	struct bytes bytes;
};
bool journal_db_objects(struct task *task, int64_t move, struct list *out);

/* Drop what is not newer than `id`, and keep in mind that what git had at
 * `at` is on disk. */
bool journal_db_trim(struct task *task, int64_t id, int64_t at);
bool journal_db_safe_at(struct task *task, int64_t *at); /* 0: never */

#endif
