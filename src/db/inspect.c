/* inspect.c: what a database says of itself, without touching it */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "db/db.h"
#include "schema.h"

static void close_handle(sqlite3 **handle)
{
	sqlite3_close(*handle);
}

static void end_statement(sqlite3_stmt **stmt)
{
	sqlite3_finalize(*stmt);
}

/* The first column of the first row, as text. */
static bool ask(struct task *task, sqlite3 *handle, const char *sql, const char **out)
{
	AUTO(end_statement) sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(handle, sql, -1, &stmt, NULL) != SQLITE_OK || sqlite3_step(stmt) != SQLITE_ROW)
		return fail(task, ERR_CONFLICT, "%s", sqlite3_errmsg(handle));
	*out = arena_strdup(&task->arena, (const char *)sqlite3_column_text(stmt, 0));
	return true;
}

bool db_inspect(struct task *task, const char *path, struct db_facts *out)
{
	AUTO(close_handle) sqlite3 *handle = NULL;
	const char *version = "0";

	if (sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		return fail(task, ERR_CONFLICT, "%s", sqlite3_errmsg(handle));
	if (!ask(task, handle, "PRAGMA journal_mode", &out->journal)
		|| !ask(task, handle, "PRAGMA user_version", &version)
		|| !ask(task, handle, "PRAGMA quick_check(1)", &out->damage))
		return false;
	if (!strcmp(out->damage, "ok"))
		out->damage = NULL;
	out->version = strtoll(version, NULL, 10);
	while (schema_steps[out->newest])
		out->newest++;
	return true;
}
