/* serve.h: giving the published history to git clients
 *
 * Clones are answered by git itself, which reuses what is packed already:
 * libgit2's pack builder is 25 to 50 times slower. A small process, forked
 * before there are threads and before the server locks itself in, is the only
 * one that ever starts git: with a fixed argument vector, a clean
 * environment, limits on time and memory, so many at once, and killed when
 * the client goes. What git says on standard error may be a client's own
 * words and is not kept.
 *
 * What is served is not the repository that is written to. data/public.git is
 * derived from it when somebody asks for it and something has changed: main
 * and the tags, with objects of its own. Hiding references would not do: git
 * gives out any object by id over protocol 2. */
#ifndef GIT_SERVE_H
#define GIT_SERVE_H

#include "base/task.h"

struct serve;

struct serve_options {
	const char *root; /* folder of the repositories that are served */
	const char *source; /* where PUBLIC_REPO is derived from; NULL: nothing is derived */
	int64_t processes; /* gits at once; more wait */
	/* Locks the calling process in: the one that starts git, before it takes
	 * orders; and each that becomes git for a client. False: it may not go on.
	 * NULL: nothing is locked. */
	bool (*lock)(const void *site, bool is_git);
	const void *site; /* for lock() */
};

#define PUBLIC_REPO "public.git"

/* Start the process. Call it while there is one thread. Returns NULL after
 * printing why. Ended by serve_stop(), which accepts NULL; it ends with its
 * parent, too. */
struct serve *serve_start(const struct serve_options *options);
void serve_stop(struct serve *serve);

/* What that process is doing. All 0 for NULL. */
struct serve_load {
	int64_t running, waiting; /* gits; orders */
	int64_t started, refused; /* so far */
	int64_t derived; /* how often the published history was brought up to date */
};
struct serve_load serve_load(const struct serve *serve);

enum serve_what {
	SERVE_REFS, /* what there is */
	SERVE_PACK, /* what a client asked for in `body` */
};

struct serve_order {
	const char *repository; /* a constant's or a checked name: PUBLIC_REPO */
	enum serve_what what;
	int protocol; /* 0, 1 or 2 */
	uint64_t version; /* of the source; it grows, and then it is derived again */
	const char *body;
	size_t len;
};

/* Both descriptors are the caller's. */
struct served {
	int output; /* read git's answer from here; does not block */
	int leash; /* close it and git is killed, if it still runs */
};

/* A file in memory that cannot be run, for a body; -1 with errno. */
int serve_memory(void);

/* Have git answer. Fails with ERR_BUSY when too many are waiting. What goes
 * wrong later is told to the client in git's own protocol. */
bool serve_ask(struct task *task, const struct serve_order *order, struct served *out);

#endif
