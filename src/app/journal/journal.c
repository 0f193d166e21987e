/* journal.c: writing down, moving, trimming, and doing again */
#include "app/journal.h"

#include <string.h>
#include <time.h>

#include "base/crash.h"
#include "base/log.h"
#include "db/db.h"
#include "git/change.h"
#include "git/loose.h"
#include "journal_db.h"

#define MOVES_PER_SYNC 64
#define MOVE_SECONDS 10 /* in which what must be moved is tried again */
#define PAUSE_NANOSECONDS (100 * 1000 * 1000)

/* ---- moving ---- */

static const struct oid nothing;

static struct oid oid_or_nothing(const char *hex)
{
	struct oid id;

	return oid_parse(hex, &id) ? id : nothing;
}

static bool move_now(struct task *task, const struct journal_move *move)
{
	const struct oid old = oid_or_nothing(move->old), new = oid_or_nothing(move->new);

	return new.hex[0] ? change_point(task, move->ref, &old, &new) : change_drop(task, move->ref, &old);
}

static void set_aside(struct task *task)
{
	if (task->journal)
		spare_take(&task->journal->spare);
}

/* Want of descriptors, or of room, passes; others wait for their turn
 * meanwhile. But those who have the descriptors may be who waits: so first
 * with those set aside. */
static bool move_at_last(struct task *task, const struct journal_move *move)
{
	static const struct timespec pause = { .tv_nsec = PAUSE_NANOSECONDS };
	struct timespec start, now;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (;;) {
		if (move_now(task, move))
			return true;
		/* by the clock: an attempt may wait for a lock itself */
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (task->err.code == ERR_CONFLICT || now.tv_sec - start.tv_sec >= MOVE_SECONDS)
			return false;
		task_forgive(task);
		if (task->journal && task->journal->spare.count)
			spare_give(&task->journal->spare);
		else
			nanosleep(&pause, NULL);
	}
}

/* The tables have it, so git must: here or, if that cannot be, after a start. */
static void stop(const struct task *task, const char *what)
{
	log_stop(what, task->err.detail ? task->err.detail : task->err.message);
}

/* Where a reference is said to have been: else somebody moved it by hand
 * since, and knows why. (Not so when its file was lost: then what answers for
 * it is an old copy in packed-refs.) */
static bool was_there(const struct list *moves, const char *ref, const char *hex)
{
	for (size_t i = 0; i < moves->count; i++) {
		const struct journal_move *move = (const struct journal_move *)moves->items + i;

		if (!strcmp(move->ref, ref) && (!strcmp(move->old, hex) || !strcmp(move->new, hex)))
			return true;
	}
	return !*hex;
}

static bool is_last(const struct list *moves, size_t at)
{
	const struct journal_move *move = moves->items;

	for (size_t i = at + 1; i < moves->count; i++)
		if (!strcmp(move[i].ref, move[at].ref))
			return false;
	return true;
}

static bool move_again(struct task *task, const struct list *moves, size_t at)
{
	struct journal_move move = ((const struct journal_move *)moves->items)[at];
	struct oid now;
	bool lost;

	if (!is_last(moves, at))
		return true;
	if (!repo_sweep_ref(task, move.ref, &lost) || !repo_find(task, move.ref, &now))
		return false;
	if (!strcmp(now.hex, move.new) || !(lost || was_there(moves, move.ref, now.hex)))
		return true;
	log_event("recovered", "what", "a reference the journal had moved", "ref", move.ref, NULL);
	move.old = now.hex;
	crash_point("recovery.move");
	if (!move_now(task, &move))
		return false;
	crash_point("recovery.moved");
	return true;
}

/* In turn, so whatever stands in the journal and was not made is a dead
 * process's, and ours to make. */
static bool make_all(struct task *task, struct list *moves)
{
	if (!journal_db_list(task, moves))
		return false;
	for (size_t i = 0; i < moves->count; i++)
		if (!move_again(task, moves, i))
			return false;
	return true;
}

static int64_t last_of(const struct list *moves)
{
	return moves->count ? ((const struct journal_move *)moves->items)[moves->count - 1].id : 0;
}

static bool sync_all(struct task *task)
{
	struct list moves = { 0 };

	crash_point("sync.before");
	if (!make_all(task, &moves) || !repo_sync(task))
		return false;
	crash_point("sync.after");
	task->journal->safe = last_of(&moves);
	task->journal->safe_at = task->now;
	task->journal->moves = 0;
	return true;
}

/* What failed for want of descriptors is done after the next change. */
static void sync_or_stop(struct task *task)
{
	if (sync_all(task))
		return;
	if (task->err.code != ERR_BUSY)
		stop(task, "git cannot be written to the disk");
	task_forgive(task);
}

