/* proposal.h: suggested changes to a guide, from sending to merged
 *
 * A proposal's text is a commit on refs/heads/proposals/<id>; once it is
 * closed the branch moves to refs/archive/proposals/<id>. States:
 *
 *   open       waits for a decision
 *   asked      a reviewer asked its author something
 *   clash      the guide changed underneath: its author is asked to choose
 *   merged, declined, withdrawn   closed
 *
 * What people send who are not signed in is not public until a moderator
 * lets it through; its author follows it by a private key. */
#ifndef APP_PROPOSAL_H
#define APP_PROPOSAL_H

#include "app/guide.h"

struct proposal {
	int64_t id;
	const char *guide;
	const char *guide_title;
	const char *language;
	const char *section; /* id; NULL: the whole file */
	const char *place; /* title of the section */
	const char *title;
	const char *reason;
	const char *kind; /* "wording", "content", "guide" (a new one) */
	const char *state;
	const char *state_words; /* for people: "Waiting for a moderator" */
	const char *author; /* as shown */
	const char *interests;
	const char *base; /* commit on main it started from */
	const char *head; /* commit that holds its text */
	const char *decided_by; /* as shown */
	const char *decision; /* words that went with the decision */
	const char *merged; /* merge commit */
	int64_t opened_at;
	int64_t changed_at;
	int64_t decided_at;
	int64_t words_added;
	int64_t words_removed;
	bool is_public;
	bool is_open; /* open, asked or clash */
	int64_t author_account; /* 0: a guest; never shown */
	const char *key_hash; /* never shown */
};
extern const struct shape proposal_shape;

/* The fields of a proposal, for the shapes of structs that hold one:
 * PROPOSAL_FIELDS(struct page, proposal.) or PROPOSAL_FIELDS(struct proposal, ). */
#define PROPOSAL_FIELDS(s, in) \
	FIELD_IN(s, in, id, KIND_INT, int64_t, 0), \
	FIELD_IN(s, in, guide, KIND_TEXT, const char *, 0), \
	FIELD_IN(s, in, guide_title, KIND_TEXT, const char *, 0), \
	FIELD_IN(s, in, language, KIND_TEXT, const char *, 0), \
	FIELD_IN(s, in, section, KIND_TEXT, const char *, 0), \
	FIELD_IN(s, in, place, KIND_TEXT, const char *, 0), \
	FIELD_IN(s, in, title, KIND_TEXT, const char *, 0), \
	FIELD_IN(s, in, reason, KIND_TEXT, const char *, 0), \
	FIELD_IN(s, in, kind, KIND_TEXT, const char *, 0), \
	FIELD_IN(s, in, state, KIND_TEXT, const char *, 0), \
	FIELD_IN(s, in, state_words, KIND_TEXT, const char *, 0), \
	FIELD_IN(s, in, author, KIND_TEXT, const char *, 0), \
	FIELD_IN(s, in, interests, KIND_TEXT, const char *, 0), \
	FIELD_IN(s, in, base, KIND_TEXT, const char *, 0), \
	FIELD_IN(s, in, head, KIND_TEXT, const char *, 0), \
	FIELD_IN(s, in, decided_by, KIND_TEXT, const char *, 0), \
	FIELD_IN(s, in, decision, KIND_TEXT, const char *, 0), \
	FIELD_IN(s, in, merged, KIND_TEXT, const char *, 0), \
	FIELD_IN(s, in, opened_at, KIND_TIME, int64_t, 0), \
	FIELD_IN(s, in, changed_at, KIND_TIME, int64_t, 0), \
	FIELD_IN(s, in, decided_at, KIND_TIME, int64_t, 0), \
	FIELD_IN(s, in, words_added, KIND_INT, int64_t, 0), \
	FIELD_IN(s, in, words_removed, KIND_INT, int64_t, 0), \
	FIELD_IN(s, in, is_public, KIND_BOOL, bool, 0), \
	FIELD_IN(s, in, is_open, KIND_BOOL, bool, 0), \
	FIELD_IN(s, in, author_account, KIND_INT, int64_t, FIELD_PAGE_ONLY), \
	FIELD_IN(s, in, key_hash, KIND_TEXT, const char *, FIELD_PAGE_ONLY)

struct review {
	const char *reviewer;
	const char *verdict; /* "approve", "ask", "decline" */
	const char *reason;
	bool current; /* about the text as it is now */
	int64_t at;
};
extern const struct shape review_shape;

struct comment {
	int64_t id;
	int64_t proposal;
	const char *author;
	bool by_author; /* of the proposal */
	bool is_public;
	const char *text;
	struct html html;
	int64_t at;
};
extern const struct shape comment_shape;

/* Something the program looked at, in words. */
struct check {
	const char *name; /* "merges", "references", "section", "about" */
	bool passed;
	const char *words;
};
extern const struct shape check_shape;

/* What somebody sends. */
struct suggestion {
	const char *guide;
	const char *base; /* commit seen, 40 hex digits */
	const char *section; /* NULL or "": the whole file */
	const char *text;
	const char *title; /* NULL: made from reason and place */
	const char *reason;
	const char *kind;
	const char *name;
	const char *email;
	const char *interests;
	const char *key; /* of the private link, when an author changes a proposal */
	const char *website; /* a field people do not see: robots fill it in */
};

/* Two people changed the same lines: both texts of the section, and a
 * combination to start from. */
