/* sqlite.c: the embedded driver
 *
 * Debian's SQLite 3.40 can damage a WAL file when two connections write or
 * checkpoint at once, so only one does either at any time: the store's, lent
 * to one transaction at a time, all others read. A command that runs beside
 * the server has a store of its own; they take turns by a lock on a file,
 * whose bytes, mapped into both, count the changes readers can see.
 * synchronous=FULL, so a commit that returned survives a power cut. */
#include "db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/crash.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/room.h"
#include "schema.h"
#include "versions.h"

#define STATEMENTS 256 /* more than the program has; a power of two */
#define BUSY_MS 10000

/* A connection and its prepared statements. SQL is static text, so the
 * pointer is the key. */
struct link {
	sqlite3 *handle;
	struct {
		const char *sql;
		sqlite3_stmt *stmt;
	} prepared[STATEMENTS];
};

struct db_store {
	char *path;
	pthread_mutex_t turn; /* held from begin to commit: among our threads */
	int turn_file; /* locked just as long: among processes */
	struct link writer;
	struct versions *versions; /* in the turn file */
};

struct db {
	struct db_store *store;
	struct link reader;
	bool writing; /* this one has the turn */
};

static bool link_open(struct link *link, const char *path, const char *pragmas)
{
	char *why = NULL;

	if (sqlite3_open_v2(path, &link->handle,
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL)
			!= SQLITE_OK
		|| sqlite3_busy_timeout(link->handle, BUSY_MS) != SQLITE_OK
		|| sqlite3_exec(link->handle, pragmas, NULL, NULL, &why) != SQLITE_OK) {
		fprintf(stderr, "guidehall: cannot open the database %s: %s\n", path,
			why ? why : sqlite3_errmsg(link->handle));
		sqlite3_free(why);
		return false;
	}
	return true;
}

static void link_close(struct link *link)
{
	for (size_t i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(link->prepared[i].stmt);
	sqlite3_close(link->handle);
}

static void take_turn(struct db_store *store)
{
	pthread_mutex_lock(&store->turn);
	flock(store->turn_file, LOCK_EX);
}

static void give_turn(struct db_store *store)
{
	flock(store->turn_file, LOCK_UN);
	pthread_mutex_unlock(&store->turn);
}

static bool open_turn_file(struct db_store *store)
{
	char path[4096];
	void *map = MAP_FAILED;

	snprintf(path, sizeof(path), "%s-turn", store->path);
	store->turn_file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (store->turn_file >= 0 && !ftruncate(store->turn_file, sizeof(*store->versions)))
		map = mmap(NULL, sizeof(*store->versions), PROT_READ | PROT_WRITE, MAP_SHARED, store->turn_file, 0);
	if (map == MAP_FAILED) {
		fprintf(stderr, "guidehall: cannot write to %s\n", path);
		return false;
	}
	store->versions = map;
	return true;
}

static bool open_writer(struct db_store *store)
{
	bool good;

	take_turn(store);
	good = link_open(&store->writer, store->path,
		       "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
		       "PRAGMA wal_checkpoint;" /* nothing is built on a log whose writing may have failed */
		       "PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY")
		&& schema_upgrade(store->writer.handle);
	give_turn(store);
	return good;
}

struct db_store *db_store_open(const char *path)
{
	struct db_store *store = memory_must(calloc(1, sizeof(*store)));

	store->path = memory_must(strdup(path));
	store->turn_file = -1;
	pthread_mutex_init(&store->turn, NULL);
	if (!open_turn_file(store) || !open_writer(store)) {
		db_store_close(store);
		return NULL;
	}
	return store;
}

void db_store_close(struct db_store *store)
{
	if (!store)
		return;
	/* the last to close writes the log back: in turn */
	take_turn(store);
	link_close(&store->writer);
	give_turn(store);
	if (store->versions)
		munmap(store->versions, sizeof(*store->versions));
	if (store->turn_file >= 0)
		close(store->turn_file);
	pthread_mutex_destroy(&store->turn);
	free(store->path);
	free(store);
}

uint64_t db_store_version(const struct db_store *store, const char *part)
{
	return versions_read(store->versions, part);
}

uint64_t db_version(const struct task *task)
{
	return db_store_version(task->db->store, NULL);
}

struct db *db_open(struct db_store *store)
{
	struct db *db = memory_must(calloc(1, sizeof(*db)));

	db->store = store;
	if (!link_open(&db->reader, store->path,
		    "PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA trusted_schema = OFF;"
		    "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -200")) {
		db_close(db);
		return NULL;
	}
	return db;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	db_settle(db);
	link_close(&db->reader);
	free(db);
}

static struct link *link_of(struct task *task)
{
	struct db *db = task->db;

	return db->writing ? &db->store->writer : &db->reader;
}

/* The cached statement for this SQL, ready to be bound. */
static bool prepare(struct task *task, const char *sql, sqlite3_stmt **out)
{
	struct link *link = link_of(task);
	size_t at = ((uintptr_t)sql >> 3) & (STATEMENTS - 1);

	while (link->prepared[at].sql && link->prepared[at].sql != sql)
		at = (at + 1) & (STATEMENTS - 1);
	if (!link->prepared[at].sql) {
		if (sqlite3_prepare_v3(link->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
			    &link->prepared[at].stmt, NULL)
			!= SQLITE_OK)
			return broken(task, "%s: %s", sqlite3_errmsg(link->handle), sql);
		link->prepared[at].sql = sql;
	}
	*out = link->prepared[at].stmt;
	return true;
}

static bool bind(struct task *task, sqlite3_stmt *stmt, const struct arg *args, size_t count)
{
	char name[24];

	for (size_t i = 0; i < count; i++) {
		int at, rc;

		snprintf(name, sizeof(name), "$%zu", i + 1);
		at = sqlite3_bind_parameter_index(stmt, name);
		if (args[i].kind == KIND_TEXT)
			rc = sqlite3_bind_text(stmt, at, args[i].text, -1, SQLITE_STATIC);
		else if (args[i].kind == KIND_BYTES)
			rc = sqlite3_bind_blob64(stmt, at, args[i].text, args[i].len, SQLITE_STATIC);
		else
			rc = sqlite3_bind_int64(stmt, at, args[i].number);
		if (rc != SQLITE_OK)
			return broken(task, "bind %s: %s: %s", name, sqlite3_errstr(rc),
				sqlite3_sql(stmt));
	}
	return true;
}

static void stmt_rest(sqlite3_stmt **stmt)
{
	if (!*stmt)
		return;
	sqlite3_reset(*stmt);
	sqlite3_clear_bindings(*stmt);
}
#define AUTO_STMT AUTO(stmt_rest) sqlite3_stmt *

static bool step_failed(struct task *task, int rc)
{
	struct link *link = link_of(task);

	switch (sqlite3_extended_errcode(link->handle)) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
		return fail(task, ERR_CONFLICT, "There is one of that name already.");
	case SQLITE_FULL:
		return broken(task, "%s", sqlite3_errmsg(link->handle)), room_explain(task, strerror(ENOSPC));
	default:
		return broken(task, "%s (%s)", sqlite3_errmsg(link->handle), sqlite3_errstr(rc));
	}
}

