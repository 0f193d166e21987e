/* sandbox_acts.c: what must not work in a locked process, and what must
 *
 * Nothing here does harm should it come through: files are made for the
 * purpose, and calls that could change the machine get arguments no kernel
 * takes. */
#include "sandbox_acts.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define SERVER LOCK_SERVER
#define STARTER LOCK_STARTER
#define GIT LOCK_GIT
#define ALL (SERVER | STARTER | GIT)

/* ---- files ---- */

static bool can_open(const char *path, int flags)
{
	return open(path, flags | O_CLOEXEC, 0600) >= 0;
}

static bool read_shadow(const struct stage *s)
{
	(void)s;
	return can_open("/etc/shadow", O_RDONLY);
}

static bool read_passwd(const struct stage *s)
{
	(void)s;
	return can_open("/etc/passwd", O_RDONLY);
}

static bool list_home(const struct stage *s)
{
	(void)s;
	return can_open("/home", O_RDONLY | O_DIRECTORY);
}

static bool read_process(const struct stage *s)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/environ", (int)s->parent);
	return can_open(path, O_RDONLY);
}

static bool read_outside(const struct stage *s)
{
	return can_open(s->secret, O_RDONLY);
}

static bool write_outside(const struct stage *s)
{
	return can_open(s->secret, O_WRONLY);
}

static bool make_outside(const struct stage *s)
{
	return can_open(s->outside, O_WRONLY | O_CREAT);
}

static bool make_folder_outside(const struct stage *s)
{
	return !mkdir(s->outside, 0700);
}

static bool remove_outside(const struct stage *s)
{
	return !unlink(s->secret);
}

static bool move_out(const struct stage *s)
{
	return !rename(s->inside, s->outside);
}

static bool link_in(const struct stage *s)
{
	return !link(s->secret, s->moved);
}

static bool link_symbolically(const struct stage *s)
{
	return !symlink(s->secret, s->moved);
}

static bool make_device(const struct stage *s)
{
	return !mknod(s->moved, S_IFIFO | 0600, 0);
}

static bool read_data(const struct stage *s)
{
	return can_open(s->inside, O_RDONLY);
}

static bool write_published(const struct stage *s)
{
	return can_open(s->published, O_WRONLY);
}

static bool read_published(const struct stage *s)
{
	return can_open(s->published, O_RDONLY);
}

static bool open_by_handle(const struct stage *s)
{
	(void)s;
	return syscall(SYS_open_by_handle_at, AT_FDCWD, NULL, 0) >= 0;
}

static bool keep_a_file(const struct stage *s)
{
	int fd = open(s->inside, O_RDWR | O_CLOEXEC);

	return fd >= 0 && write(fd, "x", 1) == 1 && !fsync(fd) && !ftruncate(fd, 0)
		&& !rename(s->inside, s->moved) && !unlink(s->moved);
}

/* ---- programs ---- */

static bool become(const char *path, const char *word)
{
	char *const words[] = { (char *)(uintptr_t)path, (char *)(uintptr_t)word, NULL };
	char *const environment[] = { NULL };

	execve(path, words, environment);
	return false;
}

static bool start_shell(const struct stage *s)
{
	(void)s;
	return become("/bin/sh", "-c:");
}

static bool start_true(const struct stage *s)
{
	(void)s;
	return become("/bin/true", NULL);
}

static bool start_ssh(const struct stage *s)
{
	(void)s;
	return become("/usr/bin/env", NULL);
}

static bool start_git(const struct stage *s)
{
	(void)s;
	return become("/usr/bin/git", "--version");
}

static bool start_script(const struct stage *s)
{
	return become(s->script, NULL);
}

static bool start_through_fork(const struct stage *s)
{
	int status = 0;
	pid_t pid = fork();

	(void)s;
	if (!pid)
		_exit(become("/bin/true", NULL) ? 0 : errno);
	if (pid < 0)
		return false;
	waitpid(pid, &status, 0);
	errno = WEXITSTATUS(status);
	return !status;
}

/* From a file that has no path, which Landlock does not see. */
static bool start_memory(const struct stage *s)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", s->memory);
	return become(path, NULL);
}

static bool start_memory_at(const struct stage *s)
{
	char *const none[] = { NULL };

	return !syscall(SYS_execveat, s->memory, "", none, none, AT_EMPTY_PATH);
}

static bool make_memory_file(const struct stage *s)
{
	(void)s;
	return memfd_create("program", MFD_CLOEXEC) >= 0;
}

