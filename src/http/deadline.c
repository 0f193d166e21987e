#include "deadline.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/conf.h"
#include "base/memory.h"
#include "stats.h"

#define TICK_MS 500

/* One connection. The event thread writes the first two, the thread that
 * looks owns the rest. */
struct deadline {
	_Atomic uint64_t state; /* milliseconds when the phase began, and the phase */
	_Atomic uint64_t received; /* bytes of bodies */
	struct deadline *next, **link; /* under the lock */
	int fd; /* open as long as this is in the list */
	uint64_t seen; /* the state of the last look */
	uint64_t bytes; /* moved by then */
	int64_t looked_ms, head_ms; /* head_ms: when the next head began; 0: it did not */
	int64_t credit; /* bytes it may still owe */
};

struct deadlines {
	const struct conf *conf;
	struct stats *stats;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	struct deadline *first;
	bool stop;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static uint64_t state_of(enum phase phase)
{
	return (uint64_t)now_ms() * PHASES + phase;
}

static enum phase phase_of(const struct deadline *d)
{
	return (enum phase)(d->seen % PHASES);
}

static int64_t since_ms(const struct deadline *d)
{
	return (int64_t)(d->seen / PHASES);
}

/* ---- the thread that looks ---- */

static struct tcp_info tcp_of(const struct deadline *d)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	getsockopt(d->fd, IPPROTO_TCP, TCP_INFO, &info, &len);
	return info;
}

static int64_t full_credit(const struct deadlines *all)
{
	return all->conf->rate_least_bytes * all->conf->stall_seconds;
}

/* Every second costs rate_least_bytes of the credit, every byte moved gives
 * one back. */
static bool owes(const struct deadlines *all, struct deadline *d, uint64_t bytes, int64_t now)
{
	int64_t full = full_credit(all);

	d->credit += (int64_t)(bytes - d->bytes) - all->conf->rate_least_bytes * (now - d->looked_ms) / 1000;
	if (d->credit > full)
		d->credit = full;
	d->bytes = bytes;
	return d->credit < 0;
}

static bool late_head(const struct deadlines *all, struct deadline *d, int64_t now)
{
	return now - since_ms(d) > all->conf->head_seconds * 1000;
}

/* Nothing tells when the first byte of the next head comes, but TCP counts. */
static bool late_next_head(const struct deadlines *all, struct deadline *d, int64_t now)
{
	uint64_t bytes = tcp_of(d).tcpi_bytes_received;

	if (!d->bytes)
		d->bytes = bytes;
	if (!d->head_ms && bytes != d->bytes)
		d->head_ms = now;
	return d->head_ms && now - d->head_ms > all->conf->head_seconds * 1000;
}

static bool late_body(const struct deadlines *all, struct deadline *d, int64_t now)
{
	return now - since_ms(d) > all->conf->body_seconds * 1000 || owes(all, d, d->received, now);
}

static bool late_work(const struct deadlines *all, struct deadline *d, int64_t now)
{
	(void)all;
	(void)d;
	(void)now;
	return false;
}

/* Only while bytes wait for the client: a stream may have none to give. */
static bool late_reply(const struct deadlines *all, struct deadline *d, int64_t now)
{
	struct tcp_info tcp = tcp_of(d);

	if (!tcp.tcpi_unacked && !tcp.tcpi_notsent_bytes) {
		d->credit = full_credit(all);
		d->bytes = tcp.tcpi_bytes_acked;
		return false;
	}
	return owes(all, d, tcp.tcpi_bytes_acked, now);
}

static bool is_late(const struct deadlines *all, struct deadline *d, int64_t now)
{
	static bool (*const rules[PHASES])(const struct deadlines *, struct deadline *, int64_t) = {
		[PHASE_HEAD] = late_head,
		[PHASE_IDLE] = late_next_head,
		[PHASE_BODY] = late_body,
		[PHASE_WORK] = late_work,
		[PHASE_REPLY] = late_reply,
	};
	uint64_t state = d->state;
	bool late;

	if (state != d->seen) {
		d->seen = state;
		d->bytes = phase_of(d) == PHASE_BODY ? d->received : 0;
		d->head_ms = 0;
		d->credit = full_credit(all);
		d->looked_ms = since_ms(d);
	}
	late = rules[phase_of(d)](all, d, now);
	d->looked_ms = now;
	return late;
}

