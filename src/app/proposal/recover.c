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

static int64_t number_in(const char *ref, const char *folder)
{
	return strtoll(ref + strlen(folder), NULL, 10);
}

/* A suggestion is one commit on what it was made from. One that was lost is
 * not followed. */
static bool take_head(struct task *task, int64_t id, const struct oid *head)
{
	struct repo_commit commit;

	if (!repo_commit(task, head, &commit))
		return task->err.code == ERR_NOT_FOUND && task_forgive(task);
	return proposal_db_set_head(task, id, head->hex, commit.parent.hex);
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
	return take_head(task, id, &c->second)
		&& proposal_db_set_merged(task, id, c->id.hex, c->time)
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
		&& take_head(task, p->id, &ref->target)
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

static bool settle_branch(struct task *task, int64_t id, const struct repo_ref *ref)
{
	struct proposal p;

	if (proposal_db_get(task, id, &p))
		return p.is_open ? settle_open(task, &p, ref) : settle_closed(task, &p);
	if (task->err.code != ERR_NOT_FOUND)
		return false;
	task_forgive(task);
	log_repair(task, "a branch nobody was told of", id);
	return change_drop(task, ref->name, &ref->target);
}

/* ---- all of them ----
 *
 * Nearly always they agree: both lists are read once, by number, and walked
 * side by side. Only what does not fit is asked for by itself. */

struct branch {
	int64_t id;
	const struct repo_ref *ref;
};

static int by_number(const void *a, const void *b)
{
	const int64_t x = ((const struct branch *)a)->id, y = ((const struct branch *)b)->id;

	return (x > y) - (x < y);
}

static bool open_branches(struct task *task, struct list *out)
{
	struct list refs = { 0 };

	if (!repo_refs(task, OPEN_BRANCHES, &refs))
		return false;
	for (size_t i = 0; i < refs.count; i++) {
		const struct repo_ref *ref = (const struct repo_ref *)refs.items + i;

		*(struct branch *)list_add(&task->arena, out, sizeof(struct branch)) = (struct branch) { number_in(ref->name, OPEN_BRANCHES), ref };
	}
	if (out->count)
		qsort(out->items, out->count, sizeof(struct branch), by_number);
	return true;
}

static bool settle_branches(struct task *task, const struct list *branches, const struct list *rows)
{
	const struct open_head *row = rows->items, *end = row + rows->count;

	for (size_t i = 0; i < branches->count; i++) {
		const struct branch *branch = (const struct branch *)branches->items + i;

		while (row < end && row->id < branch->id)
			row++;
		if (row < end && row->id == branch->id && !strcmp(row->head, branch->ref->target.hex))
			continue;
		if (!settle_branch(task, branch->id, branch->ref))
			return false;
	}
	return true;
}

/* Rows whose branch is gone or still in the archive. */
static bool settle_row(struct task *task, int64_t id)
{
	struct proposal p;
	struct oid head, at;

	if (!proposal_db_get(task, id, &p) || !oid_of(task, p.head, &head)
		|| !repo_find(task, branch_open(&task->arena, id), &at))
		return false;
	if (at.hex[0])
		return true;
	log_repair(task, "open, but its branch is in the archive", id);
	return db_begin(task) && branch_reopen(task, id, &head) && db_commit(task);
}

/* By its own name, and the commit is there. */
static bool has_branch(struct task *task, const struct open_head *row, const struct branch *branch, bool *out)
{
	*out = branch->id == row->id && !strcmp(row->head, branch->ref->target.hex)
	       && !strcmp(branch->ref->name, branch_open(&task->arena, row->id));
	return !*out || repo_holds(task, &branch->ref->target, out);
}

static bool settle_rows(struct task *task, const struct list *branches, const struct list *rows)
{
	const struct branch *branch = branches->items, *end = branch + branches->count;

	for (size_t i = 0; i < rows->count; i++) {
		const struct open_head *row = (const struct open_head *)rows->items + i;
		bool fits = false;

		while (branch < end && branch->id < row->id)
			branch++;
		if ((branch < end && !has_branch(task, row, branch, &fits)) || (!fits && !settle_row(task, row->id)))
			return false;
	}
	return true;
}

static int by_row(const void *a, const void *b)
{
	const int64_t x = ((const struct open_head *)a)->id, y = ((const struct open_head *)b)->id;

	return (x > y) - (x < y);
}

static bool settle_twice(struct task *task, const struct open_head *row)
{
	struct oid head;

	log_repair(task, "open, and in the archive as well", row->id);
	return oid_of(task, row->head, &head)
		&& db_begin(task)
		&& branch_reopen(task, row->id, &head)
		&& db_commit(task);
}

/* A backup may be taken while a branch moves, and then hold it in both places. */
static bool settle_archive(struct task *task, const struct list *rows)
{
	struct list archived = { 0 };

	if (!repo_ref_names(task, ARCHIVED_BRANCHES, &archived))
		return false;
	for (size_t i = 0; rows->count && i < archived.count; i++) {
		const struct open_head key = { .id = number_in(((const char *const *)archived.items)[i], ARCHIVED_BRANCHES) };
		const struct open_head *row = bsearch(&key, rows->items, rows->count, sizeof(key), by_row);

		if (row && !settle_twice(task, row))
			return false;
	}
	return true;
}

/* ---- numbers ---- */

/* Tables from a backup may know less than git: a number that was given to a
 * proposal, and stands in main, is not given to another. */
static bool keep_numbers(struct task *task, const struct list *branches)
{
	int64_t most = branches->count ? ((const struct branch *)branches->items)[branches->count - 1].id : 0;
	struct list archived = { 0 };

	if (!repo_ref_names(task, ARCHIVED_BRANCHES, &archived))
		return false;
	for (size_t i = 0; i < archived.count; i++) {
		int64_t id = number_in(((const char *const *)archived.items)[i], ARCHIVED_BRANCHES);

		most = id > most ? id : most;
	}
	return db_begin(task)
		&& proposal_db_keep_number(task, most)
		&& db_commit_quiet(task);
}

bool proposal_recover(struct task *task)
{
	struct list branches = { 0 }, rows = { 0 };

	return open_branches(task, &branches)
		&& keep_numbers(task, &branches)
		&& replay_main(task)
		&& proposal_db_open_heads(task, &rows)
		&& settle_branches(task, &branches, &rows)
		&& settle_rows(task, &branches, &rows)
		&& settle_archive(task, &rows);
}