/* After the commit, still in turn. */
static void move_all(struct task *task)
{
	const struct journal_move *move = task->moves.items;

	for (size_t i = 0; i < task->moves.count; i++) {
		crash_point("move.before");
		if (!move_at_last(task, &move[i]))
			stop(task, "a reference cannot be moved");
		crash_point("move.after");
	}
	if (task->journal) {
		task->journal->moves += (int64_t)task->moves.count;
		task->journal->made = last_of(&task->moves);
	}
	task->moves = (struct list) { 0 };
	task->after_commit = NULL;
	set_aside(task);
	if (task->journal && task->journal->moves >= MOVES_PER_SYNC)
		sync_or_stop(task);
}

/* ---- writing it down ---- */

static bool add_objects(struct task *task, int64_t move)
{
	const struct repo_object *object = task->objects.items;

	for (size_t i = 0; i < task->objects.count; i++)
		if (!journal_db_add_object(task, move, object[i].id.hex, object[i].bytes))
			return false;
	task->objects = (struct list) { 0 };
	return true;
}

static bool is_at(struct task *task, const char *ref, const struct oid *from)
{
	struct oid now;

	if (!repo_find(task, ref, &now))
		return false;
	return oid_equal(&now, from) || fail(task, ERR_CONFLICT, "Somebody changed this while you were working.");
}

static bool trim(struct task *task)
{
	int64_t safe = task->journal ? task->journal->safe : 0;

	if (!safe)
		return true;
	/* should this transaction fail, the rows stay: doing them again is harmless */
	task->journal->safe = 0;
	crash_point("trim.before");
	if (!journal_db_trim(task, safe, task->journal->safe_at))
		return false;
	crash_point("trim.after");
	return true;
}

/* Once a transaction: what another process left between its commit and its
 * moves comes first. */
static bool others_first(struct task *task)
{
	struct list moves = { 0 };
	int64_t newest;

	if (!task->journal || task->moves.count)
		return true;
	if (!journal_db_newest(task, &newest))
		return false;
	if (newest <= task->journal->made)
		return true;
	task->journal->made = newest;
	return make_all(task, &moves);
}

bool journal_move(struct task *task, const char *ref, const struct oid *from, const struct oid *to)
{
	struct journal_move move = { .ref = arena_strdup(&task->arena, ref), .at = task->now, .old = arena_strdup(&task->arena, from->hex), .new = arena_strdup(&task->arena, to->hex) };

	if (!others_first(task) || !is_at(task, ref, from) || !trim(task) || !journal_db_add(task, &move, &move.id))
		return false;
	*(struct journal_move *)list_add(&task->arena, &task->moves, sizeof(move)) = move;
	task->after_commit = move_all;
	return true;
}

bool journal_point(struct task *task, const char *ref, const struct oid *from, const struct oid *to)
{
	const struct journal_move *moves;

	if (!journal_move(task, ref, from, to))
		return false;
	moves = task->moves.items;
	return add_objects(task, moves[task->moves.count - 1].id);
}

/* ---- at start, and at the end ---- */

static bool put_objects(struct task *task, int64_t move)
{
	struct list objects = { 0 };

	if (!journal_db_objects(task, move, &objects))
		return false;
	for (size_t i = 0; i < objects.count; i++) {
		const struct journal_object *row = (const struct journal_object *)objects.items + i;
		const struct repo_object object = { oid_or_nothing(row->oid), row->bytes };

		crash_point("recovery.put");
		if (!repo_put_object(task, &object))
			return false;
	}
	return true;
}

static bool put_all(struct task *task)
{
	struct list moves = { 0 };
	int64_t safe_at;
	bool lost;

	if (!journal_db_safe_at(task, &safe_at) || !repo_sweep(task, safe_at) || !journal_db_list(task, &moves))
		return false;
	/* the first guides come before the first row */
	if (!safe_at && !repo_sweep_ref(task, REPO_MAIN, &lost))
		return false;
	for (size_t i = 0; i < moves.count; i++)
		if (!put_objects(task, ((const struct journal_move *)moves.items)[i].id))
			return false;
	return true;
}

bool journal_settle(struct task *task)
{
	struct list moves = { 0 };

	return db_begin(task)
		&& make_all(task, &moves)
		&& repo_sync(task)
		&& journal_db_trim(task, last_of(&moves), task->now)
		&& db_commit_quiet(task);
}

bool journal_catch_up(struct task *task)
{
	struct list moves = { 0 };

	set_aside(task);
	return db_begin(task)
		&& make_all(task, &moves)
		&& db_commit_quiet(task);
}

bool journal_recover(struct task *task)
{
	crash_point("recovery.before");
	set_aside(task);
	if (!put_all(task))
		return false;
	crash_point("recovery.all-put");
	if (!journal_settle(task))
		return false;
	crash_point("recovery.after");
	return true;
}
