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

/* Start the threads, each with a desk of its own: a database connection and
 * a repository handle. Returns NULL after printing why. */
struct workers *workers_start(const struct workers_options *options);

/* For struct server_options: takes a job, or refuses when the queue is full. */
bool workers_submit(void *workers, struct job *job);

/* Wait until no job is waiting or running. */
void workers_drain(void *workers);
void workers_stop(struct workers *workers);

#endif
