/* memo.h: a bounded memory of finished work, shared by all tasks
 *
 * Keys name their content (a blob id and what was made of it), so nothing
 * ever becomes stale; what was not asked for longest is forgotten first. */
#ifndef BASE_MEMO_H
#define BASE_MEMO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct memo;

/* Never NULL. Closed when no task uses it any more. */
struct memo *memo_open(size_t max_bytes);
void memo_close(struct memo *memo);

/* Append what is remembered under the key. False when nothing is. */
bool memo_get(struct memo *memo, const char *key, struct buf *out);
/* Remember; the first word under a key stays. What is larger than a quarter
 * of all room is not kept. */
void memo_put(struct memo *memo, const char *key, const char *bytes, size_t len);

#endif
