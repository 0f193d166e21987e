/* clone.h: the published history for git clients */
#ifndef APP_CLONE_H
#define APP_CLONE_H

#include "base/task.h"

/* git's answer, still coming: both descriptors are the caller's. `output` is
 * read without blocking; closing `leash` ends git. */
struct clone {
	int output;
	int leash;
};

/* What there is to fetch. `protocol`: 0, 1 or 2. Fails with ERR_NOT_FOUND
 * where clones are switched off, ERR_BUSY when too many wait. */
bool clone_refs(struct task *task, int protocol, struct clone *out);

/* What a client asks for in git's own words. Fails likewise. */
bool clone_pack(struct task *task, int protocol, const char *body, size_t len, struct clone *out);

#endif
