/* upgrade.c: bringing the tables to the newest version, step by step */
#include <stdint.h>
#include <stdio.h>

#include "base/crash.h"
#include "schema.h"

static int64_t pragma_number(sqlite3 *handle, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t number = -1;

	if (sqlite3_prepare_v2(handle, sql, -1, &stmt, NULL) == SQLITE_OK
		&& sqlite3_step(stmt) == SQLITE_ROW)
		number = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return number;
}

static bool upgrade_step(sqlite3 *handle, int64_t version)
{
	char done[64];

	snprintf(done, sizeof(done), "PRAGMA user_version = %lld", (long long)version + 1);
	crash_point("migration.before");
	return sqlite3_exec(handle, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK
		&& sqlite3_exec(handle, schema_steps[version], NULL, NULL, NULL) == SQLITE_OK
		&& sqlite3_exec(handle, done, NULL, NULL, NULL) == SQLITE_OK
		&& sqlite3_exec(handle, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
}

bool schema_upgrade(sqlite3 *handle)
{
	int64_t newest = 0, version = pragma_number(handle, "PRAGMA user_version");

	while (schema_steps[newest])
		newest++;
	if (version < 0) {
		fprintf(stderr, "guidehall: cannot read the tables: %s\n", sqlite3_errmsg(handle));
		return false;
	}
	if (version > newest) {
		fprintf(stderr, "guidehall: the data are of a newer version (%lld) than this program (%lld)\n",
			(long long)version, (long long)newest);
		return false;
	}
	for (; version < newest; version++) {
		if (!upgrade_step(handle, version)) {
			fprintf(stderr, "guidehall: cannot upgrade the tables: %s\n",
				sqlite3_errmsg(handle));
			return false;
		}
		crash_point("migration.after");
	}
	/* FULL is what "acknowledged" rests on, so it is checked, not assumed */
	return pragma_number(handle, "PRAGMA synchronous") == 2
		&& (!crash_lies() || sqlite3_exec(handle, "PRAGMA synchronous = OFF", NULL, NULL, NULL) == SQLITE_OK);
}
