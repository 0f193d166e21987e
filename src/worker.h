/* worker.h: the threads that may block, in lanes
 *
 * Readers never wait behind comparisons and searches, and nobody behind
 * password hashing or the making of files: each kind of work has threads and
 * a queue of its own. */
#ifndef WORKER_H
#define WORKER_H

#include "base/task.h"
#include "http/server.h"

struct workers;

struct workers_options {
	const struct conf *conf;
	struct memo *memo;
	struct db_store *store;
	const char *repo; /* path */
	struct serve *serve; /* for clones; may be NULL */
	struct journal *journal;
};

/* What the threads will need, each a desk of its own: a database connection
 * and a repository handle. Returns NULL after printing why. */
struct workers *workers_open(const struct workers_options *options);

/* Start the threads. Returns false after printing why. */
bool workers_start(struct workers *workers);

/* For struct server_options: takes a job, or refuses when the queue is full. */
bool workers_submit(void *workers, struct job *job);

/* Wait until no job is waiting or running. */
void workers_drain(void *workers);

/* End the threads, if they were started, and give up the desks. */
void workers_stop(struct workers *workers);

/* How much there is to do in a lane just now. */
struct workload {
	int64_t threads, running, waiting;
};
struct workload workers_load(struct workers *workers, enum lane lane);

#endif
