/* agree.c: looking, without repairing, whether tables and git say the same */
#include <inttypes.h>
#include <string.h>

#include "app/proposal.h"
#include "branch.h"
#include "proposal_db.h"

#define ROWS 500

static bool differs(struct task *task, const struct proposal *p, const char *why)
{
	return fail(task, ERR_CONFLICT, "proposal %" PRId64 " (%s): %s", p->id, p->state, why);
}

static bool branch_agrees(struct task *task, const struct proposal *p)
{
	const char *here = p->is_open ? branch_open(&task->arena, p->id) : branch_archive(&task->arena, p->id);
	const char *there = p->is_open ? branch_archive(&task->arena, p->id) : branch_open(&task->arena, p->id);
	struct oid at, other;

	if (!repo_find(task, here, &at) || !repo_find(task, there, &other))
		return false;
	if (strcmp(at.hex, p->head))
		return differs(task, p, "its branch is not at its head");
	return !other.hex[0] || differs(task, p, "it has a branch in both places");
}

static bool merge_agrees(struct task *task, const struct proposal *p, const struct oid *main)
{
	struct repo_commit c;
	struct oid id;
	const char *number;
	bool inside;

	if (strcmp(p->state, "merged"))
		return true;
	if (!oid_of(task, p->merged, &id) || !repo_contains(task, main, &id, &inside) || !repo_commit(task, &id, &c))
		return false;
	number = repo_trailer(&task->arena, c.message, "Proposal");
	if (!inside || !number || strcmp(number, arena_printf(&task->arena, "%" PRId64, p->id)))
		return differs(task, p, "main does not hold its merge");
	return true;
}

bool proposal_check(struct task *task, int64_t *count)
{
	struct proposal_query query = { .hidden_too = true, .limit = ROWS };
	struct oid main, seen;
	struct list rows;

	*count = 0;
	if (!repo_tip(task, REPO_MAIN, &main) || !guide_main_seen(task, &seen))
		return false;
	if (!oid_equal(&main, &seen))
		return fail(task, ERR_CONFLICT, "main is at %s, the tables know %s", main.hex, seen.hex);
	do {
		rows = (struct list) { 0 };
		if (!proposal_list(task, &query, &rows))
			return false;
		for (size_t i = 0; i < rows.count; i++) {
			const struct proposal *p = (const struct proposal *)rows.items + i;

			if (!branch_agrees(task, p) || !merge_agrees(task, p, &main))
				return false;
		}
		*count += (int64_t)rows.count;
		query.skip += ROWS;
	} while (rows.count);
	return true;
}
