/* proposal_page.h: all a proposal's page shows; private to proposal/ */
#ifndef PROPOSAL_PAGE_H
#define PROPOSAL_PAGE_H

#include "app/proposal.h"

/* One change as programs see it. */
struct change {
	int64_t id;
	const char *block; /* where: a section's title or a recommendation's id */
	const char *kind;
	const char *before, *after; /* Markdown of the block */
	const char *decision; /* "accept" once merged; NULL before */
	const char *warning;
};

struct proposal_page {
	struct proposal proposal;
	struct list changes; /* struct change */
	struct list parts; /* struct diff_part: the same for people, with what stands between */
	struct list checks;
	struct list reviews;
	struct list comments;
	bool mergeable;
	/* what this person may do here */
	bool is_author, may_talk, may_review, may_moderate, may_undo, may_reopen;
	const char *missing; /* why it may not be merged by them now */
	const char *key; /* of the private link they came by */
	/* the desk */
	struct list queue; /* struct proposal */
	int64_t waiting; /* how many */
	int64_t next; /* number of the next one; 0: none */
};
extern const struct shape proposal_page_shape;

/* `key` may be NULL. */
bool proposal_page_fill(struct task *task, int64_t id, const char *key, struct proposal_page *out);

#endif
