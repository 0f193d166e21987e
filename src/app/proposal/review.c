/* review.c: deciding
 *
 * A merge touches both stores. What git will say is part of the transaction
 * that closes the row (app/journal.h): when it commits, the merge has
 * happened, and main moves to it before anybody else has a turn. */
#include <inttypes.h>
#include <string.h>

#include "app/account.h"
#include "app/journal.h"
#include "app/proposal.h"
#include "base/conf.h"
#include "base/log.h"
#include "branch.h"
#include "db/db.h"
#include "git/change.h"
#include "proposal_db.h"
#include "text.h"

bool review_list(struct task *task, const struct proposal *p, struct list *out)
{
	return review_db_list(task, p, out);
}

static bool is_own(const struct task *task, const struct proposal *p)
{
	return p->author_account && p->author_account == task->who.account;
}

static bool not_own(struct task *task, const struct proposal *p)
{
	return !is_own(task, p) || fail(task, ERR_FORBIDDEN, "You cannot decide on your own proposal. Ask somebody else.");
}

static bool is_latest(struct task *task, const struct proposal *p, const char *shown)
{
	return (shown && !strcmp(shown, p->head))
		|| fail(task, ERR_CONFLICT, "The text has changed since you looked at it. Look at it again, then decide.");
}

static bool is_shown(struct task *task, const struct proposal *p, const char *shown)
{
	if (!p->is_open)
		return fail(task, ERR_CONFLICT, "This proposal is closed: %s.", p->state_words);
	return is_latest(task, p, shown);
}

static bool in_words(struct task *task, const char *reason, const char *why)
{
	return (reason && reason[strspn(reason, " \n\t")]) || wrong(task, "reason", "%s", why);
}

static bool check_verdict(struct task *task, const char *verdict, const char *reason)
{
	if (!strcmp(verdict, "approve"))
		return true;
	if (!strcmp(verdict, "ask"))
		return in_words(task, reason, "Say what you would like to know or to see changed.");
	if (!strcmp(verdict, "decline"))
		return in_words(task, reason, "Say why: the author reads it.");
	return wrong(task, "verdict", "The verdict is approve, ask or decline.");
}

static bool move_if_asked(struct task *task, const struct proposal *p, const char *verdict)
{
	return strcmp(verdict, "ask") || proposal_db_move(task, p->id, "open asked", "asked");
}

bool review_add(struct task *task, int64_t id, const char *verdict, const char *shown, const char *reason)
{
	struct proposal p;

	return check_verdict(task, verdict, reason)
		&& db_begin(task)
		&& proposal_db_get(task, id, &p)
		&& not_own(task, &p)
		&& is_shown(task, &p, shown)
		&& review_db_add(task, id, verdict, p.head, reason ? reason : "")
		&& move_if_asked(task, &p, verdict)
		&& db_commit_for(task, p.guide);
}

bool review_missing(struct task *task, const struct proposal *p, const char **out)
{
	int64_t approvals;

	*out = NULL;
	if (!is_own(task, p))
		return true; /* merging is approving */
	if (!review_db_approvals(task, p, &approvals))
		return false;
	if (!approvals)
		*out = "It is your own: somebody else has to approve it first.";
	return true;
}

static bool may_merge(struct task *task, const struct proposal *p)
{
	const char *missing;

	if (!review_missing(task, p, &missing))
		return false;
	return !missing || fail(task, ERR_FORBIDDEN, "%s", missing);
}

bool review_publish(struct task *task, int64_t id, const char *shown)
{
	struct proposal p;

	return db_begin(task)
		&& proposal_db_get(task, id, &p)
		&& (!shown || is_latest(task, &p, shown))
		&& proposal_db_publish(task, id)
		&& proposal_recount(task, p.guide)
		&& db_commit_for(task, p.guide);
}

/* ---- merging ---- */

static bool add_approvers(struct task *task, const struct proposal *p, struct change_note *note)
{
	struct list approvers = { 0 };
	bool merger_named = is_own(task, p);

	if (!review_db_approvers(task, p, &approvers))
		return false;
	for (size_t i = 0; i < approvers.count; i++) {
		int64_t account = ((const int64_t *)approvers.items)[i];

		merger_named = merger_named || account == task->who.account;
		change_trailer(task, note, "Reviewed-by", arena_printf(&task->arena, "u%" PRId64, account));
	}
	if (!merger_named)
		change_trailer(task, note, "Reviewed-by", arena_printf(&task->arena, "u%" PRId64, task->who.account));
	return true;
}

/* Enough to make the tables again from git alone. */
static bool describe(struct task *task, const struct proposal *p, struct change_note *note)
{
	*note = (struct change_note) { .subject = p->title, .author = p->author_account };
	change_trailer(task, note, "Proposal", arena_printf(&task->arena, "%" PRId64, p->id));
	change_trailer(task, note, "Guide", p->guide);
	change_trailer(task, note, "Kind", p->kind);
	change_trailer(task, note, "Approved-Head", p->head);
	change_trailer(task, note, "Interests", p->interests);
	change_trailer(task, note, "Merged-by", arena_printf(&task->arena, "u%" PRId64, task->who.account));
	return add_approvers(task, p, note);
}

/* Two texts that are guides each may not be one together. */
static bool result_is_guide(struct task *task, const struct proposal *p, const struct oid *merged, struct guide_text *text)
{
	return guide_text(task, p->guide, merged, text)
		&& text_is_guide(task, p->guide, text->text, text->len);
}

