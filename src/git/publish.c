/* publish.c: the repository that is given out, derived from the one that is
 * written to
 *
 * It holds main, the tags, what they lead to, and nothing else. It only ever
 * grows by what git fetch brings; what was published and is no longer (main
 * rewound, a tag moved or gone) cannot be left out by growing, so then it is
 * made anew beside the old one and takes its place. */
#include "serve_private.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/crash.h"

#define PACKS_MAX 16 /* more, and they are made one */
#define NAMES_BYTES (4 * 1024 * 1024)

static bool run(const char *const *words)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		spawn_git(NULL, words, 2);
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

static bool init(const char *path)
{
	return run((const char *[]) { "git", "init", "--quiet", "--bare", "--initial-branch=main", "--template=", "--", path, NULL });
}

/* Without a plus: nothing is taken back, which is what we want to be told. */
static bool fetch(const char *path, const char *source)
{
	return run((const char *[]) { "git", "-C", path, "-c", "core.hooksPath=/dev/null", "-c", "core.fsync=all",
		"-c", "fetch.unpackLimit=1", "-c", "safe.directory=*", "fetch", "--quiet", "--no-write-fetch-head", "--no-auto-maintenance",
		"--no-tags", "--atomic", "--", source, "refs/heads/main:refs/heads/main", "refs/tags/*:refs/tags/*", NULL });
}

static bool one_pack(const char *path)
{
	return run((const char *[]) { "git", "-C", path, "-c", "core.fsync=all", "-c", "safe.directory=*", "repack", "-a", "-d", "-q", "--write-bitmap-index", NULL });
}

static bool has_many_packs(const char *path)
{
	char pattern[4096];
	glob_t found;
	bool many;

	snprintf(pattern, sizeof(pattern), "%s/objects/pack/*.pack", path);
	many = !glob(pattern, GLOB_NOSORT, NULL, &found) && found.gl_pathc > PACKS_MAX;
	globfree(&found);
	return many;
}

/* ---- is all of it still published? ---- */

static void list_names(const char *path, int output)
{
	dup2(output, STDOUT_FILENO);
	spawn_git(NULL, (const char *[]) { "git", "-C", path, "-c", "safe.directory=*", "for-each-ref", "--format=%(refname)", "refs/heads/main", "refs/tags", NULL }, 0);
}

/* Names of references, sorted, a line each. False when there are too many
 * to compare, or git fails. */
static bool read_names(const char *path, char *names)
{
	size_t len = 0;
	int ends[2], status;
	ssize_t n = 0;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) || (pid = fork()) < 0)
		return false;
	if (!pid)
		list_names(path, ends[1]);
	close(ends[1]);
	while (len < NAMES_BYTES - 1 && (n = read(ends[0], names + len, NAMES_BYTES - 1 - len)) > 0)
		len += (size_t)n;
	close(ends[0]);
	names[len] = '\0';
	return waitpid(pid, &status, 0) == pid && !n && WIFEXITED(status) && !WEXITSTATUS(status);
}

static bool is_subset(const char *few, const char *many)
{
	while (*few) {
		size_t len = strcspn(few, "\n") + 1;

		while (*many && strncmp(few, many, len))
			many += strcspn(many, "\n") + 1;
		if (!*many)
			return false;
		few += len;
	}
	return true;
}

static bool all_published(const char *path, const char *source)
{
	char *ours = malloc(NAMES_BYTES), *theirs = malloc(NAMES_BYTES);
	bool good = ours && theirs && read_names(path, ours) && read_names(source, theirs) && is_subset(ours, theirs);

	free(ours);
	free(theirs);
	return good;
}

/* ---- anew ---- */

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
	(void)info;
	(void)type;
	(void)at;
	return remove(path);
}

static bool remove_tree(const char *path)
{
	return !nftw(path, remove_one, 16, FTW_PHYS | FTW_DEPTH) || errno == ENOENT;
}

static bool take_place(const char *fresh, const char *path)
{
	char old[4096];

	/* at once where the file system can: somebody may be opening it */
	if (!renameat2(AT_FDCWD, fresh, AT_FDCWD, path, RENAME_EXCHANGE))
		return remove_tree(fresh);
	snprintf(old, sizeof(old), "%s.old", path);
	if (!remove_tree(old) || (rename(path, old) && errno != ENOENT))
		return false;
	crash_point("public.away");
	if (rename(fresh, path))
		return false;
	crash_point("public.in-place");
	return remove_tree(old);
}

static bool make_anew(const char *path, const char *source)
{
	char fresh[4096];

	snprintf(fresh, sizeof(fresh), "%s.new", path);
	if (!remove_tree(fresh) || !init(fresh))
		return false;
	crash_point("public.empty");
	if (!fetch(fresh, source))
		return false;
	crash_point("public.filled");
	return take_place(fresh, path);
}

bool publish(const struct serve_options *options, bool anew)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", options->root, PUBLIC_REPO);
	if (anew || access(path, F_OK) || !fetch(path, options->source) || !all_published(path, options->source))
		return make_anew(path, options->source);
	crash_point("public.grown");
	return !has_many_packs(path) || one_pack(path);
}
