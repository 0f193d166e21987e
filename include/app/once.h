/* once.h: the same request sent twice happens once
 *
 * A program that lost an answer sends the request again with the same
 * Idempotency-Key and is told what happened. The key is kept in the
 * transaction of the change itself, the answer right after it, sealed: a copy
 * of the tables does not open it. */
#ifndef APP_ONCE_H
#define APP_ONCE_H

#include "base/task.h"

#define ONCE_SECONDS (24 * 3600)

/* What was answered. */
struct once_answer {
	int64_t status;
	const char *type;
	const char *location; /* may be NULL */
	const char *body;
};

/* What was asked. */
struct once_request {
	const char *key; /* the client's Idempotency-Key */
	const char *path;
	const char *address; /* it came from: tells guests apart */
	const char *body;
	size_t len;
};

/* Look for a request of this person with this key. *found: it was there, and
 * *out is its answer. Fails with ERR_FIELDS when it had another body,
 * ERR_CONFLICT when it happened but its answer was lost. When it was not
 * there, the task's first commit will keep the key. */
bool once_recall(struct task *task, const struct once_request *request,
	struct once_answer *out, bool *found);

/* Keep the answer of what this task did. */
bool once_remember(struct task *task, const struct once_answer *answer);

#endif
