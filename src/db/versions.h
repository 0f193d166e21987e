/* versions.h: counters of committed changes, in memory all processes share;
 * private to db/ */
#ifndef DB_VERSIONS_H
#define DB_VERSIONS_H

#include <stdatomic.h>
#include <stdint.h>

/* Parts share a counter where their names fall together: a page is then made
 * again once too often. */
struct versions {
	_Atomic uint64_t all; /* every change */
	_Atomic uint64_t whole; /* those that may show anywhere */
	_Atomic uint64_t parts[510];
};

/* A change that shows on the pages of one part; NULL: anywhere. */
void versions_add(struct versions *versions, const char *part);

/* Rises with every change that may show there; NULL: with every change. */
uint64_t versions_read(const struct versions *versions, const char *part);

#endif
