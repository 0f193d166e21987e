#include "doctor.h"

#include <fcntl.h>
#include <git2.h>
#include <microhttpd.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/room.h"
#include "sandbox.h"

#define GIT "/usr/bin/git"
#define GIT_MAJOR 2 /* upload-pack --http-backend-info-refs */
#define GIT_MINOR 34
#define WRITTEN_AT 1764000000 /* November 2025: it cannot be earlier */

void doctor_say(struct doctor *d, enum verdict verdict, const char *topic, const char *mend, const char *format, ...)
{
	static const char *const words[] = { "ok", "warn", "fail" };
	va_list args;

	printf("%-4s  %-14s  ", words[verdict], topic);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf(mend ? "; mend: %s\n" : "\n", mend);
	d->bad = d->bad || verdict == BAD;
}

/* ---- git ---- */

/* "git version 2.39.5" */
static bool git_says(char *line, size_t size)
{
	int ends[2], status;
	ssize_t n;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) || (pid = fork()) < 0)
		return false;
	if (!pid) {
		dup2(ends[1], STDOUT_FILENO);
		execl(GIT, "git", "--version", NULL);
		_exit(127);
	}
	close(ends[1]);
	n = read(ends[0], line, size - 1);
	close(ends[0]);
	line[n > 0 ? n : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

static void check_git(struct doctor *d)
{
	const char *mend = "apt-get install git";
	char line[256], *rest;
	long major, minor;

	if (!d->task.conf->clone_processes) {
		doctor_say(d, FINE, "git", NULL, "clone_processes is 0: nobody may clone, and git is not needed");
		return;
	}
	if (!git_says(line, sizeof(line))) {
		doctor_say(d, BAD, "git", mend, GIT " does not start: nobody can clone");
		return;
	}
	major = strtol(line + strcspn(line, "0123456789"), &rest, 10);
	minor = *rest ? strtol(rest + 1, NULL, 10) : 0;
	if (major < GIT_MAJOR || (major == GIT_MAJOR && minor < GIT_MINOR))
		doctor_say(d, BAD, "git", mend, "%s is older than %d.%d: clones will not work", line, GIT_MAJOR, GIT_MINOR);
	else
		doctor_say(d, FINE, "git", NULL, "%s", line);
}

/* ---- libraries and files of the program ---- */

/* "[::1]:8080" or "127.0.0.1:8080" */
static bool is_loopback(const char *listen)
{
	return !strncmp(listen, "127.", 4) || !strncmp(listen, "localhost:", 10) || !strncmp(listen, "[::1]:", 6) || !strncmp(listen, "::1:", 4);
}

static void check_libraries(struct doctor *d)
{
	const struct conf *conf = d->task.conf;
	const char *version = MHD_get_version(), *mend = "put nginx in front: src/deploy/nginx.conf, and behind_proxy = 1";
	int major, minor, patch;

	if (strtol(version, NULL, 10) >= 1 || conf->behind_proxy)
		doctor_say(d, FINE, "libmicrohttpd", NULL, "%s%s", version, conf->behind_proxy ? ", behind a proxy" : "");
	else if (is_loopback(conf->listen))
		doctor_say(d, WARN, "libmicrohttpd", mend, "%s lets slow clients stay; only this machine reaches %s", version, conf->listen);
	else
		doctor_say(d, BAD, "libmicrohttpd", mend, "%s lets slow clients stay, and everybody reaches %s", version, conf->listen);
	git_libgit2_version(&major, &minor, &patch);
	doctor_say(d, FINE, "libraries", NULL, "libgit2 %d.%d.%d, SQLite %s", major, minor, patch, sqlite3_libversion());
}

static bool is_there(struct doctor *d, const char *name)
{
	return !access(arena_printf(&d->task.arena, "%s/%s", d->task.conf->web, name), R_OK);
}

static void check_web(struct doctor *d)
{
	const char *web = d->task.conf->web;

	if (!is_there(d, "layout.html") || !is_there(d, "pages")) {
		doctor_say(d, BAD, "pages", "set web = FOLDER to the folder web of the source tree", "%s holds no pages", web);
		return;
	}
	doctor_say(d, FINE, "pages", NULL, "%s", web);
	if (is_there(d, "built/fonts.css"))
		doctor_say(d, FINE, "fonts", NULL, "fonts, icons and the editor's toolbar are built");
	else
		doctor_say(d, WARN, "fonts", "apt-get install npm, then ./dev build in the source tree",
			"not built: the site uses the system's fonts, and has no icons and no toolbar");
}

/* ---- settings ---- */

static void check_address(struct doctor *d)
{
	const struct conf *conf = d->task.conf;
	bool https = !strncmp(conf->public_url, "https://", 8);

	if (conf->behind_proxy && !*conf->public_url)
		doctor_say(d, BAD, "public_url", "public_url = https://your.site", "is empty behind a proxy: links, feeds and cookies will be wrong");
	else if (!*conf->public_url && !is_loopback(conf->listen))
		doctor_say(d, WARN, "public_url", "public_url = https://your.site", "is empty: links in feeds follow what the browser says");
	else if (*conf->public_url && !https)
		doctor_say(d, WARN, "public_url", "put TLS in front and write https://", "%s: passwords travel in the clear", conf->public_url);
	else if (https && !conf->behind_proxy)
		doctor_say(d, WARN, "behind_proxy", "behind_proxy = 1, when the proxy writes X-Forwarded-For",
			"is 0: all readers count as one address, and are slowed down together");
	else
		doctor_say(d, FINE, "public_url", NULL, "%s", *conf->public_url ? conf->public_url : "none is needed on this machine alone");
}

static void check_limits(struct doctor *d)
{
	const struct conf *conf = d->task.conf;
	int64_t need = descriptors_needed(conf), may = descriptors_allow(need);

	if (may >= need)
		doctor_say(d, FINE, "open files", NULL, "%lld may be, %lld are needed for %lld connections", (long long)may, (long long)need,
			(long long)conf->connections_max);
	else
		doctor_say(d, BAD, "open files", arena_printf(&d->task.arena, "ulimit -n %lld, or LimitNOFILE=%lld in the unit", (long long)need, (long long)need),
			"only %lld may be; connections_max = %lld needs %lld", (long long)may, (long long)conf->connections_max, (long long)need);
	if (conf->rate_limits)
		doctor_say(d, FINE, "rate limits", NULL, "on");
	else
		doctor_say(d, WARN, "rate limits", "rate_limits = 1", "off: passwords can be guessed as fast as the machine hashes");
}

static void check_clock(struct doctor *d)
{
	struct timex state = { 0 };
	const char *mend = "apt-get install systemd-timesyncd";

	if (time(NULL) < WRITTEN_AT)
		doctor_say(d, BAD, "clock", mend, "it is earlier than this program: sessions and releases would get wrong dates");
	else if (adjtimex(&state) == TIME_ERROR)
		doctor_say(d, WARN, "clock", mend, "nothing keeps it right");
	else
		doctor_say(d, FINE, "clock", NULL, "kept right");
}

static void check_sandbox(struct doctor *d)
{
	const struct sandbox can = sandbox_available();

	if (!d->task.conf->sandbox) {
		doctor_say(d, WARN, "sandbox", "sandbox = 1", "off by the settings: a hole in a library would reach all of this account");
		return;
	}
	if (can.landlock)
		doctor_say(d, FINE, "sandbox", NULL, "Landlock %d: files%s%s", can.landlock, can.landlock >= 4 ? ", ports" : "", can.landlock >= 6 ? ", signals" : "");
	else
		doctor_say(d, WARN, "sandbox", "a kernel from 5.19 on, with landlock in the kernel parameter lsm=", "no Landlock: any file of this account can be opened");
	if (can.seccomp)
		doctor_say(d, FINE, "sandbox", NULL, "seccomp: only calls of the table; try it: guidehall doctor --sandbox");
	else
		doctor_say(d, WARN, "sandbox", "a kernel with CONFIG_SECCOMP_FILTER", "no seccomp: any call is possible");
}

bool doctor_examine(const struct conf *conf)
{
	static void (*const checks[])(struct doctor *d) = { check_git, check_libraries, check_web, check_address, check_limits, check_clock,
		check_sandbox, doctor_examine_data };
	struct doctor d = { .task = { .conf = conf, .now = time(NULL) } };

	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		fflush(stdout);
		checks[i](&d);
	}
	arena_free(&d.task.arena);
	return !d.bad;
}
