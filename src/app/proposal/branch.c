#include "branch.h"

#include <inttypes.h>

#include "app/journal.h"

static const struct oid nothing;

const char *branch_open(struct arena *arena, int64_t id)
{
	return arena_printf(arena, "refs/heads/proposals/%" PRId64, id);
}

const char *branch_archive(struct arena *arena, int64_t id)
{
	return arena_printf(arena, "refs/archive/proposals/%" PRId64, id);
}

bool oid_of(struct task *task, const char *hex, struct oid *out)
{
	return oid_parse(hex, out) || broken(task, "a row holds the commit \"%s\"", hex);
}

/* Put a reference on a commit, wherever it is now. */
static bool place(struct task *task, const char *ref, const struct oid *head)
{
	struct oid now;

	if (!repo_find(task, ref, &now))
		return false;
	return oid_equal(&now, head) || journal_move(task, ref, &now, head);
}

static bool clear(struct task *task, const char *ref)
{
	struct oid now;

	if (!repo_find(task, ref, &now))
		return false;
	return oid_equal(&now, &nothing) || journal_move(task, ref, &now, &nothing);
}

bool branch_make(struct task *task, int64_t id, const struct oid *head)
{
	return journal_point(task, branch_open(&task->arena, id), &nothing, head);
}

bool branch_close(struct task *task, int64_t id, const struct oid *head)
{
	return place(task, branch_archive(&task->arena, id), head)
		&& clear(task, branch_open(&task->arena, id));
}

bool branch_reopen(struct task *task, int64_t id, const struct oid *head)
{
	return place(task, branch_open(&task->arena, id), head)
		&& clear(task, branch_archive(&task->arena, id));
}
