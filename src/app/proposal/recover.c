/* recover.c: at start, make the tables agree with git
 *
 * Git is believed. Main is read from the commit the tables know to its tip;
 * merges and their undoing are named in trailers. A branch without a row was
 * never acknowledged and goes; a row's branch that is further on than the row
 * wins; what was half archived is finished. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/proposal.h"
#include "base/crash.h"
#include "base/log.h"
#include "branch.h"
#include "db/db.h"
#include "git/change.h"
#include "proposal_db.h"

#define OPEN_BRANCHES "refs/heads/proposals/"
#define ARCHIVED_BRANCHES "refs/archive/proposals/"

static void log_repair(struct task *task, const char *what, int64_t id)
{
	log_event("recovered", "what", what, "proposal", arena_printf(&task->arena, "%" PRId64, id), NULL);
	crash_point("repair");
}

/* ---- main is ahead of the tables ---- */

static bool replay_merge(struct task *task, const struct repo_commit *c, int64_t id)
{
	struct proposal p;

	if (!proposal_db_get(task, id, &p))
		return task->err.code == ERR_NOT_FOUND && task_forgive(task);
	if (p.merged && !strcmp(p.merged, c->id.hex))
		return true;
	log_repair(task, "merged in git, open in the table", id);
	return proposal_db_set_merged(task, id, c->id.hex, c->time)
		&& proposal_recount(task, p.guide);
}

static bool replay_undo(struct task *task, int64_t id)
{
	struct proposal p;

	if (!proposal_db_get(task, id, &p))
		return task->err.code == ERR_NOT_FOUND && task_forgive(task);
	if (strcmp(p.state, "merged"))
		return true;
	log_repair(task, "taken back in git, merged in the table", id);
	return proposal_db_open_again(task, id, "merged")
		&& proposal_recount(task, p.guide);
}

static bool replay_commit(struct task *task, const struct repo_commit *c)
{
	const char *merged = repo_trailer(&task->arena, c->message, "Proposal");
	const char *reopened = repo_trailer(&task->arena, c->message, "Reopens");

	if (merged && c->second.hex[0])
		return replay_merge(task, c, strtoll(merged, NULL, 10));
	if (reopened)
		return replay_undo(task, strtoll(reopened, NULL, 10));
	return true;
}

static bool replay_main(struct task *task)
{
	struct list commits = { 0 };
	struct oid main, seen;

	if (!repo_tip(task, REPO_MAIN, &main) || !guide_main_seen(task, &seen))
		return false;
	if (oid_equal(&main, &seen))
		return true;
	if (!repo_log(task, &main, &seen, SIZE_MAX, &commits) || !db_begin(task))
		return false;
	for (size_t i = commits.count; i; i--)
		if (!replay_commit(task, (const struct repo_commit *)commits.items + i - 1))
			return false;
	return guide_see_main(task, &main) && db_commit(task);
}

/* ---- branches and rows ---- */

static bool settle_open(struct task *task, const struct proposal *p, const struct repo_ref *ref)
{
	if (!strcmp(p->head, ref->target.hex))
		return true;
	log_repair(task, "its branch is ahead of its row", p->id);
	return db_begin(task)
		&& proposal_db_set_head(task, p->id, ref->target.hex)
		&& db_commit(task);
}

static bool settle_closed(struct task *task, const struct proposal *p)
{
	struct oid head;

	log_repair(task, "closed, but not archived", p->id);
	return oid_of(task, p->head, &head)
		&& db_begin(task)
		&& branch_close(task, p->id, &head)
		&& db_commit(task);
}

static bool settle_branch(struct task *task, const struct repo_ref *ref)
{
	int64_t id = strtoll(ref->name + strlen(OPEN_BRANCHES), NULL, 10);
	struct proposal p;

	if (proposal_db_get(task, id, &p))
		return p.is_open ? settle_open(task, &p, ref) : settle_closed(task, &p);
	if (task->err.code != ERR_NOT_FOUND)
		return false;
	task_forgive(task);
	log_repair(task, "a branch nobody was told of", id);
	return change_drop(task, ref->name, &ref->target);
}

static bool settle_branches(struct task *task)
{
	struct list refs = { 0 };

	if (!repo_refs(task, OPEN_BRANCHES, &refs))
		return false;
	for (size_t i = 0; i < refs.count; i++)
		if (!settle_branch(task, (const struct repo_ref *)refs.items + i))
			return false;
	return true;
}

/* Rows whose branch is gone or still in the archive. */
static bool settle_row(struct task *task, const struct proposal *p)
{
	struct oid head, at;

	if (!oid_of(task, p->head, &head) || !repo_find(task, branch_open(&task->arena, p->id), &at))
		return false;
	if (at.hex[0])
		return true;
	log_repair(task, "open, but its branch is in the archive", p->id);
	return db_begin(task) && branch_reopen(task, p->id, &head) && db_commit(task);
}

static bool settle_rows(struct task *task)
{
	struct proposal_query query = { .state = "open", .hidden_too = true, .limit = 1000 };
	struct list rows;

	do {
		rows = (struct list) { 0 };
		if (!proposal_list(task, &query, &rows))
			return false;
		for (size_t i = 0; i < rows.count; i++)
			if (!settle_row(task, (const struct proposal *)rows.items + i))
				return false;
		query.skip += query.limit;
	} while (rows.count);
	return true;
}

/* ---- numbers ---- */

static bool greatest(struct task *task, const char *folder, int64_t *most)
{
	struct list refs = { 0 };

	if (!repo_refs(task, folder, &refs))
		return false;
	for (size_t i = 0; i < refs.count; i++) {
		int64_t id = strtoll(((const struct repo_ref *)refs.items)[i].name + strlen(folder), NULL, 10);

		*most = id > *most ? id : *most;
	}
	return true;
}

/* Tables from a backup may know less than git: a number that was given to a
 * proposal, and stands in main, is not given to another. */
static bool keep_numbers(struct task *task)
{
	int64_t most = 0;

	return greatest(task, OPEN_BRANCHES, &most)
		&& greatest(task, ARCHIVED_BRANCHES, &most)
		&& db_begin(task)
		&& proposal_db_keep_number(task, most)
		&& db_commit_quiet(task);
}

bool proposal_recover(struct task *task)
{
	return keep_numbers(task)
		&& replay_main(task)
		&& settle_branches(task)
		&& settle_rows(task);
}
