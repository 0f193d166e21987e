/* release_db.h: this room's queries; one function per statement */
#ifndef RELEASE_DB_H
#define RELEASE_DB_H

#include "app/release.h"

bool release_db_add(struct task *task, const struct release *r, const int64_t number[static 3]);
bool release_db_get(struct task *task, const char *guide, const char *version, struct release *out, bool *found);
bool release_db_list(struct task *task, const char *guide, int64_t limit, struct list *out);

bool file_db_add(struct task *task, const struct release *r, const struct press_file *file, int64_t place);
bool file_db_list(struct task *task, const struct release *r, struct list *out);

#endif
