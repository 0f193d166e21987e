#include "worker.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/conf.h"
#include "base/memory.h"
#include "db/db.h"
#include "git/repo.h"

struct queue {
	struct job *first, **last;
	int64_t waiting, running;
	pthread_cond_t filled;
};

struct worker {
	pthread_t thread;
	bool started;
	struct workers *all;
	enum lane lane;
	struct db *db;
	struct repo *repo;
};

struct workers {
	struct workers_options options;
	pthread_mutex_t lock;
	pthread_cond_t idle;
	struct queue lanes[LANES];
	struct worker *workers;
	size_t count;
	bool stopping;
};

static struct job *take(struct workers *all, enum lane lane)
{
	struct queue *q = &all->lanes[lane];
	struct job *job = q->first;

	if (!job)
		return NULL;
	q->first = job->next;
	if (!q->first)
		q->last = &q->first;
	q->waiting--;
	q->running++;
	return job;
}

/* The next job of the lane; NULL when it is time to go. */
static struct job *wait_for_job(struct worker *w)
{
	struct workers *all = w->all;
	struct job *job;

	pthread_mutex_lock(&all->lock);
	while (!(job = take(all, w->lane)) && !all->stopping)
		pthread_cond_wait(&all->lanes[w->lane].filled, &all->lock);
	pthread_mutex_unlock(&all->lock);
	return job;
}

static void finished(struct workers *all, enum lane lane)
{
	pthread_mutex_lock(&all->lock);
	all->lanes[lane].running--;
	pthread_cond_broadcast(&all->idle);
	pthread_mutex_unlock(&all->lock);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct job *job;

	while ((job = wait_for_job(w))) {
		struct task task = { .now = time(NULL), .conf = w->all->options.conf, .memo = w->all->options.memo, .db = w->db, .repo = w->repo, .serve = w->all->options.serve, .journal = w->all->options.journal };

		/* the job may be gone when run() returns: its client was answered */
		job->run(job, &task);
		db_settle(w->db);
		finished(w->all, w->lane);
	}
	return NULL;
}

static bool open_desk(struct workers *all, struct worker *w, enum lane lane)
{
	*w = (struct worker) { .all = all, .lane = lane, .db = db_open(all->options.store), .repo = repo_open(all->options.repo) };
	return w->db && w->repo;
}

static bool open_lane(struct workers *all, enum lane lane, int64_t threads)
{
	for (; threads; threads--)
		if (!open_desk(all, &all->workers[all->count++], lane))
			return false;
	return true;
}

static int64_t total(const int64_t threads[static LANES])
{
	int64_t sum = 0;

	for (int i = 0; i < LANES; i++)
		sum += threads[i];
	return sum;
}

struct workers *workers_open(const struct workers_options *options)
{
	const struct conf *conf = options->conf;
	struct workers *all = memory_must(calloc(1, sizeof(*all)));
	const int64_t threads[LANES] = { [LANE_FAST] = conf->worker_threads, [LANE_COSTLY] = conf->costly_threads, [LANE_SLOW] = conf->slow_threads };

	all->workers = memory_must(calloc((size_t)total(threads), sizeof(*all->workers)));
	all->options = *options;
	pthread_mutex_init(&all->lock, NULL);
	pthread_cond_init(&all->idle, NULL);
	for (int i = 0; i < LANES; i++) {
		all->lanes[i].last = &all->lanes[i].first;
		pthread_cond_init(&all->lanes[i].filled, NULL);
	}
	for (int i = 0; i < LANES; i++) {
		if (!open_lane(all, (enum lane)i, threads[i])) {
			workers_stop(all);
			return NULL;
		}
	}
	return all;
}

bool workers_start(struct workers *all)
{
	for (size_t i = 0; i < all->count; i++) {
		struct worker *w = &all->workers[i];

		w->started = !pthread_create(&w->thread, NULL, work, w);
		if (!w->started) {
			fprintf(stderr, "guidehall: cannot start %zu threads\n", all->count);
			return false;
		}
	}
	return true;
}

bool workers_submit(void *workers, struct job *job)
{
	struct workers *all = workers;
	struct queue *q = &all->lanes[job->lane];
	bool room;

	pthread_mutex_lock(&all->lock);
	room = q->waiting < all->options.conf->queue_max;
	if (room) {
		job->next = NULL;
		*q->last = job;
		q->last = &job->next;
		q->waiting++;
		pthread_cond_signal(&q->filled);
	}
	pthread_mutex_unlock(&all->lock);
	return room;
}

static bool busy(const struct workers *all)
{
	for (int i = 0; i < LANES; i++)
		if (all->lanes[i].running || all->lanes[i].waiting)
			return true;
	return false;
}

void workers_drain(void *workers)
{
	struct workers *all = workers;

	pthread_mutex_lock(&all->lock);
	while (busy(all))
		pthread_cond_wait(&all->idle, &all->lock);
	pthread_mutex_unlock(&all->lock);
}

void workers_stop(struct workers *all)
{
	pthread_mutex_lock(&all->lock);
	all->stopping = true;
	for (int i = 0; i < LANES; i++)
		pthread_cond_broadcast(&all->lanes[i].filled);
	pthread_mutex_unlock(&all->lock);
	for (size_t i = 0; i < all->count; i++) {
		if (all->workers[i].started)
			pthread_join(all->workers[i].thread, NULL);
		db_close(all->workers[i].db);
		repo_close(all->workers[i].repo);
	}
	free(all->workers);
	free(all);
}

struct workload workers_load(struct workers *all, enum lane lane)
{
	struct workload load;

	pthread_mutex_lock(&all->lock);
	load = (struct workload) { .running = all->lanes[lane].running, .waiting = all->lanes[lane].waiting };
	pthread_mutex_unlock(&all->lock);
	for (size_t i = 0; i < all->count; i++)
		load.threads += all->workers[i].lane == lane;
	return load;
}