struct clash {
	const char *guide;
	const char *section;
	const char *place;
	const char *base; /* the commit to send next */
	const char *yours;
	const char *theirs;
	const char *merged;
};

struct opened {
	int64_t id;
	const char *state;
	const char *follow; /* private address: "/proposals/12?key=..." */
	const char *key;
};

/* Send a suggestion. Other paragraphs may have changed since `base`; when
 * the same lines did, fails with ERR_CONFLICT and fills *clash. Fails with
 * ERR_FIELDS when nothing was changed or the text is not a guide. */
bool proposal_open(struct task *task, const struct suggestion *in,
	struct clash *clash, struct opened *out);

/* The whole text as it was when they started, and with their section in it:
 * for a preview. What is wrong with it is not asked yet. */
bool proposal_try(struct task *task, const struct suggestion *in, struct guide_text *before, struct buf *after);

/* Suggest a guide that is not there yet. Front matter is added when the text
 * has none. */
bool proposal_open_guide(struct task *task, const struct suggestion *in, struct opened *out);

/* Fails with ERR_NOT_FOUND. Does not ask who may see it. */
bool proposal_get(struct task *task, int64_t id, struct proposal *out);

/* Whether task->who, or the key (may be NULL), wrote it. */
bool proposal_is_by(struct task *task, const struct proposal *p, const char *key);

/* `state`: "open", "merged", "declined", "withdrawn" or NULL for all;
 * `guide` may be NULL. Newest first, from row `skip`. Hidden ones only for
 * moderators. */
struct proposal_query {
	const char *state;
	const char *guide;
	bool hidden_too;
	int64_t skip;
	int64_t limit;
};
bool proposal_list(struct task *task, const struct proposal_query *query, struct list *out);

/* What waits for a decision, oldest first, at most LIMIT_LIST_ROWS of them;
 * *waiting is how many there are. */
bool proposal_queue(struct task *task, bool hidden_too, struct list *out, int64_t *waiting);

/* Texts it started from and holds; *before is empty for a new guide. */
bool proposal_texts(struct task *task, const struct proposal *p,
	struct guide_text *before, struct guide_text *after);
bool proposal_checks(struct task *task, const struct proposal *p, struct list *out);

/* The author's new text. Approvals of the old one do not count for it, and a
 * stranger's is hidden again until somebody has looked at it. */
bool proposal_rewrite(struct task *task, int64_t id, const struct suggestion *in, struct clash *clash);

/* The section as its author edits it now; after a clash: the combination. */
bool proposal_section(struct task *task, const struct proposal *p, struct clash *out);

/* The author takes it back. Fails with ERR_CONFLICT when it is closed. */
bool proposal_withdraw(struct task *task, int64_t id, const char *reason);

/* ---- review ---- */

/* All that was said, oldest first: struct review. */
bool review_list(struct task *task, const struct proposal *p, struct list *out);

/* Say what one thinks of the text one was shown. Fails with ERR_CONFLICT when
 * it has changed since, ERR_FORBIDDEN on one's own, ERR_FIELDS when asking or
 * declining without words. */
bool review_add(struct task *task, int64_t id, const char *verdict, const char *shown, const char *reason);

/* Why it may not be merged by task->who now; NULL: it may. */
bool review_missing(struct task *task, const struct proposal *p, const char **out);

/* Let a stranger's text be seen by all. `shown`: the head one looked at, or
 * NULL. Fails with ERR_CONFLICT when it has changed since. */
bool review_publish(struct task *task, int64_t id, const char *shown);

/* Bring it into the guide. Fails with ERR_CONFLICT when shown is not its
 * head, or when the texts clash (it then goes back to its author). */
bool review_merge(struct task *task, int64_t id, const char *shown, struct oid *out);

/* Close it with words for its author. Fails with ERR_CONFLICT when shown is
 * not its head, ERR_FIELDS without words, ERR_FORBIDDEN on one's own. */
bool review_decline(struct task *task, int64_t id, const char *shown, const char *reason);
/* A declined or withdrawn one waits again. Fails with ERR_CONFLICT. */
bool review_reopen(struct task *task, int64_t id);

/* Take a merge back, for conf->undo_minutes. The proposal is open again. */
bool review_undo(struct task *task, int64_t id, struct oid *out);

/* ---- conversation ---- */

/* Oldest first: struct comment. */
bool comment_list(struct task *task, const struct proposal *p, bool hidden_too, struct list *out);
/* A stranger's waits to be let through. An author who answers a question
 * puts the proposal back into the queue. */
bool comment_add(struct task *task, int64_t id, const char *text, const char *key, int64_t *id_out);
/* Let a stranger's comment be seen by all. Fails with ERR_NOT_FOUND. */
bool comment_publish(struct task *task, int64_t proposal, int64_t comment);

/* ---- history ---- */

/* Accepted changes of a guide (NULL: of all), newest first: struct proposal. */
bool proposal_accepted(struct task *task, const char *guide, int64_t since, int64_t limit, struct list *out);

/* Inside a transaction: count again what the guide's row shows. */
bool proposal_recount(struct task *task, const char *guide);

/* At start: make the tables agree with git, finish what a crash cut off.
 * Logs what it did. */
bool proposal_recover(struct task *task);

/* Whether tables and git agree; *count is how many proposals were looked at.
 * Fails with words that name what does not. Repairs nothing. */
bool proposal_check(struct task *task, int64_t *count);

#endif
