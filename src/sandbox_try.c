/* sandbox_try.c: trying the acts
 *
 * Each runs in a process of its own that locks itself exactly as the server,
 * the process that starts git, or git does. An act counts as refused when the
 * answer is the sandbox's (EPERM, EACCES; EXDEV for a file that would move
 * out); another error means that the kernel looked at it. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "git/serve.h"
#include "sandbox_acts.h"

/* ---- trying ---- */

#define PATIENCE_SECONDS 20

/* How a process that played an act ends; a program that took its place ends
 * with 0 or as it likes. */
enum outcome {
	CAME_THROUGH = 0,
	FAILED = 1,
	REFUSED = 101,
	NOT_LOCKED = 102,
};

static bool is_refusal(int error)
{
	return error == EPERM || error == EACCES || error == EXDEV;
}

static void quiet(void)
{
	int null = open("/dev/null", O_RDWR);

	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
}

static enum outcome play(const struct stage *s, enum locked who, const struct act *act)
{
	struct sandbox locked;

	quiet();
	alarm(PATIENCE_SECONDS);
	if ((who == LOCK_GIT && !sandbox_lock(&s->conf, LOCK_STARTER, &locked)) || !sandbox_lock(&s->conf, who, &locked))
		return NOT_LOCKED;
	errno = 0;
	if (act->run(s))
		return CAME_THROUGH;
	return is_refusal(errno) ? REFUSED : FAILED;
}

static int try(const struct stage *s, enum locked who, const struct act *act)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid)
		_exit((int)play(s, who, act));
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return FAILED;
	return WEXITSTATUS(status);
}

static const char *words_for(int outcome, bool works)
{
	if (outcome == NOT_LOCKED)
		return "NOT LOCKED";
	if (works)
		return outcome == CAME_THROUGH ? "works" : "DOES NOT WORK";
	return outcome == REFUSED ? "refused" : "CAME THROUGH";
}

static bool report(const struct stage *s, enum locked who, const struct act *act, FILE *out)
{
	int outcome = try(s, who, act);
	bool good = outcome == (act->works ? CAME_THROUGH : REFUSED);

	fprintf(out, "%-4s %-8s %-13s %s\n", good ? "ok" : "FAIL",
		who == LOCK_SERVER ? "server" : who == LOCK_STARTER ? "starter" : "git",
		words_for(outcome, act->works), act->name);
	return good;
}

/* ---- the stage ---- */

static bool write_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);
	bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return good;
}

static bool make_files(struct stage *s)
{
	snprintf(s->folder, sizeof(s->folder), "/tmp/guidehall-sandbox-XXXXXX");
	if (!mkdtemp(s->folder))
		return false;
	snprintf(s->data, sizeof(s->data), "%s/data", s->folder);
	snprintf(s->outside, sizeof(s->outside), "%s/outside", s->folder);
	snprintf(s->secret, sizeof(s->secret), "%s/secret", s->folder);
	snprintf(s->inside, sizeof(s->inside), "%s/data/file", s->folder);
	snprintf(s->moved, sizeof(s->moved), "%s/data/moved", s->folder);
	snprintf(s->script, sizeof(s->script), "%s/data/script", s->folder);
	snprintf(s->published, sizeof(s->published), "%s/data/" PUBLIC_REPO, s->folder);
	if (mkdir(s->data, 0700) || mkdir(s->published, 0700))
		return false;
	snprintf(s->published, sizeof(s->published), "%s/data/" PUBLIC_REPO "/HEAD", s->folder);
	return write_file(s->secret, "secret\n", 0644) && write_file(s->published, "ref: refs/heads/main\n", 0644)
		&& write_file(s->inside, "file\n", 0644) && write_file(s->script, "#!/bin/true\n", 0755);
}

static bool copy_program(int to)
{
	char bytes[65536];
	int from = open("/bin/true", O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	while (from >= 0 && (n = read(from, bytes, sizeof(bytes))) > 0)
		if (write(to, bytes, (size_t)n) != n)
			break;
	if (from >= 0)
		close(from);
	return from >= 0 && !n;
}

static bool open_descriptors(struct stage *s)
{
	socklen_t len = sizeof(s->address);

	s->address = (struct sockaddr_in) { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	s->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	s->memory = serve_memory();
	return s->listener >= 0 && s->socket >= 0 && s->memory >= 0 && copy_program(s->memory)
		&& !bind(s->listener, (const struct sockaddr *)&s->address, len) && !listen(s->listener, 16)
		&& !getsockname(s->listener, (struct sockaddr *)&s->address, &len);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
	(void)info;
	(void)type;
	(void)at;
	return remove(path);
}

static void strike(const struct stage *s)
{
	const int all[] = { s->listener, s->socket, s->memory };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i] >= 0)
			close(all[i]);
	if (*s->folder)
		nftw(s->folder, remove_one, 16, FTW_PHYS | FTW_DEPTH);
}

/* Acts use up files: each finds them as the first did. */
static bool try_all(struct stage *s, enum locked who, FILE *out)
{
	bool good = true;

	for (const struct act *act = sandbox_acts; act->name; act++) {
		if (!(act->who & who))
			continue;
		good = report(s, who, act, out) && good;
		write_file(s->secret, "secret\n", 0644);
		write_file(s->inside, "file\n", 0644);
		unlink(s->moved);
		if (unlink(s->outside))
			rmdir(s->outside);
	}
	return good;
}

bool sandbox_try(const struct conf *conf, FILE *out)
{
	struct stage s = { .conf = *conf, .parent = getpid(), .listener = -1, .socket = -1, .memory = -1 };
	bool good = make_files(&s) && open_descriptors(&s);

	s.conf.data = s.data;
	fflush(out);
	if (!good)
		fprintf(out, "FAIL cannot prepare in %s: %s\n", s.folder, strerror(errno));
	else
		good = try_all(&s, LOCK_SERVER, out) & try_all(&s, LOCK_STARTER, out) & try_all(&s, LOCK_GIT, out);
	strike(&s);
	return good;
}
