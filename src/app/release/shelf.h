/* shelf.h: released files on disk, below data/releases; private to release/
 *
 * Only a convenience: what is missing is made again from the tag. */
#ifndef RELEASE_SHELF_H
#define RELEASE_SHELF_H

#include "app/release.h"

/* Written beside, synced, renamed: a file is there whole or not at all. What
 * cannot be put there is said in the log, and made again when it is asked for. */
void shelf_put(struct task *task, const struct release *r, const struct list *files);

/* NULL when the file is not there, or not what was published. */
const char *shelf_get(struct task *task, const struct release *r, const struct release_file *file);

/* Hex SHA-256. */
const char *shelf_sha256(struct arena *arena, const char *bytes, size_t len);

#endif