static struct bytes read_bytes(struct task *task, sqlite3_stmt *stmt, int column)
{
	size_t len = (size_t)sqlite3_column_bytes(stmt, column);
	const void *at = sqlite3_column_blob(stmt, column);

	if (len)
		memory_must((void *)(uintptr_t)at);
	return (struct bytes) { len ? arena_strndup(&task->arena, at, len) : "", len };
}

static bool read_column(struct task *task, sqlite3_stmt *stmt, int column,
	const struct shape *shape, char *out)
{
	const char *text, *name = sqlite3_column_name(stmt, column);
	const struct field *f = shape_find(shape, name, strlen(name));

	if (!f)
		return broken(task, "no field for column %s", name);
	switch (f->kind) {
	case KIND_INT:
	case KIND_TIME:
		*(int64_t *)(void *)(out + f->offset) = sqlite3_column_int64(stmt, column);
		return true;
	case KIND_BOOL:
		*(bool *)(out + f->offset) = sqlite3_column_int(stmt, column);
		return true;
	case KIND_TEXT:
	case KIND_URL:
		if (sqlite3_column_type(stmt, column) == SQLITE_NULL) {
			*(const char **)(void *)(out + f->offset) = NULL;
			return true;
		}
		text = memory_must((void *)(uintptr_t)sqlite3_column_text(stmt, column));
		*(const char **)(void *)(out + f->offset) = arena_strdup(&task->arena, text);
		return true;
	case KIND_BYTES:
		*(struct bytes *)(void *)(out + f->offset) = read_bytes(task, stmt, column);
		return true;
	default:
		return broken(task, "column %s cannot be stored", name);
	}
}

static bool read_row(struct task *task, sqlite3_stmt *stmt, const struct shape *shape, void *out)
{
	for (int i = 0; i < sqlite3_column_count(stmt); i++)
		if (!read_column(task, stmt, i, shape, out))
			return false;
	return true;
}