static bool make_code(const struct stage *s)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)s;
	return page != MAP_FAILED && !mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static bool map_code(const struct stage *s)
{
	(void)s;
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static void *nothing(void *arg)
{
	return arg;
}

static bool start_thread(const struct stage *s)
{
	pthread_t thread;

	(void)s;
	return !pthread_create(&thread, NULL, nothing, NULL) && !pthread_join(thread, NULL);
}

/* ---- the network ---- */

static bool open_socket(int family, int type, int protocol)
{
	return socket(family, type | SOCK_CLOEXEC, protocol) >= 0;
}

static bool open_tcp(const struct stage *s)
{
	(void)s;
	return open_socket(AF_INET, SOCK_STREAM, 0);
}

static bool open_udp(const struct stage *s)
{
	(void)s;
	return open_socket(AF_INET6, SOCK_DGRAM, 0);
}

static bool open_unix(const struct stage *s)
{
	(void)s;
	return open_socket(AF_UNIX, SOCK_STREAM, 0);
}

static bool open_packet(const struct stage *s)
{
	(void)s;
	return open_socket(AF_PACKET, SOCK_RAW, htons(0x0003));
}

static bool open_netlink(const struct stage *s)
{
	(void)s;
	return open_socket(AF_NETLINK, SOCK_RAW, 0);
}

static bool connect_out(const struct stage *s)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0 && !connect(fd, (const struct sockaddr *)&s->address, sizeof(s->address));
}

/* On a socket that was open before. */
static bool connect_kept(const struct stage *s)
{
	return !connect(s->socket, (const struct sockaddr *)&s->address, sizeof(s->address));
}

static bool bind_kept(const struct stage *s)
{
	const struct sockaddr_in any = { .sin_family = AF_INET };

	return !bind(s->socket, (const struct sockaddr *)&any, sizeof(any));
}

static bool accept_kept(const struct stage *s)
{
	return accept4(s->listener, NULL, NULL, SOCK_NONBLOCK) >= 0 || errno == EAGAIN;
}

/* ---- other processes ---- */

static bool trace_parent(const struct stage *s)
{
	return !ptrace(PTRACE_SEIZE, s->parent, NULL, NULL);
}

static bool read_parent(const struct stage *s)
{
	char byte;
	const struct iovec mine = { &byte, 1 }, theirs = { (void *)(uintptr_t)&nothing, 1 };

	return process_vm_readv(s->parent, &mine, 1, &theirs, 1, 0) == 1;
}

static bool signal_parent(const struct stage *s)
{
	return !kill(s->parent, SIGCONT);
}

static bool limit_parent(const struct stage *s)
{
	const struct sched_param calm = { 0 };

	return !sched_setscheduler(s->parent, SCHED_OTHER, &calm);
}

/* ---- the machine ---- */

