/* schema.h: the tables, as numbered steps; private to db/ */
#ifndef DB_SCHEMA_H
#define DB_SCHEMA_H

#include <sqlite3.h>
#include <stdbool.h>

/* Each step is a list of statements that brings a store from version n to
 * n + 1. Ends with NULL. A step that was released is never edited. */
extern const char *const schema_steps[];

/* Bring a store to the newest version, and see that its commits are synced.
 * Returns false after printing why. */
bool schema_upgrade(sqlite3 *handle);

#endif
