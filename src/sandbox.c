#include "sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "git/serve.h"

static bool complain(const char *what, const char *name, int error)
{
	fprintf(stderr, "guidehall: the sandbox: %s %s: %s\n", what, name, strerror(error));
	return false;
}

/* ---- Landlock ---- */

#define VERSION_WANTED (1U << 0)
#define RULE_PATH 1
#define TCP_BOTH 3ULL /* bind and connect: with no rule for any port */
#define SCOPE_BOTH 3ULL /* abstract Unix sockets and signals stay among ourselves */

/* As the kernel has it; older ones take only the beginning. */
struct ruleset {
	uint64_t files, tcp, scope;
};

struct path_rule {
	uint64_t rights;
	int32_t fd;
} __attribute__((packed));

/* The first would not let a file move between folders, as git's objects do. */
static int landlock_version(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION_WANTED);

	return version > 1 ? (int)version : 0;
}

/* Every right this kernel can take away. */
static uint64_t known_rights(int version)
{
	static const int bits[] = { 0, 13, 14, 15, 15, 16 };

	return (1ULL << bits[version < 5 ? version : 5]) - 1;
}

static size_t ruleset_bytes(int version)
{
	return version < 4 ? sizeof(uint64_t) : version < 6 ? 2 * sizeof(uint64_t) : sizeof(struct ruleset);
}

/* What loads programs: git's is ours. */
static int find_interpreter(struct dl_phdr_info *info, size_t size, void *out)
{
	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_INTERP)
			*(const char **)out = (const char *)info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
	return 1; /* the program itself comes first */
}

static const char *real_path(const struct conf *conf, const char *path, char room[4096])
{
	const char *interpreter = "";

	if (!strcmp(path, "@data"))
		return conf->data;
	if (!strcmp(path, "@public")) {
		snprintf(room, 4096, "%s/" PUBLIC_REPO, conf->data);
		return room;
	}
	if (!strcmp(path, "@interpreter")) {
		dl_iterate_phdr(find_interpreter, &interpreter);
		return interpreter;
	}
	return path;
}

/* What is not there needs no right. */
static bool allow_path(int ruleset, const char *path, uint64_t rights)
{
	struct path_rule rule = { rights, open(path, O_PATH | O_CLOEXEC) };
	struct stat st;
	bool good;

	if (rule.fd < 0)
		return errno == ENOENT || complain("cannot open", path, errno);
	if (!fstat(rule.fd, &st) && !S_ISDIR(st.st_mode))
		rule.rights &= LAND_EXECUTE | LAND_READ | LAND_WRITE | LAND_TRUNCATE;
	good = !syscall(SYS_landlock_add_rule, ruleset, RULE_PATH, &rule, 0);
	if (!good)
		complain("Landlock refuses", path, errno);
	close(rule.fd);
	return good;
}

static bool allow_paths(int ruleset, const struct conf *conf, enum locked who, uint64_t known)
{
	char room[4096];

	for (const struct sandbox_path *p = sandbox_paths; p->path; p++)
		if ((p->who & who) && !allow_path(ruleset, real_path(conf, p->path, room), p->rights & known))
			return false;
	return true;
}

static bool lock_files(const struct conf *conf, enum locked who, int version)
{
	struct ruleset attr = { known_rights(version), TCP_BOTH, SCOPE_BOTH };
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, ruleset_bytes(version), 0);
	bool good;

	if (ruleset < 0)
		return complain("Landlock", "ruleset", errno);
	good = allow_paths(ruleset, conf, who, attr.files);
	if (good && syscall(SYS_landlock_restrict_self, ruleset, 0))
		good = complain("Landlock", "restrict", errno);
	close(ruleset);
	return good;
}

/* ---- seccomp ---- */

static bool has_seccomp(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0 || errno != EINVAL;
}

/* A name this machine's kernel or libseccomp does not have stays forbidden. */
static int allow_call(scmp_filter_ctx filter, const char *name, const struct sandbox_calls *row)
{
	int number = seccomp_syscall_resolve_name(name);

	if (number == __NR_SCMP_ERROR)
		return 0;
	if (!row->mask)
		return seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 1,
		SCMP_CMP64(row->arg, SCMP_CMP_MASKED_EQ, row->mask, row->value));
}

static int allow_row(scmp_filter_ctx filter, const struct sandbox_calls *row)
{
	char names[512], *rest = names, *name;
	int rc = 0;

	snprintf(names, sizeof(names), "%s", row->names);
	while (!rc && (name = strsep(&rest, " ")))
		rc = allow_call(filter, name, row);
	return rc;
}

static int fill(scmp_filter_ctx filter, enum locked who)
{
	/* git's calls pass through both filters */
	unsigned rows = who == LOCK_STARTER ? LOCK_STARTER | LOCK_GIT : who;
	/* its flags are in memory, where a filter cannot look; the C library then takes clone() */
	int rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);

	for (const struct sandbox_calls *row = sandbox_calls; !rc && row->names; row++)
		if (row->who & rows)
			rc = allow_row(filter, row);
	return rc;
}

static bool lock_calls(enum locked who)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc;

	if (!filter)
		return complain("seccomp", "filter", ENOMEM);
	/* all threads, should a library have started one; and a tree, not a list */
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	rc = fill(filter, who);
	if (!rc)
		rc = seccomp_load(filter);
	seccomp_release(filter);
	return !rc || complain("seccomp", "filter", -rc);
}

/* ---- both ---- */

struct sandbox sandbox_available(void)
{
	return (struct sandbox) { landlock_version(), has_seccomp() };
}

/* Passwords pass through memory: no copy of it on disk, no debugger but root's. */
static bool lock_memory(void)
{
	const struct rlimit none = { 0, 0 };

	return (!setrlimit(RLIMIT_CORE, &none) && !prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		|| complain("core", "dumps", errno);
}

/* Landlock takes the calling thread and its children: one that is older would
 * stay free. A thread of the sanitizer's own is no way in. A fork of a locked
 * process has one thread, and may not look. */
static bool is_alone(void)
{
#ifdef __SANITIZE_THREAD__
	return true;
#else
	DIR *tasks = opendir("/proc/self/task");
	int count = 0;

	while (tasks && readdir(tasks))
		count++;
	if (tasks)
		closedir(tasks);
	return count <= 3 || complain("other threads", "are running", EBUSY); /* ".", ".." and this one */
#endif
}

bool sandbox_lock(const struct conf *conf, enum locked who, struct sandbox *out)
{
	struct sandbox can = sandbox_available();

	*out = (struct sandbox) { 0 };
	if (!conf->sandbox)
		return true;
	*out = can;
	if (!is_alone())
		return false;
	/* never more rights by starting something, on which both rest */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return complain("no new", "privileges", errno);
	return lock_memory()
		&& (!can.landlock || lock_files(conf, who, can.landlock))
		&& (!can.seccomp || lock_calls(who));
}
