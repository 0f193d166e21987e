/* sandbox_rules.c: what each locked process may do, and why
 *
 * All else is refused with EPERM. A feature that needs more adds its line
 * here: as outgoing mail in a process of its own, or a database on another
 * port. */
#include <linux/prctl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "sandbox.h"

#define SERVER LOCK_SERVER
#define STARTER LOCK_STARTER
#define GIT LOCK_GIT
#define ALL (SERVER | STARTER | GIT)

/* ---- files ---- */

#define READ (LAND_READ | LAND_LIST)
#define KEEP (READ | LAND_WRITE | LAND_TRUNCATE | LAND_MAKE | LAND_REMOVE | LAND_MOVE)
#define RUN (LAND_READ | LAND_EXECUTE)

/* Templates, style sheets and guides are in memory by then; time is UTC. */
const struct sandbox_path sandbox_paths[] = {
	{ "@data", SERVER, KEEP, "tables, repository, release files" },
	{ "/dev/urandom", SERVER | GIT | STARTER, LAND_READ, "SQLite and git name temporary files" },
	{ "@data", STARTER, KEEP, "reads the repository, makes the one that is given out beside it" },
	{ "@public", GIT, READ, "what is published, and nothing else of the data" },
	{ "/dev/null", STARTER | GIT, LAND_READ | LAND_WRITE | LAND_TRUNCATE, "git's input or output, where it has none" },
	{ "/usr/bin/git", STARTER | GIT, RUN, "git" },
	{ "/usr/lib/git-core/git", STARTER | GIT, RUN, "git starts itself under this name" },
	{ "/bin/sh", STARTER, RUN, "git fetches from a folder through a shell; not when it talks to a stranger" },
	{ "@interpreter", STARTER | GIT, RUN, "loads programs" },
	{ "/etc/ld.so.cache", STARTER | GIT, LAND_READ, "where libraries are" },
	{ "/usr/lib", STARTER | GIT, READ, "git's libraries" },
	{ "/lib", STARTER | GIT, READ, "the same, where it is a folder of its own" },
#ifdef __SANITIZE_ADDRESS__
	{ "/proc/self", SERVER, READ, "test builds: the leak checker lists threads and memory" },
	{ "/usr/lib", SERVER, READ, "test builds: names for its report" },
#endif
	{ 0 }
};

/* ---- calls ---- */

#define NAMESPACES (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)
#define WORD 0xffffffffULL /* the half of an argument that is looked at */

