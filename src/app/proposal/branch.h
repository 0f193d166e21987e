/* branch.h: where a proposal's text lives in git; private to proposal/ */
#ifndef PROPOSAL_BRANCH_H
#define PROPOSAL_BRANCH_H

#include "app/proposal.h"

const char *branch_open(struct arena *arena, int64_t id); /* refs/heads/proposals/12 */
const char *branch_archive(struct arena *arena, int64_t id); /* refs/archive/proposals/12 */

/* Make the branch of a number nobody was told yet. One left by a crash is
 * replaced. */
bool branch_make(struct task *task, int64_t id, const struct oid *head);

/* Move a closed proposal's branch to the archive, or back. Whatever part of
 * it was done before is left as it is. */
bool branch_close(struct task *task, int64_t id, const struct oid *head);
bool branch_reopen(struct task *task, int64_t id, const struct oid *head);

/* Hex digits from a row. Fails when the row is damaged. */
bool oid_of(struct task *task, const char *hex, struct oid *out);

#endif
