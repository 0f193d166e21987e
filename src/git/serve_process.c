/* serve_process.c: the process that starts git
 *
 * One thread, one loop: orders come in, wait until PUBLIC_REPO is what they
 * ask for and until one of so many places is free, and then run as a process
 * group of their own. A git that waits for its reader keeps no place: readers
 * who take their time are not in each other's way. A leash whose other end was
 * closed ends its order, wherever it is. */
#include "serve_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"

#define CLONE_SECONDS 900 /* a slow line may take long; for ever is too long */
#define DOUBT_SECONDS 60 /* how often a failing repository is made anew */
#define SLOW_SECONDS 2 /* a git whose pipe stays full that long waits for its reader */
#define SLOW_MAX 32 /* gits that wait so, besides those that have a place */
#define GIT_DIED 128 /* git's exit status when it cannot go on */

struct clone {
	struct packet packet;
	int input, output, leash;
	pid_t pid; /* 0: waits */
	int64_t deadline_seconds;
	int64_t full_seconds; /* since when its pipe is full; 0: it is not */
};

struct process {
	const struct serve_options *options;
	struct counts *counts; /* for those who watch */
	int control, signals;
	struct clone clones[CLONES_MAX]; /* in the order they came */
	size_t count;
	int64_t running;
	pid_t publisher; /* 0: none runs */
	uint64_t version, publishing; /* of the source: derived, being derived */
	bool known; /* version holds */
	bool doubt; /* git could not read the repository */
	int64_t doubted_seconds;
};

static int64_t now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* ---- orders ---- */

static void kill_group(pid_t pid)
{
	if (pid > 0)
		kill(-pid, SIGKILL);
}

static void forget(struct process *p, size_t at)
{
	struct clone *clone = &p->clones[at];

	kill_group(clone->pid);
	p->running -= clone->pid > 0;
	close(clone->input);
	close(clone->output);
	close(clone->leash);
	memmove(clone, clone + 1, (--p->count - at) * sizeof(*clone));
}

/* "ERR" is git's word for what the other side should read. */
static void refuse(struct process *p, size_t at, const char *why)
{
	p->counts->refused++;
	dprintf(p->clones[at].output, "%04zxERR %s", strlen(why) + 8, why);
	forget(p, at);
}

static void refuse_waiting(struct process *p, const char *why)
{
	for (size_t i = p->count; i; i--)
		if (!p->clones[i - 1].pid)
			refuse(p, i - 1, why);
}

/* False when the server is gone. Without room for more descriptors an order
 * comes in pieces: nobody can answer it, so it is dropped, which ends its
 * client. *whole says which. */
static bool receive(const struct process *p, struct clone *out, bool *whole)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(3 * sizeof(int))];
	} control;
	struct iovec bytes = { &out->packet, sizeof(out->packet) };
	struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(p->control, &message, MSG_CMSG_CLOEXEC);
	const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	size_t count = header ? (header->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0;
	int fds[CMSG_SPACE(3 * sizeof(int)) / sizeof(int)] = { -1, -1, -1 };

	if (n <= 0)
		return false;
	if (count)
		memcpy(fds, CMSG_DATA(header), count * sizeof(int));
	*whole = n == (ssize_t)sizeof(out->packet) && count == 3;
	for (size_t i = 0; !*whole && i < count; i++)
		close(fds[i]);
	out->input = fds[0];
	out->output = fds[1];
	out->leash = fds[2];
	return true;
}

static bool take_order(struct process *p)
{
	struct clone clone = { 0 };
	bool whole;

	if (!receive(p, &clone, &whole))
		return false;
	if (!whole)
		return true;
	p->clones[p->count++] = clone;
	if (p->count == CLONES_MAX)
		refuse(p, p->count - 1, "Too many are cloning at once. Please try again in a moment.");
	return true;
}

/* ---- git ---- */

static void become_git(const struct process *p, const struct clone *clone)
{
	char path[4096];
	const char *words[] = { "git", "-c", "core.hooksPath=/dev/null", "-c", "pack.threads=1",
		"-c", "uploadpack.allowFilter=true", "-c", "safe.directory=*", "upload-pack", "--strict",
		clone->packet.what == SERVE_REFS ? "--http-backend-info-refs" : "--stateless-rpc", "--", path, NULL };

	snprintf(path, sizeof(path), "%s/%s", p->options->root, clone->packet.repository);
	setpgid(0, 0);
	/* what it says about a client may be the client's own words: not for our log */
	dup2(STDIN_FILENO, STDERR_FILENO);
	if (dup2(clone->input, STDIN_FILENO) < 0 || dup2(clone->output, STDOUT_FILENO) < 0 || close_range(3, ~0U, 0))
		_exit(127);
	spawn_git(p->options, words, clone->packet.protocol);
}

static void start(struct process *p, size_t at)
{
	struct clone *clone = &p->clones[at];
	pid_t pid = fork();

	if (!pid)
		become_git(p, clone);
	if (pid < 0) {
		refuse(p, at, "The server is out of processes. Please try again in a moment.");
		return;
	}
	setpgid(pid, pid); /* in both, so that neither has to wait */
	clone->pid = pid;
	clone->deadline_seconds = now_seconds() + CLONE_SECONDS;
	p->counts->started++;
	p->running++;
}

