/* schema.h: the tables, as numbered steps; private to db/ */
#ifndef DB_SCHEMA_H
#define DB_SCHEMA_H

#include <sqlite3.h>
#include <stdbool.h>

/* Each step is a list of statements that brings a store from version n to
 * n + 1. Ends with NULL. A step that was released is never edited. */
extern const char *const schema_steps[];

/* Take the steps that are missing, each in a transaction. False after printing
 * why: also when the tables are newer than the program, or when a commit would
 * not wait for the disk. */
bool schema_upgrade(sqlite3 *handle);

#endif
