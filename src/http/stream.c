#include "stream.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/memory.h"

#define BLOCK_BYTES (64 * 1024)
#define GONE 1 /* the lowest bit of an event's number: the client, not the pipe */

struct stream {
	struct streams *all;
	struct stream *next;
	uint64_t number; /* even, never used twice: events may come late */
	struct MHD_Connection *connection;
	int output, leash; /* leash -1: let go */
	bool waits; /* its connection is suspended */
	char *head; /* sent first */
	size_t head_len;
};

struct streams {
	pthread_mutex_t lock;
	pthread_t thread;
	int epoll, stop;
	uint64_t last;
	struct stream *first;
	bool cut;
};

/* ---- the thread that waits ---- */

static void resume(struct stream *s)
{
	if (!s->waits)
		return;
	s->waits = false;
	MHD_resume_connection(s->connection);
}

static void let_go(struct stream *s)
{
	if (s->leash >= 0)
		close(s->leash);
	s->leash = -1;
}

static struct stream *find(const struct streams *all, uint64_t number)
{
	struct stream *s = all->first;

	while (s && s->number != number)
		s = s->next;
	return s;
}

/* A client that went: git is killed, its pipe ends, and that is the end. */
static void act(struct streams *all, uint64_t event)
{
	struct stream *s;

	pthread_mutex_lock(&all->lock);
	s = find(all, event & ~(uint64_t)GONE);
	if (s && event & GONE)
		let_go(s);
	else if (s)
		resume(s);
	pthread_mutex_unlock(&all->lock);
}

static void *wait_for_all(void *arg)
{
	struct streams *all = arg;
	struct epoll_event events[32];

	for (;;) {
		int n = epoll_wait(all->epoll, events, 32, -1);

		for (int i = 0; i < n; i++) {
			if (!events[i].data.u64)
				return NULL;
			act(all, events[i].data.u64);
		}
	}
}

static bool watch(const struct streams *all, int fd, uint64_t number, uint32_t what)
{
	struct epoll_event event = { .events = what | EPOLLONESHOT, .data.u64 = number };

	/* a kept connection may be known from the reply before */
	return !epoll_ctl(all->epoll, EPOLL_CTL_MOD, fd, &event)
		|| (errno == ENOENT && !epoll_ctl(all->epoll, EPOLL_CTL_ADD, fd, &event));
}

static void release(struct streams *all)
{
	if (all->epoll >= 0)
		close(all->epoll);
	if (all->stop >= 0)
		close(all->stop);
	pthread_mutex_destroy(&all->lock);
	free(all);
}

struct streams *streams_open(void)
{
	struct streams *all = memory_must(calloc(1, sizeof(*all)));
	struct epoll_event event = { .events = EPOLLIN };

	pthread_mutex_init(&all->lock, NULL);
	all->epoll = epoll_create1(EPOLL_CLOEXEC);
	all->stop = eventfd(0, EFD_CLOEXEC);
	if (all->epoll >= 0 && all->stop >= 0 && !epoll_ctl(all->epoll, EPOLL_CTL_ADD, all->stop, &event)
		&& !pthread_create(&all->thread, NULL, wait_for_all, all))
		return all;
	fprintf(stderr, "guidehall: there is no room for one more thread or descriptor\n");
	release(all);
	return NULL;
}

void streams_cut(struct streams *all)
{
	if (!all)
		return;
	pthread_mutex_lock(&all->lock);
	all->cut = true;
	for (struct stream *s = all->first; s; s = s->next) {
		let_go(s);
		resume(s);
	}
	pthread_mutex_unlock(&all->lock);
}

void streams_close(struct streams *all)
{
	const uint64_t one = 1;

	if (!all)
		return;
	if (write(all->stop, &one, sizeof(one)) != sizeof(one))
		abort();
	pthread_join(all->thread, NULL);
	release(all);
}

/* ---- one reply, on an event thread ---- */

/* Suspend until there is more. Under the lock, so that whoever resumes finds
 * it suspended. */
static ssize_t park(struct stream *s)
{
	struct streams *all = s->all;
	ssize_t result = 0;

	pthread_mutex_lock(&all->lock);
	if (all->cut) {
		result = MHD_CONTENT_READER_END_WITH_ERROR;
	} else {
		MHD_suspend_connection(s->connection);
		s->waits = true;
		if (!watch(all, s->output, s->number, EPOLLIN))
			resume(s);
	}
	pthread_mutex_unlock(&all->lock);
	return result;
}

/* Whether git was killed; else the end of its pipe is the end of its answer. */
static bool is_let_go(struct stream *s)
{
	bool gone;

	pthread_mutex_lock(&s->all->lock);
	gone = s->leash < 0;
	pthread_mutex_unlock(&s->all->lock);
	return gone;
}

static ssize_t give(void *cls, uint64_t at, char *room, size_t most)
{
	struct stream *s = cls;
	ssize_t n;

	if (at < s->head_len) {
		size_t rest = s->head_len - (size_t)at;

		rest = rest < most ? rest : most;
		memcpy(room, s->head + at, rest);
		return (ssize_t)rest;
	}
	n = read(s->output, room, most);
	if (n > 0)
		return n;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return park(s);
	return n || is_let_go(s) ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
}

static void end(void *cls)
{
	struct stream *s = cls, **at;

	pthread_mutex_lock(&s->all->lock);
	for (at = &s->all->first; *at != s; at = &(*at)->next)
		continue;
	*at = s->next;
	let_go(s);
	pthread_mutex_unlock(&s->all->lock);
	close(s->output);
	free(s->head);
	free(s);
}

static void enter(struct stream *s, int client)
{
	struct streams *all = s->all;

	pthread_mutex_lock(&all->lock);
	s->number = all->last += 2;
	s->next = all->first;
	all->first = s;
	watch(all, client, s->number | GONE, EPOLLRDHUP);
	pthread_mutex_unlock(&all->lock);
}

struct MHD_Response *stream_response(struct streams *streams,
	struct MHD_Connection *connection, const struct reply *reply)
{
	struct stream *s = memory_must(calloc(1, sizeof(*s)));
	struct MHD_Response *response;

	s->head = memory_must(malloc(reply->body.len + 1));
	s->all = streams;
	s->connection = connection;
	s->output = reply->stream->output;
	s->leash = reply->stream->leash;
	s->head_len = reply->body.len;
	memcpy(s->head, buf_text(&reply->body), reply->body.len);
	enter(s, MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd);
	response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, give, s, end);
	return memory_must(response);
}
