/* journal.h: what git will say, written into the tables first
 *
 * A change is rows and references. The references it moves, and the objects
 * they lead to, are written into the same transaction as the rows; when that
 * is on disk (one wait), the references move, without waiting. So both stores
 * agree whatever happens in between: before the commit nothing was done,
 * after it the journal can do it again. Now and then the disk is asked to
 * write what git has (one wait for many changes), and what is safe there
 * leaves the journal.
 *
 * All references are moved in turn: by whoever is in a transaction. */
#ifndef APP_JOURNAL_H
#define APP_JOURNAL_H

#include "base/room.h"
#include "git/repo.h"

/* What the tasks of a process share of it; begins as zeros. Touched in turn
 * only, by whoever is in a transaction. */
struct journal {
	int64_t moves; /* made since the last sync */
	int64_t made; /* up to here the references are moved, as far as this process knows */
	int64_t safe; /* up to here git is on disk; 0: the tables know */
	int64_t safe_at; /* when that was asked of the disk, in seconds */
	struct spare spare; /* what is committed must be moved */
};

/* Inside a transaction: move a reference from the commit you saw (empty:
 * create it) when the transaction commits. Fails with ERR_CONFLICT when it is
 * elsewhere. journal_point() is for a commit or tag this task wrote, and
 * writes down all it wrote; journal_move() for one that was there (`to` empty:
 * delete the reference). */
bool journal_point(struct task *task, const char *ref, const struct oid *from, const struct oid *to);
bool journal_move(struct task *task, const char *ref, const struct oid *from, const struct oid *to);

/* Have the disk write what git has, and empty the journal: when a process
 * ends in peace. */
bool journal_settle(struct task *task);

/* When another process has the data open, so that this one may not repair: move
 * what a third, which died, had committed and not moved. */
bool journal_catch_up(struct task *task);

/* At start, first of all: do again what the journal holds. */
bool journal_recover(struct task *task);

#endif
