/* guide.h: guides: their texts, sections and place in the list
 *
 * The text is in git: `guides/<slug>/<language>.md` on main (the working
 * text) and in release tags. The guide table is derived from it and made
 * again when it changes. */
#ifndef APP_GUIDE_H
#define APP_GUIDE_H

#include "git/repo.h"
#include "text/guideline.h"

#define GUIDE_LANGUAGE "en" /* when nobody asks for another */

/* A guide in a list. */
struct guide {
	const char *slug;
	const char *title;
	const char *description;
	const char *language;
	const char *platform;
	const char *audience; /* "pharma, physician" */
	const char *licence;
	const char *version; /* newest release; NULL: none yet */
	const char *status; /* "draft" (no release), "active", "review overdue" */
	const char *review_by;
	int64_t open_proposals;
	int64_t accepted; /* changes in the working text since the release */
	int64_t released_at;
	int64_t changed_at;
};
extern const struct shape guide_shape;

/* A guide's text as it stood in one commit. */
struct guide_text {
	const char *slug;
	const char *language;
	const char *path; /* in git */
	struct oid commit;
	struct oid blob;
	const char *text; /* NULL: not read yet, see guide_find() */
	size_t len;
};

/* A guide as a page: its text with all that stands around it. */
struct guide_page {
	const char *slug;
	const char *title;
	const char *description;
	const char *language;
	const char *version; /* of the text shown; NULL: the working text */
	const char *commit;
	const char *audience;
	const char *licence;
	const char *status;
	const char *review_by;
	int64_t released_at;
	int64_t changed_at;
	int64_t open_proposals;
	int64_t accepted;
	int64_t minutes; /* to read */
	struct html html;
	struct list sections; /* struct section */
	struct list chapters; /* those of level 2, for the contents */
	struct list recommendations;
	struct list languages; /* words */
	const char *current; /* newest version; NULL: none */
	bool overdue; /* the date of review has passed */
	bool working; /* the working text of a guide that has a release */
	bool superseded; /* an old version */
};
extern const struct shape guide_page_shape;

/* [a-z0-9-]{1,64}. Fails with ERR_NOT_FOUND. */
bool guide_check_slug(struct task *task, const char *slug);
const char *guide_path(struct arena *arena, const char *slug, const char *language);

/* Fails with ERR_NOT_FOUND. */
bool guide_get(struct task *task, const char *slug, struct guide *out);
bool guide_list(struct task *task, struct list *out);

/* Where the text in a commit is, without reading it; `commit` NULL: the
 * working text on main. Fails with ERR_NOT_FOUND. */
bool guide_find(struct task *task, const char *slug, const struct oid *commit, struct guide_text *out);

/* The same, and the text. */
bool guide_text(struct task *task, const char *slug, const struct oid *commit, struct guide_text *out);

/* Where the text is that readers see: of the newest release, or the working
 * text. */
bool guide_current(struct task *task, const struct guide *guide, struct guide_text *out);

/* What the text is made of. */
bool guide_structure(struct task *task, const struct guide_text *text, struct guideline *out);

/* All a guide's page shows. `version` NULL: the working text. What comes from
 * the text is remembered by blob, so it is read and rendered once. */
bool guide_fill_page(struct task *task, const struct guide *guide,
	const struct guide_text *text, const char *version, struct guide_page *out);

/* Have what comes from a text remembered before the first reader asks: after
 * main has moved to it. */
bool guide_warm(struct task *task, const struct guide_text *text);

/* Inside a transaction: bring the guide's row and its searchable sections up
 * to date with the text of this commit on main; a guide that is not there is
 * dropped from the list. */
bool guide_refresh(struct task *task, const char *slug, const struct oid *main);

/* The same for the text that main now has, which was read already. */
bool guide_refresh_from(struct task *task, const struct guide_text *text);

/* All guides of main. Run at start, in a transaction of its own. */
bool guide_refresh_all(struct task *task);

/* Inside a transaction: the newest release of a guide, for the list. */
bool guide_released(struct task *task, const char *slug, const char *version, int64_t at);

/* Inside a transaction: the number of open proposals and accepted, unreleased changes. */
bool guide_counts(struct task *task, const char *slug, int64_t open_proposals, int64_t accepted);

/* First start: put a folder of guides (slug/en.md) on main as one commit.
 * Fails with ERR_CONFLICT when main is there already. */
bool guide_import(struct task *task, const char *folder);

/* The commit of main the tables know; recovery compares it with git. */
bool guide_main_seen(struct task *task, struct oid *out);
/* Inside a transaction. */
bool guide_see_main(struct task *task, const struct oid *main);

#endif