static void start_publisher(struct process *p, uint64_t version)
{
	p->publishing = version;
	p->publisher = fork();
	if (!p->publisher) {
		setpgid(0, 0);
		close_range(3, ~0U, 0);
		_exit(publish(p->options, p->doubt) ? EXIT_SUCCESS : EXIT_FAILURE);
	}
	if (p->publisher > 0)
		setpgid(p->publisher, p->publisher);
	else
		p->publisher = 0;
}

/* Versions grow, so what was derived for a later one will do. */
static bool is_stale(const struct process *p, const struct clone *clone)
{
	return p->options->source && (!p->known || p->doubt || clone->packet.version > p->version);
}

static bool is_slow(const struct clone *clone, int64_t now)
{
	return clone->full_seconds && now >= clone->full_seconds + SLOW_SECONDS;
}

static bool has_place(const struct process *p)
{
	int64_t busy = 0, now = now_seconds();

	for (size_t i = 0; i < p->count; i++)
		busy += p->clones[i].pid && !is_slow(&p->clones[i], now);
	return busy < p->options->processes && p->running < p->options->processes + SLOW_MAX;
}

/* Would a git have to wait if it said something now? */
static void note_full_pipes(struct process *p)
{
	int64_t now = now_seconds();

	for (size_t i = 0; i < p->count; i++) {
		struct clone *clone = &p->clones[i];
		struct pollfd room = { clone->output, POLLOUT, 0 };

		if (!clone->pid || poll(&room, 1, 0))
			clone->full_seconds = 0;
		else if (!clone->full_seconds)
			clone->full_seconds = now;
	}
}

static void advance(struct process *p)
{
	for (size_t i = 0; i < p->count; i++) {
		size_t before = p->count;

		if (p->clones[i].pid)
			continue;
		if (is_stale(p, &p->clones[i])) {
			if (!p->publisher)
				start_publisher(p, p->clones[i].packet.version);
		} else if (has_place(p)) {
			start(p, i);
		}
		if (p->count < before)
			i--;
	}
}

/* ---- ends ---- */

static void published(struct process *p, int status)
{
	p->publisher = 0;
	p->known = WIFEXITED(status) && !WEXITSTATUS(status);
	p->version = p->publishing;
	p->doubt = p->doubt && !p->known;
	p->counts->derived += p->known;
	if (!p->known)
		refuse_waiting(p, "The published history cannot be read just now. Please tell the people who run this site.");
}

/* Our repository, not the client: then it is made anew, now and then. */
static void note_death(struct process *p, int status)
{
	if (!WIFEXITED(status) || WEXITSTATUS(status) != GIT_DIED || now_seconds() < p->doubted_seconds + DOUBT_SECONDS)
		return;
	log_event("doubt", "why", "git could not answer a client: the published history is made anew, in case it is spoilt", NULL);
	p->doubt = true;
	p->doubted_seconds = now_seconds();
}

static void reap(struct process *p)
{
	struct signalfd_siginfo info;
	int status;
	pid_t pid;

	if (read(p->signals, &info, sizeof(info)) < 0 && errno != EAGAIN)
		_exit(EXIT_FAILURE);
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == p->publisher)
			published(p, status);
		for (size_t i = 0; i < p->count; i++) {
			if (p->clones[i].pid != pid)
				continue;
			note_death(p, status);
			forget(p, i);
			break;
		}
	}
}

static void end_overdue(struct process *p)
{
	int64_t now = now_seconds();

	for (size_t i = p->count; i; i--)
		if (p->clones[i - 1].pid && p->clones[i - 1].deadline_seconds < now)
			forget(p, i - 1);
}

static void end_all(struct process *p)
{
	while (p->count)
		forget(p, p->count - 1);
	kill_group(p->publisher);
	_exit(EXIT_SUCCESS);
}

static void wait_and_act(struct process *p)
{
	struct pollfd fds[2 + CLONES_MAX] = { { p->control, POLLIN, 0 }, { p->signals, POLLIN, 0 } };
	size_t count = p->count;

	for (size_t i = 0; i < count; i++)
		fds[2 + i] = (struct pollfd) { p->clones[i].leash, 0, 0 };
	if (poll(fds, 2 + count, count ? 1000 : -1) < 0 && errno != EINTR)
		_exit(EXIT_FAILURE);
	for (size_t i = count; i; i--)
		if (fds[1 + i].revents)
			forget(p, i - 1);
	if (fds[1].revents)
		reap(p);
	if (fds[0].revents && !take_order(p))
		end_all(p);
	end_overdue(p);
	note_full_pipes(p);
	advance(p);
	p->counts->running = p->running;
	p->counts->waiting = (int64_t)p->count - p->running;
}

static void take_orders(const struct serve_options *options, int control, struct counts *counts)
{
	struct process *p = memory_must(calloc(1, sizeof(*p)));
	sigset_t child;

	p->options = options;
	p->control = control;
	p->counts = counts;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	p->signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	if (p->signals < 0)
		_exit(EXIT_FAILURE);
	for (;;)
		wait_and_act(p);
}

void serve_process(const struct serve_options *options, int control, struct counts *counts)
{
	int status;
	pid_t pid;

	/* the server says when it is over, by closing its end */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		pid = fork();
		if (!pid)
			take_orders(options, control, counts);
		if (pid < 0 || waitpid(pid, &status, 0) != pid || (WIFEXITED(status) && !WEXITSTATUS(status)))
			_exit(EXIT_SUCCESS);
		/* the server could not start another: it has threads by now */
		log_event("restart", "what", "the process that starts git was killed or failed", NULL);
		sleep(1);
	}
}
