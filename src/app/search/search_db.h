/* search_db.h: the full-text query */
#ifndef SEARCH_DB_H
#define SEARCH_DB_H

#include "app/search.h"

/* `match` is in the index's own language: made by search.c from words only. */
bool search_db_find(struct task *task, const char *match, int64_t limit, struct list *out);

#endif