static bool write_merge(struct task *task, const struct proposal *p, const struct oid *main, struct oid *out, struct guide_text *text)
{
	struct change_note note;
	struct oid base, head;

	return describe(task, p, &note)
		&& oid_of(task, p->base, &base)
		&& oid_of(task, p->head, &head)
		&& change_merge(task, &base, main, &head, &note, out)
		&& result_is_guide(task, p, out, text);
}

static bool archive(struct task *task, const struct proposal *p)
{
	struct oid head;

	return oid_of(task, p->head, &head) && branch_close(task, p->id, &head);
}

/* Row, then main, then commit: see the top of this file. */
static bool land(struct task *task, const struct proposal *p, const struct oid *main, const struct oid *merged, const struct guide_text *text)
{
	return proposal_db_close(task, p->id, p->head, "merged", NULL, merged->hex)
		&& guide_refresh_from(task, text)
		&& guide_see_main(task, merged)
		&& proposal_recount(task, p->guide)
		&& archive(task, p)
		&& journal_point(task, REPO_MAIN, main, merged)
		&& db_commit_for(task, p->guide);
}

/* Their texts clash: the author is asked to choose, nothing else happens. */
static bool give_back(struct task *task, const struct proposal *p)
{
	struct err why = task->err;

	if (why.code != ERR_CONFLICT && why.code != ERR_FIELDS)
		return false;
	db_settle(task->db);
	task_forgive(task);
	/* whoever asks again, by the same Idempotency-Key too, is told the same again */
	task->before_commit = NULL;
	if (!db_begin(task) || !proposal_db_move(task, p->id, "open asked clash", "clash") || !db_commit_for(task, p->guide))
		return false;
	return fail(task, ERR_CONFLICT, "The guide has changed in the same lines since. The proposal goes back to its author, who is shown both texts.");
}

static void log_decision(struct task *task, const char *what, const struct proposal *p)
{
	log_event(what, "proposal", arena_printf(&task->arena, "%" PRId64, p->id), "guide", p->guide,
		"by", arena_printf(&task->arena, "u%" PRId64, task->who.account), NULL);
}

bool review_merge(struct task *task, int64_t id, const char *shown, struct oid *out)
{
	struct guide_text text;
	struct proposal p;
	struct oid main;

	if (!db_begin(task)
		|| !proposal_db_get(task, id, &p)
		|| !is_shown(task, &p, shown)
		|| !may_merge(task, &p)
		|| !repo_tip(task, REPO_MAIN, &main))
		return false;
	if (!write_merge(task, &p, &main, out, &text))
		return give_back(task, &p);
	if (!land(task, &p, &main, out, &text))
		return false;
	log_decision(task, "merged", &p);
	/* merged it is; else the first reader makes the page */
	return guide_warm(task, &text) || task_forgive(task);
}

/* ---- the other ways out, and back ---- */

bool review_decline(struct task *task, int64_t id, const char *shown, const char *reason)
{
	struct proposal p;

	return in_words(task, reason, "Say why: the author reads it.")
		&& db_begin(task)
		&& proposal_db_get(task, id, &p)
		&& not_own(task, &p)
		&& is_shown(task, &p, shown)
		&& proposal_db_close(task, id, shown, "declined", reason, NULL)
		&& proposal_recount(task, p.guide)
		&& archive(task, &p)
		&& db_commit_for(task, p.guide);
}

static bool back_in_place(struct task *task, const struct proposal *p)
{
	struct oid head;

	return oid_of(task, p->head, &head) && branch_reopen(task, p->id, &head);
}

bool review_reopen(struct task *task, int64_t id)
{
	struct proposal p;

	return db_begin(task)
		&& proposal_db_get(task, id, &p)
		&& proposal_db_open_again(task, id, "declined withdrawn")
		&& proposal_recount(task, p.guide)
		&& back_in_place(task, &p)
		&& db_commit_for(task, p.guide);
}

static bool in_time(struct task *task, const struct proposal *p)
{
	if (strcmp(p->state, "merged"))
		return fail(task, ERR_CONFLICT, "Only an accepted change can be taken back. This one is: %s.", p->state_words);
	if (task->now > p->decided_at + task->conf->undo_minutes * 60)
		return fail(task, ERR_CONFLICT, "This was accepted more than %lld minutes ago. Suggest an edit that changes it back.",
			(long long)task->conf->undo_minutes);
	return true;
}

static bool write_revert(struct task *task, const struct proposal *p, const struct oid *main, struct oid *out)
{
	struct change_note note = { .subject = arena_printf(&task->arena, "Take back: %s", p->title),
		.author = task->who.account };
	struct oid merged;

	change_trailer(task, &note, "Reopens", arena_printf(&task->arena, "%" PRId64, p->id));
	change_trailer(task, &note, "Guide", p->guide);
	change_trailer(task, &note, "Reverts", p->merged);
	return oid_of(task, p->merged, &merged)
		&& change_revert(task, main, &merged, &note, out);
}

bool review_undo(struct task *task, int64_t id, struct oid *out)
{
	struct proposal p;
	struct oid main;

	return db_begin(task)
		&& proposal_db_get(task, id, &p)
		&& in_time(task, &p)
		&& repo_tip(task, REPO_MAIN, &main)
		&& write_revert(task, &p, &main, out)
		&& proposal_db_open_again(task, id, "merged")
		&& guide_refresh(task, p.guide, out)
		&& guide_see_main(task, out)
		&& proposal_recount(task, p.guide)
		&& back_in_place(task, &p)
		&& journal_point(task, REPO_MAIN, &main, out)
		&& db_commit_for(task, p.guide);
}
