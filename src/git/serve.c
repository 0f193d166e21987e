/* serve.c: the server's end: orders go out, descriptors come back */
#include "serve_private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"

#define NOT_TO_RUN 8U /* MFD_NOEXEC_SEAL, since Linux 6.3 */
#define PIPE_BYTES (1024 * 1024) /* what git may have ready before it waits */

struct serve {
	int control;
	pid_t process;
	struct counts *counts;
};

/* Nothing of the server comes along: not its locks on the data, not its
 * tables, not its log on standard output. */
static void become_process(const struct serve_options *options, int control, struct counts *counts)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(control, 3) < 0
		|| close_range(4, ~0U, 0))
		_exit(127);
	prctl(PR_SET_NAME, "guidehall-git");
	if (options->lock && !options->lock(options->site, false))
		_exit(127);
	serve_process(options, 3, counts);
}

struct serve *serve_start(const struct serve_options *options)
{
	struct serve *serve = memory_must(calloc(1, sizeof(*serve)));
	int ends[2];

	serve->counts = mmap(NULL, sizeof(*serve->counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (serve->counts == MAP_FAILED)
		memory_out();
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) || (serve->process = fork()) < 0) {
		fprintf(stderr, "guidehall: cannot start the process for clones: %s\n", strerror(errno));
		munmap(serve->counts, sizeof(*serve->counts));
		free(serve);
		return NULL;
	}
	if (!serve->process)
		become_process(options, ends[1], serve->counts);
	close(ends[1]);
	serve->control = ends[0];
	return serve;
}

void serve_stop(struct serve *serve)
{
	if (!serve)
		return;
	close(serve->control);
	waitpid(serve->process, NULL, 0);
	munmap(serve->counts, sizeof(*serve->counts));
	free(serve);
}

struct serve_load serve_load(const struct serve *serve)
{
	const struct counts *c = serve ? serve->counts : NULL;

	return c ? (struct serve_load) { c->running, c->waiting, c->started, c->refused, c->derived } : (struct serve_load) { 0 };
}

/* ---- one order ---- */

static void fd_release(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Where the kernel cannot seal it, its mode says so; git may not change modes. */
int serve_memory(void)
{
	int fd = memfd_create("fetch", MFD_CLOEXEC | NOT_TO_RUN);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("fetch", MFD_CLOEXEC);
	if (fd >= 0)
		fchmod(fd, 0600);
	return fd;
}

/* A file in memory, read from its beginning: a pipe would make us wait. */
static bool body_file(struct task *task, const struct serve_order *order, int *out)
{
	size_t sent = 0;

	*out = serve_memory();
	if (*out < 0)
		return broken(task, "memfd_create: %s", strerror(errno));
	while (sent < order->len) {
		ssize_t n = write(*out, order->body + sent, order->len - sent);

		if (n <= 0)
			return broken(task, "a file in memory: %s", strerror(errno));
		sent += (size_t)n;
	}
	return !lseek(*out, 0, SEEK_SET) || broken(task, "lseek: %s", strerror(errno));
}

static bool make_pipe(struct task *task, int ends[2])
{
	return !pipe2(ends, O_CLOEXEC) || broken(task, "pipe: %s", strerror(errno));
}

static bool send_order(struct task *task, const struct serve_order *order, const int fds[static 3])
{
	struct packet packet = { .version = order->version, .what = (uint8_t)order->what, .protocol = (uint8_t)order->protocol };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(3 * sizeof(int))];
	} control = { 0 };
	struct iovec bytes = { &packet, sizeof(packet) };
	struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	snprintf(packet.repository, sizeof(packet.repository), "%s", order->repository);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(3 * sizeof(int));
	memcpy(CMSG_DATA(header), fds, 3 * sizeof(int));
	if (sendmsg(task->serve->control, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)sizeof(packet))
		return true;
	if (errno == EAGAIN)
		return fail(task, ERR_BUSY, "Too many are cloning at once. Please try again in a moment.");
	return broken(task, "the process for clones: %s", strerror(errno));
}

bool serve_ask(struct task *task, const struct serve_order *order, struct served *out)
{
	AUTO(fd_release) int body = -1;
	AUTO(fd_release) int write_end = -1;
	AUTO(fd_release) int read_end = -1;
	AUTO(fd_release) int leash = -1;
	AUTO(fd_release) int leash_end = -1;
	int ends[2];

	if (!body_file(task, order, &body) || !make_pipe(task, ends))
		return false;
	read_end = ends[0];
	write_end = ends[1];
	fcntl(read_end, F_SETPIPE_SZ, PIPE_BYTES); /* as much as we are allowed */
	if (fcntl(read_end, F_SETFL, O_NONBLOCK))
		return broken(task, "pipe: %s", strerror(errno));
	if (!make_pipe(task, ends))
		return false;
	leash_end = ends[0];
	leash = ends[1];
	if (!send_order(task, order, (const int[]) { body, write_end, leash_end }))
		return false;
	*out = (struct served) { read_end, leash };
	/* NOLINTNEXTLINE(clang-analyzer-deadcode.DeadStores): AUTO() reads them */
	read_end = leash = -1; /* the caller's now */
	return true;
}
