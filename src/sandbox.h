/* sandbox.h: the processes lock themselves in, once they have opened what
 * they need
 *
 * Landlock says which files and ports are left, seccomp which calls of the
 * kernel; what each process needs, and why, stands in sandbox_rules.c. A
 * kernel without one of them goes without: the log and `guidehall doctor` say
 * so. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/conf.h"

/* Each locks itself in; GIT within what STARTER left. Bits, for the tables. */
enum locked {
	LOCK_SERVER = 1 << 0, /* reads requests, writes the data */
	LOCK_STARTER = 1 << 1, /* starts git, and derives what is given out */
	LOCK_GIT = 1 << 2, /* git, talking to a stranger */
};

/* What is in force. */
struct sandbox {
	int landlock; /* its ABI; 0: none */
	bool seccomp;
};

/* What this kernel could put in force. */
struct sandbox sandbox_available(void);

/* For good, for this thread and those it starts later: call it before there
 * are others. Nothing when conf->sandbox is 0. Returns false after printing
 * why; then nothing may be served. */
bool sandbox_lock(const struct conf *conf, enum locked who, struct sandbox *out);

/* Try what must not work in processes locked like ours, and what must; a line
 * each. Returns whether all went as it should. */
bool sandbox_try(const struct conf *conf, FILE *out);

/* ---- the tables ---- */

/* "@data", "@public", "@interpreter" stand for a path of this site. */
struct sandbox_path {
	const char *path;
	unsigned who; /* enum locked */
	uint64_t rights;
	const char *why;
};
extern const struct sandbox_path sandbox_paths[]; /* ends with a NULL path */

/* Names are separated by spaces. With a mask, argument `arg` must be `value`
 * where the mask has bits. */
struct sandbox_calls {
	const char *names;
	unsigned who;
	const char *why;
	unsigned arg;
	uint64_t mask, value;
};
extern const struct sandbox_calls sandbox_calls[]; /* ends with NULL names */

/* Landlock's words; Debian 12's headers know the first 13 only. */
#define LAND_EXECUTE (1ULL << 0)
#define LAND_WRITE (1ULL << 1)
#define LAND_READ (1ULL << 2)
#define LAND_LIST (1ULL << 3)
#define LAND_REMOVE ((1ULL << 4) | (1ULL << 5))
#define LAND_MAKE ((1ULL << 7) | (1ULL << 8)) /* folders and files */
#define LAND_MOVE (1ULL << 13) /* from one folder to another */
#define LAND_TRUNCATE (1ULL << 14)

#endif
