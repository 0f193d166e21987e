/* agree.c: looking, without repairing, whether tables and git say the same */
#include <inttypes.h>
#include <stdlib.h>
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

/* ---- merges: main is read once, and remembered by commit ---- */

struct merge {
	struct oid commit;
	const char *number; /* what its trailer says */
};

static int by_commit(const void *a, const void *b)
{
	return strcmp(((const struct merge *)a)->commit.hex, ((const struct merge *)b)->commit.hex);
}

static bool merges_of(struct task *task, const struct oid *main, struct list *out)
{
	struct list commits = { 0 };

	if (!repo_log(task, main, &(struct oid) { 0 }, SIZE_MAX, &commits))
		return false;
	for (size_t i = 0; i < commits.count; i++) {
		const struct repo_commit *c = (const struct repo_commit *)commits.items + i;
		const char *number = repo_trailer(&task->arena, c->message, "Proposal");

		if (number)
			*(struct merge *)list_add(&task->arena, out, sizeof(struct merge)) = (struct merge) { c->id, number };
	}
	if (out->count)
		qsort(out->items, out->count, sizeof(struct merge), by_commit);
	return true;
}

/* What the first parents do not tell: slow, it walks history again. */
static bool lies_in_main(struct task *task, const struct proposal *p, const struct oid *main, const char *expected)
{
	struct repo_commit c;
	struct oid id;
	const char *number;
	bool inside;

	if (!oid_of(task, p->merged, &id) || !repo_contains(task, main, &id, &inside) || !repo_commit(task, &id, &c))
		return false;
	number = repo_trailer(&task->arena, c.message, "Proposal");
	if (!inside || !number || strcmp(number, expected))
		return differs(task, p, "main does not hold its merge");
	return true;
}

static bool merge_agrees(struct task *task, const struct proposal *p, const struct oid *main, const struct list *merges)
{
	const char *expected = arena_printf(&task->arena, "%" PRId64, p->id);
	const struct merge *found = NULL;
	struct merge key;

	if (strcmp(p->state, "merged"))
		return true;
	if (!p->merged)
		return differs(task, p, "main does not hold its merge");
	if (merges->count && oid_parse(p->merged, &key.commit))
		found = bsearch(&key, merges->items, merges->count, sizeof(key), by_commit);
	return (found && !strcmp(found->number, expected)) || lies_in_main(task, p, main, expected);
}

/* ---- all of them ---- */

bool proposal_check(struct task *task, int64_t *count)
{
	struct proposal_query query = { .hidden_too = true, .limit = ROWS };
	struct oid main, seen;
	struct list rows, merges = { 0 };

	*count = 0;
	if (!repo_tip(task, REPO_MAIN, &main) || !guide_main_seen(task, &seen))
		return false;
	if (!oid_equal(&main, &seen))
		return fail(task, ERR_CONFLICT, "main is at %s, the tables know %s", main.hex, seen.hex);
	if (!merges_of(task, &main, &merges))
		return false;
	do {
		rows = (struct list) { 0 };
		if (!proposal_list(task, &query, &rows))
			return false;
		for (size_t i = 0; i < rows.count; i++) {
			const struct proposal *p = (const struct proposal *)rows.items + i;

			if (!branch_agrees(task, p) || !merge_agrees(task, p, &main, &merges))
				return false;
		}
		*count += (int64_t)rows.count;
		query.skip += ROWS;
	} while (rows.count);
	return true;
}
