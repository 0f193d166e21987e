/* spawn.c: becoming git, with nothing inherited that could change what it does */
#include "serve_private.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define GIT "/usr/bin/git"
#define MEMORY_BYTES (4LL * 1024 * 1024 * 1024) /* address space: packs are mapped */
#define CPU_SECONDS 300
#define FILES 256

static void limit(__rlimit_resource_t what, rlim_t most)
{
	const struct rlimit limit = { most, most };

	if (setrlimit(what, &limit))
		_exit(127);
}

void spawn_git(const struct serve_options *options, const char *const *words, int protocol)
{
	char version[] = "GIT_PROTOCOL=version=0";
	char *const environment[] = { "PATH=/usr/bin:/bin", "HOME=/nonexistent", "LANG=C", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0", protocol ? version : NULL, NULL };
	sigset_t none;

	version[sizeof(version) - 2] = (char)('0' + protocol);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody would hear that its client went */
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, CPU_SECONDS);
	limit(RLIMIT_NOFILE, FILES);
	if (options && options->lock && !options->lock(options->site, true))
		_exit(127);
	/* last: locking in needs memory, and test builds have more of it */
	limit(RLIMIT_AS, MEMORY_BYTES);
	execve(GIT, (char *const *)(uintptr_t)words, environment);
	fprintf(stderr, "guidehall: cannot start %s; is the package git installed?\n", GIT);
	_exit(127);
}
