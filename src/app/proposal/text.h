/* text.h: from what somebody typed to a whole guide; private to proposal/ */
#ifndef PROPOSAL_TEXT_H
#define PROPOSAL_TEXT_H

#include "app/proposal.h"
#include "text/diff.h"

/* A section somebody edits, with the file around it. */
struct edit {
	struct guide_text before; /* as it was when they started */
	struct guideline was; /* its structure */
	const struct section *section; /* of it; NULL: the whole file */
	const char *text; /* the whole file as they want it */
	size_t len;
	struct guideline is; /* its structure */
	const struct section *after; /* the section in it; NULL: the whole file, or gone */
};

/* The text they started from: `base` must be a commit of main, or of
 * `also` (may be NULL), so that nobody can build on what is not public.
 * Fails with ERR_CONFLICT. */
bool edit_start(struct task *task, const struct suggestion *in, const struct oid *also, struct edit *out);

/* The whole file with their section in it, nothing checked. */
void edit_put(const struct edit *edit, const char *section, struct buf *out);

/* The same, kept in the edit and checked. Fails with ERR_FIELDS when nothing
 * changed or the result is not a guide. */
bool edit_apply(struct task *task, const struct suggestion *in, struct edit *edit);

/* Bring it onto what main is now. When the same lines changed: fails with
 * ERR_CONFLICT and fills *clash. edit->before is main's text afterwards. */
bool edit_catch_up(struct task *task, const struct suggestion *in, struct edit *edit, struct clash *clash);

/* Whether a file may be a guide: guard, front matter, slug. ERR_FIELDS. */
bool text_is_guide(struct task *task, const char *slug, const char *text, size_t len);

/* How much an edit changes. */
bool edit_extent(struct task *task, const struct edit *edit, struct diff_extent *out);

/* The section of `after` that was `id` in `before`: of the same id, or in the
 * same place when its heading was changed. NULL when it is gone. */
const struct section *text_same_section(struct task *task, const char *before, const char *id, const char *after);

/* One section of a file, or all of it when `id` is NULL or not there. */
const char *text_section(struct task *task, const char *text, const char *id);

#endif