/* Nonsense for arguments: the kernel itself would answer EINVAL or EFAULT. */
#define CALL(name, ...) \
	static bool call_##name(const struct stage *s) \
	{ \
		(void)s; \
		return syscall(SYS_##name, __VA_ARGS__) >= 0; \
	}
CALL(mount, NULL, NULL, NULL, 0, NULL)
CALL(umount2, NULL, -1)
CALL(pivot_root, NULL, NULL)
CALL(chroot, "/")
CALL(unshare, CLONE_NEWNS)
CALL(setns, -1, 0)
CALL(bpf, -1, NULL, 0)
CALL(keyctl, 0, -3, 0, 0, 0) /* the session's keyring */
CALL(add_key, NULL, NULL, NULL, 0, 0)
CALL(kexec_load, 0, 0, NULL, -1)
CALL(init_module, NULL, 0, NULL)
CALL(finit_module, -1, NULL, 0)
CALL(delete_module, NULL, 0)
CALL(setuid, getuid())
CALL(setgid, getgid())
CALL(setgroups, -1, NULL)
CALL(capset, NULL, NULL)
CALL(personality, 0xffffffffUL)
CALL(perf_event_open, NULL, 0, -1, -1, 0)
CALL(io_uring_setup, 0, NULL)
CALL(userfaultfd, -1)
CALL(clock_settime, CLOCK_REALTIME, NULL)
CALL(settimeofday, NULL, NULL)
CALL(sethostname, NULL, -1)
CALL(reboot, 0, 0, 0, NULL)
CALL(syslog, 10, NULL, 0)
CALL(acct, (const char *)-1)
CALL(swapon, NULL, 0)
CALL(quotactl, -1, NULL, 0, NULL)
CALL(fanotify_init, -1, -1)
CALL(ioctl, -1, 0, 0)
CALL(chown, NULL, 0, 0)

static bool raise_limit(const struct stage *s)
{
	const struct limits {
		uint64_t now, most;
	} none = { 1024, 1024 };

	(void)s;
	return !syscall(SYS_prlimit64, 0, 7, &none, NULL);
}

static bool dump_again(const struct stage *s)
{
	(void)s;
	return !syscall(SYS_prctl, 4 /* PR_SET_DUMPABLE */, 1, 0, 0, 0);
}

const struct act sandbox_acts[] = {
	{ "read /etc/shadow", ALL, read_shadow },
	{ "read /etc/passwd", ALL, read_passwd },
	{ "list /home", ALL, list_home },
	{ "read another process's environment", ALL, read_process },
	{ "read a file outside of the data folder", ALL, read_outside },
	{ "write to one", ALL, write_outside },
	{ "make one", ALL, make_outside },
	{ "make a folder there", ALL, make_folder_outside },
	{ "remove a file there", ALL, remove_outside },
	{ "move a file out of the data folder", ALL, move_out },
	{ "link one into it", ALL, link_in },
	{ "make a symbolic link", ALL, link_symbolically },
	{ "make a device or pipe file", ALL, make_device },
	{ "read what is not published", GIT, read_data },
	{ "write to what is published", GIT, write_published },
	{ "open a file by its handle", ALL, open_by_handle },
	{ "start a shell", SERVER | GIT, start_shell },
	{ "start another program", ALL, start_true },
	{ "start a third", ALL, start_ssh },
	{ "start git", SERVER, start_git },
	{ "start a script in the data folder", ALL, start_script },
	{ "start a program by way of fork", ALL, start_through_fork },
	{ "start a file in memory", ALL, start_memory },
	{ "start a file in memory by its descriptor", ALL, start_memory_at },
	{ "make a file in memory", STARTER | GIT, make_memory_file },
	{ "make memory executable", SERVER, make_code },
	{ "map executable memory", SERVER, map_code },
	{ "open a TCP socket", ALL, open_tcp },
	{ "open a UDP socket", ALL, open_udp },
	{ "open a Unix socket", ALL, open_unix },
	{ "open a packet socket", ALL, open_packet },
	{ "open a netlink socket", ALL, open_netlink },
	{ "connect to another machine", ALL, connect_out },
	{ "connect a socket that was open", ALL, connect_kept },
	{ "bind a socket that was open", ALL, bind_kept },
	{ "trace another process", ALL, trace_parent },
	{ "read another process's memory", ALL, read_parent },
	{ "signal another process", ALL, signal_parent },
	{ "schedule another process", ALL, limit_parent },
	{ "mount", ALL, call_mount },
	{ "unmount", ALL, call_umount2 },
	{ "pivot_root", ALL, call_pivot_root },
	{ "chroot", ALL, call_chroot },
	{ "make namespaces", ALL, call_unshare },
	{ "enter a namespace", ALL, call_setns },
	{ "bpf", ALL, call_bpf },
	{ "keyctl", ALL, call_keyctl },
	{ "add a key", ALL, call_add_key },
	{ "load a kernel", ALL, call_kexec_load },
	{ "load a module", ALL, call_init_module },
	{ "load a module from a file", ALL, call_finit_module },
	{ "remove a module", ALL, call_delete_module },
	{ "become another user", ALL, call_setuid },
	{ "become another group", ALL, call_setgid },
	{ "set groups", ALL, call_setgroups },
	{ "set capabilities", ALL, call_capset },
	{ "change personality", ALL, call_personality },
	{ "watch performance events", ALL, call_perf_event_open },
	{ "io_uring", ALL, call_io_uring_setup },
	{ "userfaultfd", ALL, call_userfaultfd },
	{ "set the clock", ALL, call_clock_settime },
	{ "set the time of day", ALL, call_settimeofday },
	{ "set the host's name", ALL, call_sethostname },
	{ "reboot", ALL, call_reboot },
	{ "read the kernel's log", ALL, call_syslog },
	{ "switch accounting", ALL, call_acct },
	{ "swap", ALL, call_swapon },
	{ "set quotas", ALL, call_quotactl },
	{ "watch the file system", ALL, call_fanotify_init },
	{ "control a device", ALL, call_ioctl },
	{ "give a file to another user", ALL, call_chown },
	{ "raise a limit", SERVER | GIT, raise_limit },
	{ "allow core dumps again", GIT, dump_again },
#ifndef __SANITIZE_ADDRESS__
	{ "allow core dumps again", SERVER, dump_again },
#endif
	{ "keep, move and remove a file of the data", SERVER | STARTER, keep_a_file, true },
	{ "start a thread", ALL, start_thread, true },
	{ "take a connection", SERVER, accept_kept, true },
	{ "start git", STARTER | GIT, start_git, true },
	{ "read what is published", STARTER | GIT, read_published, true },
	{ 0 }
};
