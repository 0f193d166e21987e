/* proposal_db.h: this room's queries; one function per statement */
#ifndef PROPOSAL_DB_H
#define PROPOSAL_DB_H

#include "app/proposal.h"

/* What a new row holds besides the suggestion. */
struct new_proposal {
	const struct suggestion *in;
	const char *place;
	const char *key_hash;
	struct oid base, head;
	bool is_public;
	int64_t words_added, words_removed;
};

bool proposal_db_add(struct task *task, const struct new_proposal *row, int64_t *id_out);
bool proposal_db_get(struct task *task, int64_t id, struct proposal *out);
bool proposal_db_list(struct task *task, const struct proposal_query *query, struct list *out);
bool proposal_db_queue(struct task *task, bool hidden_too, struct list *out);
bool proposal_db_waiting(struct task *task, bool hidden_too, int64_t *out);
bool proposal_db_accepted(struct task *task, const char *guide, int64_t since, int64_t limit, struct list *out);

/* Fails with ERR_CONFLICT unless the proposal is open, asked or clash and its
 * head is the one shown. */
bool proposal_db_close(struct task *task, int64_t id, const char *shown,
	const char *state, const char *decision, const char *merged);
/* From one state to another; false in *moved when it was in neither of the
 * states named ("open asked"). */
bool proposal_db_move(struct task *task, int64_t id, const char *from, const char *to);
bool proposal_db_rewrite(struct task *task, const struct proposal *p, const struct oid *base,
	const struct oid *head, int64_t words_added, int64_t words_removed);
bool proposal_db_publish(struct task *task, int64_t id);
bool proposal_db_open_again(struct task *task, int64_t id, const char *from);
bool proposal_db_counts(struct task *task, const char *guide, int64_t *open, int64_t *accepted);

/* For recovery: whatever the state. */
bool proposal_db_set_merged(struct task *task, int64_t id, const char *commit, int64_t at);
struct open_head {
	int64_t id;
	const char *head;
};
/* Of all open ones, by number: struct open_head. */
bool proposal_db_open_heads(struct task *task, struct list *out);
bool proposal_db_set_head(struct task *task, int64_t id, const char *head, const char *base);
/* Nobody is given this number, or one below it, from now on. */
bool proposal_db_keep_number(struct task *task, int64_t id);

bool review_db_add(struct task *task, int64_t id, const char *verdict, const char *head, const char *reason);
bool review_db_list(struct task *task, const struct proposal *p, struct list *out);
/* Approvals of this head by people other than its author. */
bool review_db_approvals(struct task *task, const struct proposal *p, int64_t *out);
/* Their accounts, "u3 u7". */
bool review_db_approvers(struct task *task, const struct proposal *p, struct list *out);

bool comment_db_add(struct task *task, int64_t id, const char *text, bool is_public, int64_t *id_out);
bool comment_db_list(struct task *task, const struct proposal *p, bool hidden_too, struct list *out);
bool comment_db_publish(struct task *task, int64_t proposal, int64_t comment);

#endif
