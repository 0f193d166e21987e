/* db.h: tables
 *
 * SQL is written once for both drivers. Placeholders are $1, $2, ...:
 * PostgreSQL's own, and SQLite takes them as named parameters. */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/shape.h"
#include "base/task.h"

/* What all connections of the process share. */
struct db_store;
/* One connection, lent to one task at a time. */
struct db;

struct arg {
	enum kind kind;
	int64_t number;
	const char *text; /* NULL is SQL's NULL */
	size_t len; /* KIND_BYTES */
};

#ifndef ARG /* cppcheck, which does not know _Generic, brings its own */
#define ARG(x) _Generic((x), const char * : arg_text, char * : arg_text, struct bytes : arg_bytes, default : arg_int)(x)
#endif
static inline struct arg arg_text(const char *text)
{
	return (struct arg) { .kind = KIND_TEXT, .text = text };
}
static inline struct arg arg_bytes(struct bytes bytes)
{
	return (struct arg) { .kind = KIND_BYTES, .text = bytes.at, .len = bytes.len };
}
static inline struct arg arg_int(int64_t number)
{
	return (struct arg) { .kind = KIND_INT, .number = number };
}

#define ARGS(...) (const struct arg[]) { __VA_ARGS__ }, \
		  sizeof((const struct arg[]) { __VA_ARGS__ }) / sizeof(struct arg)
#define NO_ARGS NULL, 0

/* Open the store and bring its tables to the newest version. Returns NULL
 * after printing why; the server cannot start without it. */
struct db_store *db_store_open(const char *path);
/* After the last connection is closed. Accepts NULL. */
void db_store_close(struct db_store *store);

/* Counts committed changes that readers can see, in all processes: for whoever
 * keeps finished pages. `part` NULL: all changes; else those that may show on
 * the pages of that part of the site. See db_commit(). */
uint64_t db_store_version(const struct db_store *store, const char *part);

/* All changes of the task's own store. */
uint64_t db_version(const struct task *task);

/* Returns NULL after printing why. */
struct db *db_open(struct db_store *store);
void db_close(struct db *db);

/* One transaction at a time in the whole process: begin waits for the one
 * before. What is read between begin and commit is read in the transaction.
 * Whoever ends a task calls db_settle(), which rolls back what was never
 * committed, so no failure path has to. db_commit() returns when the rows
 * are on disk. */
bool db_begin(struct task *task);
bool db_commit(struct task *task);
void db_settle(struct db *db);

/* The same for a change that shows only on the pages of one part (base/part.h)
 * and on those that show all parts. */
bool db_commit_for(struct task *task, const char *part);

/* The same for rows no page shows (tokens, secrets): no version changes. */
bool db_commit_quiet(struct task *task);

/* Columns are matched to fields by name. Text is copied into the task's
 * arena. Fails with ERR_NOT_FOUND when there is no row. Reads only, unless a
 * transaction is open. */
bool db_row(struct task *task, const struct shape *shape, void *out,
	const char *sql, const struct arg *args, size_t count);

/* Like db_row(), but absence is an answer: *found says. */
bool db_maybe(struct task *task, const struct shape *shape, void *out,
	bool *found, const char *sql, const struct arg *args, size_t count);

/* Like db_row() for any number of rows, none included. */
bool db_rows(struct task *task, const struct shape *shape, struct list *out,
	const char *sql, const struct arg *args, size_t count);

/* Run a statement inside a transaction; *changed_out (may be NULL) is the
 * number of rows hit. Fails with ERR_CONFLICT when a row with that key is
 * there already. */
bool db_run(struct task *task, int64_t *changed_out, const char *sql,
	const struct arg *args, size_t count);

/* A copy of all tables as they are now, in a new file; everybody else goes
 * on. Fails when the file is there already. */
bool db_snapshot(struct task *task, const char *path);

/* What a database says of itself; nothing is written. Fails with words of
 * SQLite when it cannot be read. */
struct db_facts {
	const char *journal; /* its mode: "wal" */
	const char *damage; /* what a quick check found; NULL: nothing */
	int64_t version, newest; /* of the tables; what this program knows */
};
bool db_inspect(struct task *task, const char *path, struct db_facts *out);

/* One number, as of "SELECT count(*)"; 0 when there is no row. */
bool db_number(struct task *task, int64_t *out, const char *sql,
	const struct arg *args, size_t count);

#endif
