/* fixture.h: a repository in a scratch directory, and git itself as a witness */
#ifndef TESTS_GIT_FIXTURE_H
#define TESTS_GIT_FIXTURE_H

#include <limits.h>
#include <stdarg.h>
#include <unistd.h>

#include "../test.h"
#include "git/change.h"

#define GUIDE "guides/twitter/en.md"

struct fixture {
	char dir[PATH_MAX];
	char path[PATH_MAX + 16];
	struct repo *repo;
	struct task task;
};

/* Output of a shell command, at most 64 KiB. The caller's static buffer. */
static inline const char *run(const char *format, ...)
{
	static char out[64 * 1024];
	char command[4096];
	va_list args;
	FILE *pipe;
	size_t len;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	pipe = popen(command, "r");
	if (!pipe)
		abort();
	len = fread(out, 1, sizeof(out) - 1, pipe);
	out[len] = '\0';
	CHECK(pclose(pipe) == 0);
	return out;
}

static inline void fixture_open(struct fixture *f)
{
	const char *tmp = getenv("TMPDIR");

	*f = (struct fixture) { 0 };
	snprintf(f->dir, sizeof(f->dir), "%s/guidehall-git-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(f->dir))
		abort();
	snprintf(f->path, sizeof(f->path), "%s/guides.git", f->dir);
	repo_init();
	f->repo = repo_open(f->path);
	CHECK(f->repo);
	f->task = (struct task) { .now = 1700000000, .repo = f->repo, .who = { .account = 1 } };
}

/* Ends with git's own opinion of what we wrote. */
static inline void fixture_close(struct fixture *f)
{
	CHECK_STR(run("git -C %s fsck --full --strict --no-dangling 2>&1", f->path), "");
	repo_close(f->repo);
	arena_free(&f->task.arena);
	run("rm -rf %s", f->dir);
}

/* A commit on `parent` (empty: the first) in which the guide has this text. */
static inline struct oid put(struct task *task, const struct oid *parent,
	const char *text)
{
	const struct change_note note = { .subject = "Edit", .author = 7 };
	struct oid out = { 0 };

	CHECK(change_write(task, parent, GUIDE, text, strlen(text), &note, &out));
	return out;
}

static inline const char *get(struct task *task, const struct oid *commit)
{
	const char *text = NULL;

	return repo_file(task, commit, GUIDE, &text, NULL, NULL) ? text : NULL;
}

/* The reason of the failure that just happened, forgotten. */
static inline enum err_code failure(struct task *task)
{
	enum err_code code = task->err.code;

	task_forgive(task);
	return code;
}

#endif