const struct sandbox_calls sandbox_calls[] = {
	/* memory */
	{ "mmap mprotect", SERVER, "memory, but nothing that can be run: code is what was loaded at the start", 2, PROT_EXEC, 0 },
	{ "mmap mprotect", STARTER | GIT, "git is loaded with its libraries" },
	{ "munmap mremap madvise brk", ALL, "memory" },
	{ "msync", ALL, "files mapped into memory" },

	/* threads and processes */
	{ "clone", SERVER, "threads, and no processes", 0, CLONE_THREAD | NAMESPACES, CLONE_THREAD },
	{ "clone", STARTER | GIT, "git starts itself", 0, NAMESPACES, 0 },
	{ "fork vfork", STARTER | GIT, "the same" },
	{ "execve", STARTER | GIT, "git; which programs, Landlock says" },
	{ "set_robust_list get_robust_list rseq set_tid_address futex exit exit_group gettid getpid getppid sched_yield sched_getaffinity restart_syscall",
		ALL, "threads begin, wait and end" },
	{ "arch_prctl", STARTER | GIT, "a program that begins" },
	{ "wait4 waitid", ALL, "the end of those one started" },
	{ "tgkill", ALL, "abort()" },
	{ "setpgid", STARTER, "a git and what it starts are ended together" },
	{ "kill", STARTER, "when their client is gone", 1, WORD, SIGKILL },
	{ "getpgrp getpgid", STARTER | GIT, "git asks whether it is in the foreground" },
	{ "prctl", ALL, "threads have names", 0, WORD, PR_SET_NAME },
	{ "prctl", STARTER, "each git is locked in further", 0, WORD, PR_SET_NO_NEW_PRIVS },
	{ "prctl", STARTER, "the same", 0, WORD, PR_SET_DUMPABLE },
	{ "prctl", STARTER, "the same", 0, WORD, PR_GET_SECCOMP },
	{ "seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self", STARTER, "the same" },
	{ "prlimit64", STARTER, "time, memory and files of each git" },
	{ "prlimit64", GIT, "the last of them, on memory, is set in the locked process", 1, WORD, RLIMIT_AS },
	{ "getrlimit", ALL, "how many files may be open" },
	{ "prlimit64", SERVER | GIT, "the same: asking, not setting", 2, ~0ULL, 0 },

	/* signals */
	{ "rt_sigprocmask rt_sigaction rt_sigreturn sigaltstack", ALL, "signals" },
	{ "rt_sigtimedwait", SERVER, "waits for SIGTERM" },
	{ "signalfd signalfd4", STARTER, "hears when a git ends" },
	{ "pause setitimer alarm", GIT, "git's timeout and progress" },

	/* time */
	{ "clock_gettime clock_getres gettimeofday time nanosleep clock_nanosleep", ALL, "time; nobody sets it" },

	/* what is open */
	{ "read readv pread64 preadv write writev pwrite64 pwritev lseek close fcntl fstat", ALL, "reading and writing what is open" },
	{ "dup dup2 dup3 close_range", STARTER | GIT, "input and output of what is started" },
	{ "pipe pipe2", ALL, "git's answer comes through one" },
	{ "poll ppoll select pselect6", ALL, "waiting for what is open" },
	{ "epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd2", SERVER, "libmicrohttpd waits for all its connections" },
	{ "memfd_create", SERVER, "what a client asked of git, as a file" },

	/* files; which, Landlock says */
	{ "open openat", ALL, "opening" },
	{ "stat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getdents64 getcwd statfs fstatfs", ALL, "looking" },
	{ "fadvise64 fsync fdatasync syncfs sync_file_range flock ftruncate fallocate", ALL, "syncing, locking, shortening" },
	{ "umask", GIT, "git asks" },
	{ "mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat", SERVER | STARTER, "the data folder" },
	{ "umask chmod fchmod fchmodat utimensat utime utimes", SERVER | STARTER, "modes of new files; git marks objects as used" },
	{ "symlink symlinkat", STARTER, "git init tries whether links work here; Landlock lets none be made" },
	{ "chdir fchdir", STARTER | GIT, "git goes into the repository" },
	{ "sendfile", SERVER, "libmicrohttpd, from what is open" },

	/* the network: what was opened before, and what comes in through it */
	{ "accept accept4 recvfrom sendto getsockopt setsockopt getsockname getpeername shutdown", SERVER, "requests and answers" },
	{ "recvmsg", SERVER | STARTER, "orders to start git" },
	{ "sendmsg", SERVER, "the same; and answers in several pieces" },

	/* about oneself */
	{ "getuid geteuid getgid getegid uname sysinfo getrusage getrandom getcpu", ALL, "who and where one is; chance" },
	{ "getgroups", STARTER | GIT, "git asks whose the repository is" },
#ifdef __SANITIZE_ADDRESS__
	{ "ptrace getdents", SERVER, "test builds: the leak checker stops its own threads; Landlock keeps it to those" },
	{ "clone", SERVER, "test builds: the leak checker works in a process of its own", 0, NAMESPACES, 0 },
	{ "prctl", SERVER, "test builds: the same", 0, WORD, PR_SET_DUMPABLE },
	{ "prctl", SERVER, "test builds: the same", 0, WORD, PR_GET_DUMPABLE },
	{ "prctl", SERVER, "test builds: the same", 0, WORD, PR_SET_PTRACER },
#endif
	{ 0 }
};