/* Unless it moved on in this very moment. The library finds the connection
 * closed and cleans up. What the client did not take is thrown away: nobody
 * waits for it in the kernel either. */
static void cut(struct deadlines *all, struct deadline *d)
{
	const struct linger none = { .l_onoff = 1, .l_linger = 0 };
	uint64_t seen = d->seen;

	if (!atomic_compare_exchange_strong(&d->state, &seen, state_of(PHASE_WORK)))
		return;
	setsockopt(d->fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	shutdown(d->fd, SHUT_RDWR);
	stats_count(all->stats, STAT_LATE);
}

static void wait_tick(struct deadlines *all)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += TICK_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	if (all->first)
		pthread_cond_timedwait(&all->changed, &all->lock, &until);
	else
		pthread_cond_wait(&all->changed, &all->lock);
}

static void *look(void *arg)
{
	struct deadlines *all = arg;
	int64_t looked = 0, now;

	pthread_mutex_lock(&all->lock);
	while (!all->stop) {
		now = now_ms();
		for (struct deadline *d = all->first; d && now - looked >= TICK_MS; d = d->next)
			if (is_late(all, d, now))
				cut(all, d);
		looked = now - looked >= TICK_MS ? now : looked;
		wait_tick(all);
	}
	pthread_mutex_unlock(&all->lock);
	return NULL;
}

static void release(struct deadlines *all)
{
	pthread_cond_destroy(&all->changed);
	pthread_mutex_destroy(&all->lock);
	free(all);
}

struct deadlines *deadlines_open(const struct conf *conf, struct stats *stats)
{
	struct deadlines *all = memory_must(calloc(1, sizeof(*all)));
	pthread_condattr_t clock;

	all->conf = conf;
	all->stats = stats;
	pthread_mutex_init(&all->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&all->changed, &clock);
	pthread_condattr_destroy(&clock);
	if (!pthread_create(&all->thread, NULL, look, all))
		return all;
	fprintf(stderr, "guidehall: there is no room for one more thread\n");
	release(all);
	return NULL;
}

void deadlines_close(struct deadlines *all)
{
	if (!all)
		return;
	pthread_mutex_lock(&all->lock);
	all->stop = true;
	pthread_cond_signal(&all->changed);
	pthread_mutex_unlock(&all->lock);
	pthread_join(all->thread, NULL);
	release(all);
}

/* ---- on event threads ---- */

static struct deadline *begin(struct deadlines *all, struct MHD_Connection *connection)
{
	struct deadline *d = memory_must(calloc(1, sizeof(*d)));

	d->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	d->state = state_of(PHASE_HEAD);
	pthread_mutex_lock(&all->lock);
	d->next = all->first;
	d->link = &all->first;
	if (d->next)
		d->next->link = &d->next;
	else
		pthread_cond_signal(&all->changed);
	all->first = d;
	pthread_mutex_unlock(&all->lock);
	return d;
}

/* Before the library closes the descriptor: nobody shuts down the next one
 * that gets its number. */
static void end(struct deadlines *all, struct deadline *d)
{
	pthread_mutex_lock(&all->lock);
	*d->link = d->next;
	if (d->next)
		d->next->link = d->link;
	pthread_mutex_unlock(&all->lock);
	free(d);
}

void deadlines_notify(void *deadlines, struct MHD_Connection *connection, void **context,
	enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*context = begin(deadlines, connection);
	} else if (*context) {
		end(deadlines, *context);
		*context = NULL;
	}
}

static struct deadline *deadline_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

void deadline_enter(struct MHD_Connection *connection, enum phase phase)
{
	atomic_store_explicit(&deadline_of(connection)->state, state_of(phase), memory_order_relaxed);
}

void deadline_received(struct MHD_Connection *connection, size_t bytes)
{
	atomic_fetch_add_explicit(&deadline_of(connection)->received, bytes, memory_order_relaxed);
}
