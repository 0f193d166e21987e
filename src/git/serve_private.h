/* serve_private.h: what the server and its git-starting process share */
#ifndef GIT_SERVE_PRIVATE_H
#define GIT_SERVE_PRIVATE_H

#include <stdatomic.h>

#include "git/serve.h"

#define CLONES_MAX 256 /* waiting and running */
#define REPOSITORY_BYTES 64

/* One order on the socket between the two; three descriptors come with it:
 * git's input, its output, and the leash. */
struct packet {
	uint64_t version;
	uint8_t what, protocol;
	char repository[REPOSITORY_BYTES];
};

/* In memory of both; only the process writes. */
struct counts {
	_Atomic int64_t running, waiting, started, refused, derived;
};

/* Take orders from `control` until that is closed: in a process below this
 * one, so that there is another when it is killed. */
void serve_process(const struct serve_options *options, int control, struct counts *counts) __attribute__((noreturn));

/* In a process of its own: bring PUBLIC_REPO up to date with the source, or
 * make it anew when that cannot be done without keeping what was withdrawn,
 * or when `anew` says so. */
bool publish(const struct serve_options *options, bool anew);

/* Become git. Never returns: exits with 127 when there is none. `options`
 * locks it in first; NULL: it is for ourselves. `words` ends with NULL;
 * `protocol` as in struct serve_order. */
void spawn_git(const struct serve_options *options, const char *const *words, int protocol) __attribute__((noreturn));

#endif
