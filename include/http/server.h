/* server.h: bytes in, bytes out
 *
 * One-thread epoll daemons share a port. Event threads never block: they
 * check headers, collect the body, answer assets and cached pages from
 * memory, and hand everything else to `submit`. */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "http/router.h"

struct server;

enum lane {
	LANE_FAST,
	LANE_COSTLY, /* comparing and searching: readers do not wait behind it */
	LANE_SLOW,
	LANES,
};

/* One request on its way through a worker. */
struct job {
	struct job *next;
	enum lane lane;
	/* Run on a worker thread, with a task that is ready but for its arena. */
	void (*run)(struct job *job, struct task *task);
	struct router *router;
};

struct server_options {
	const struct conf *conf;
	struct router *router;
	const char *web;
	/* Take a job, or return false when too many wait already. */
	bool (*submit)(void *workers, struct job *job);
	void *workers;
	/* Counts changes that may show in a part of the site (base/part.h); NULL:
	 * all changes. A kept page is good as long as it stays. */
	uint64_t (*version)(const void *store, const char *part);
	const void *store;
};

/* Listen on conf->listen, answering nobody yet. Returns NULL after printing
 * why. */
struct server *server_open(const struct server_options *options);

/* Start the threads that answer. Returns false after printing why. */
bool server_start(struct server *server);

/* The version of libmicrohttpd, for the log. */
const char *server_library(void);

/* The port in use, for "port 0 picks one". */
int server_port(const struct server *server);

/* Connections that are open just now. */
int64_t server_connections(const struct server *server);

/* Bytes of the pages that are kept. */
size_t server_kept_bytes(const struct server *server);

/* Take no new connections, let running jobs end, stop. `drained` waits until
 * no job is waiting or running. */
void server_stop(struct server *server, void (*drained)(void *workers));

#endif