bool db_maybe(struct task *task, const struct shape *shape, void *out,
	bool *found, const char *sql, const struct arg *args, size_t count)
{
	AUTO_STMT stmt = NULL;
	int rc;

	if (!prepare(task, sql, &stmt) || !bind(task, stmt, args, count))
		return false;
	rc = sqlite3_step(stmt);
	*found = rc == SQLITE_ROW;
	if (rc == SQLITE_DONE)
		return true;
	if (rc != SQLITE_ROW)
		return step_failed(task, rc);
	return read_row(task, stmt, shape, out);
}

bool db_row(struct task *task, const struct shape *shape, void *out,
	const char *sql, const struct arg *args, size_t count)
{
	bool found;

	if (!db_maybe(task, shape, out, &found, sql, args, count))
		return false;
	if (!found)
		return fail(task, ERR_NOT_FOUND, "There is no such page here.");
	return true;
}

bool db_rows(struct task *task, const struct shape *shape, struct list *out,
	const char *sql, const struct arg *args, size_t count)
{
	AUTO_STMT stmt = NULL;
	int rc;

	if (!prepare(task, sql, &stmt) || !bind(task, stmt, args, count))
		return false;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
		if (!read_row(task, stmt, shape, list_add(&task->arena, out, shape->size)))
			return false;
	if (rc != SQLITE_DONE)
		return step_failed(task, rc);
	return true;
}

struct number {
	int64_t number;
};
static const struct field number_fields[] = { FIELD_INT(struct number, number), FIELD_END };
static const struct shape number_shape = SHAPE(number, number_fields);

bool db_number(struct task *task, int64_t *out, const char *sql,
	const struct arg *args, size_t count)
{
	struct number n = { 0 };
	bool found;

	if (!db_maybe(task, &number_shape, &n, &found, sql, args, count))
		return false;
	*out = n.number;
	return true;
}

bool db_run(struct task *task, int64_t *changed_out, const char *sql,
	const struct arg *args, size_t count)
{
	AUTO_STMT stmt = NULL;
	int rc;

	if (!task->db->writing)
		return broken(task, "a change outside a transaction: %s", sql);
	if (!prepare(task, sql, &stmt) || !bind(task, stmt, args, count))
		return false;
	rc = sqlite3_step(stmt);
	if (rc != SQLITE_DONE && rc != SQLITE_ROW)
		return step_failed(task, rc);
	if (changed_out)
		*changed_out = sqlite3_changes64(task->db->store->writer.handle);
	return true;
}

bool db_begin(struct task *task)
{
	struct db *db = task->db;

	if (db->writing)
		return broken(task, "a transaction inside a transaction");
	take_turn(db->store);
	db->writing = true;
	return db_run(task, NULL, "BEGIN IMMEDIATE", NO_ARGS);
}

/* What could not be written may be on disk or not; memory cannot be asked. */
static bool commit_failed(struct task *task)
{
	if (sqlite3_errcode(task->db->store->writer.handle) == SQLITE_IOERR)
		log_stop("the tables cannot be written to the disk", task->err.detail);
	return false;
}

bool db_commit_quiet(struct task *task)
{
	struct db *db = task->db;

	if (task->before_commit && !task->before_commit(task))
		return false;
	crash_point("commit.before");
	if (!db_run(task, NULL, "COMMIT", NO_ARGS))
		return commit_failed(task);
	crash_point("commit.after");
	task->changed = true;
	db->writing = false;
	if (task->after_commit)
		task->after_commit(task);
	give_turn(db->store);
	return true;
}

bool db_commit_for(struct task *task, const char *part)
{
	if (!db_commit_quiet(task))
		return false;
	versions_add(task->db->store->versions, part);
	return true;
}

bool db_commit(struct task *task)
{
	return db_commit_for(task, NULL);
}

void db_settle(struct db *db)
{
	sqlite3 *handle = db->store->writer.handle;

	if (!db->writing)
		return;
	if (!sqlite3_get_autocommit(handle))
		sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL);
	db->writing = false;
	give_turn(db->store);
}

static void close_copy(sqlite3 **copy)
{
	sqlite3_close(*copy);
}

bool db_snapshot(struct task *task, const char *path)
{
	AUTO(close_copy) sqlite3 *copy = NULL;
	sqlite3_backup *backup;
	int rc;

	if (!access(path, F_OK))
		return fail(task, ERR_CONFLICT, "%s is there already", path);
	if (sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK)
		return broken(task, "%s: %s", path, sqlite3_errmsg(copy));
	backup = sqlite3_backup_init(copy, "main", task->db->reader.handle, "main");
	if (!backup)
		return broken(task, "%s: %s", path, sqlite3_errmsg(copy));
	/* in one step, so in one read transaction: others write on meanwhile */
	rc = sqlite3_backup_step(backup, -1);
	sqlite3_backup_finish(backup);
	return rc == SQLITE_DONE || broken(task, "%s: %s", path, sqlite3_errstr(rc));
}
