/* forms.h: the edit form, shared by a first suggestion and an author's
 * second thoughts; private to proposal/ */
#ifndef PROPOSAL_FORMS_H
#define PROPOSAL_FORMS_H

#include "app/proposal.h"
#include "http/router.h"

struct edit_page {
	const char *guide, *guide_title;
	const char *base, *section, *place, *text;
	const char *action, *back, *preview; /* addresses */
	const char *reason, *kind, *name, *email, *interests, *key;
	int64_t proposal; /* being changed; 0: a new one */
	struct list chapters; /* struct section, to choose from */
	struct html change; /* what would change, after a preview */
	const char *change_words;
	const char *theirs, *yours; /* after a clash */
};
extern const struct shape edit_page_shape;
extern const struct shape suggestion_shape;
extern const struct page edit_view;

/* Addresses and names of a form for a guide. */
void edit_page_for(struct task *task, const struct guide *guide, struct edit_page *page);

/* What was sent comes back, word by word. */
void edit_page_keep(const struct suggestion *in, struct edit_page *page);

/* 409: both texts and a combination; as JSON `yours, theirs, merged`. */
bool edit_page_clash(struct task *task, const struct request *req, struct reply *rep,
	const struct clash *clash, struct edit_page *page);

#endif
