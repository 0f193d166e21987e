/* rows.h: one line of a table
 *
 * Cells are parted by "|"; one at either end is optional; "\|" is a plain
 * bar. The guard counts with these, tables.c reads with them. */
#ifndef TEXT_ROWS_H
#define TEXT_ROWS_H

#include "base/limit.h"
#include "text/lines.h"

/* How many cells the line has; a line without bars has one, a blank one
 * none. */
int row_cells(struct slice line);

/* The cells, trimmed, "\|" not yet undone; at most `max`. Returns how many. */
int row_cut(struct slice line, struct slice *cells, int max);

/* How many columns a line like "|---|:-:|" makes; 0 for any other line. Up to
 * LIMIT_TABLE_COLUMNS of 'l', 'c', 'r', 0 go to `align`, which may be NULL. */
int row_delimiter(struct slice line, char *align);

/* Whether line may be the header above such a delimiter: as many cells, and
 * a bar in one of them (so that "a" above "---" stays a heading). */
bool row_heads(struct slice line, struct slice delimiter);

#endif
