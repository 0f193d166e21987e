/* fault.c: makes the n-th allocation, or the n-th call of one kind, fail
 *
 * Preloaded (LD_PRELOAD) before anything else, so that what libraries ask for
 * fails as well as what we ask for. Which, when and how is read from a file
 * named by GUIDEHALL_FAULT and mapped into the tester, into the program and
 * into what it forks: struct plan, which fault.py writes.
 *
 * Who waits while every call fails is not waited for: its clock is put on.
 *
 * A call that fails is not made: nothing is half done, except by SHORT, which
 * reads or writes half. Where it struck is printed on standard error. */
#undef _FILE_OFFSET_BITS /* both names of a call are ours, open() and open64() */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#include <unwind.h>

#define SHORT 1000 /* instead of an error number: half of what was asked for */
#define STACK_DEPTH 24
#define PLACES 16384 /* a power of two */
#define COUNTERS 32
#define EARLY_BYTES (64 * 1024)
#define SECOND 1000000000LL

/* The same names, in the same order, as in fault.py. */
enum kind {
	ALLOC,
	OPEN,
	READ,
	WRITE,
	SYNC,
	RENAME,
	LINK,
	UNLINK,
	MKDIR,
	MMAP,
	TRUNCATE,
	FORK,
	PIPE,
	ACCEPT,
	LOCK,
	STAT,
	THREAD,
	KINDS
};

/* A chain of callers that made calls of one kind, while they are counted. */
struct place {
	_Atomic uint64_t chain; /* 0: free */
	uint32_t kind;
	uint32_t first; /* the number of its first call */
	_Atomic uint32_t calls;
	uint32_t unused;
};

struct plan {
	_Atomic uint32_t armed; /* nothing is counted before */
	uint32_t forever;	/* not only the n-th: all from it on */
	int32_t error;
	uint32_t kind;	/* which one fails */
	uint64_t chain; /* 0: whoever calls; else only calls from this one are counted */
	uint64_t at;	/* 1: the first; 0: none, count only */
	_Atomic uint64_t passed; /* by this chain */
	_Atomic uint64_t struck;
	_Atomic uint64_t seen[COUNTERS]; /* of each kind */
	struct place places[PLACES];
};

static struct plan *plan;
static _Thread_local __attribute__((tls_model("initial-exec"))) bool inside;

/* ---- whether this call fails ---- */

struct stack {
	void *frames[STACK_DEPTH];
	int depth;
};

static _Unwind_Reason_Code add_frame(struct _Unwind_Context *context, void *arg)
{
	struct stack *stack = arg;

	if (stack->depth == STACK_DEPTH)
		return _URC_END_OF_STACK;
	stack->frames[stack->depth++] = (void *)_Unwind_GetIP(context);
	return _URC_NO_REASON;
}

/* A function that calls itself is one caller, however deep it is. */
static bool is_repeated(const struct stack *stack, int at)
{
	for (int i = 2; i < at; i++)
		if (stack->frames[i] == stack->frames[at])
			return true;
	return false;
}

/* Who calls. The tester switches address randomization off: it is the same in every process. */
static __attribute__((noinline)) uint64_t chain_of(enum kind kind)
{
	struct stack stack = { 0 };
	uint64_t hash = (1469598103934665603u ^ kind) * 1099511628211u;

	_Unwind_Backtrace(add_frame, &stack);
	for (int i = 2; i < stack.depth; i++)
		if (!is_repeated(&stack, i))
			hash = (hash ^ (uint64_t)(uintptr_t)stack.frames[i]) * 1099511628211u;
	return hash | 1;
}

static void note_place(enum kind kind, uint64_t number, uint64_t hash)
{
	for (size_t i = 0, at = hash >> 32; i < PLACES; i++, at++) {
		struct place *place = &plan->places[at & (PLACES - 1)];
		uint64_t chain = 0;

		if (atomic_compare_exchange_strong(&place->chain, &chain, hash)) {
			place->kind = kind;
			place->first = (uint32_t)number;
			chain = hash;
		}
		if (chain == hash) {
			atomic_fetch_add(&place->calls, 1);
			return;
		}
	}
}

/* Whether the plan asks who calls. */
static bool needs_chain(enum kind kind)
{
	return !plan->at || (plan->chain && plan->kind == (uint32_t)kind && !atomic_load(&plan->struck));
}

static bool is_due(enum kind kind, uint64_t number, uint64_t chain)
{
	bool before = atomic_load(&plan->struck) != 0;

	if (!plan->at || plan->kind != (uint32_t)kind || (before && !plan->forever))
		return false;
	if (!plan->chain)
		return plan->forever ? number >= plan->at : number == plan->at;
	return before || (chain == plan->chain && atomic_fetch_add(&plan->passed, 1) + 1 == plan->at);
}

static void say(uint64_t number)
{
	static const char *const names[KINDS] = { "alloc", "open", "read", "write", "sync", "rename", "link", "unlink",
		"mkdir", "mmap", "truncate", "fork", "pipe", "accept", "lock", "stat", "thread" };
	struct stack stack = { 0 };
	char line[80];

	syscall(SYS_write, 2, line, snprintf(line, sizeof(line), "fault: %s %llu, error %d\n", names[plan->kind], (unsigned long long)number, plan->error));
	_Unwind_Backtrace(add_frame, &stack);
	backtrace_symbols_fd(stack.frames, stack.depth, 2);
}

/* Where a program crashed: the test programs' own code may, after a fault. */
static void crashed(int sig)
{
	static const char words[] = "fault.c: it crashes in\n"; /* verdict.py looks for them */
	struct stack stack = { 0 };

	signal(sig, SIG_DFL);
	syscall(SYS_write, 2, words, sizeof(words) - 1);
	_Unwind_Backtrace(add_frame, &stack);
	backtrace_symbols_fd(stack.frames, stack.depth, 2);
}

/* Unless somebody does: a sanitizer says more. */
static void watch(int sig)
{
	struct sigaction now;

	if (plan && !sigaction(sig, NULL, &now) && now.sa_handler == SIG_DFL)
		signal(sig, crashed);
}

__attribute__((constructor)) static void map_plan(void)
{
	const char *path = getenv("GUIDEHALL_FAULT");
	int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC) : -1;
	void *map = MAP_FAILED;

	if (fd >= 0) {
		map = (void *)syscall(SYS_mmap, NULL, sizeof(*plan), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		syscall(SYS_close, fd);
	}
	if (map != MAP_FAILED)
		plan = map;
	watch(SIGSEGV);
	watch(SIGABRT);
	unsetenv("LD_PRELOAD"); /* other programs are not ours to torture; what we fork is */
}

static bool strikes(enum kind kind)
{
	uint64_t number, chain;
	int before = errno;
	bool hit;

	if (!plan || inside || !atomic_load(&plan->armed))
		return false;
	inside = true;
	number = atomic_fetch_add(&plan->seen[kind], 1) + 1;
	chain = needs_chain(kind) ? chain_of(kind) : 0;
	if (!plan->at)
		note_place(kind, number, chain);
	hit = is_due(kind, number, chain);
	if (hit && !atomic_fetch_add(&plan->struck, 1))
		say(number);
	inside = false;
	errno = hit ? plan->error : before;
	return hit;
}

static void *next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

/* ---- waiting for better times ---- */

static _Atomic int64_t skipped; /* nanoseconds this process did not sleep */

/* While every call fails nothing gets better by waiting: time passes at once. */
static bool skips(int64_t nanoseconds)
{
	if (!plan || !atomic_load(&plan->armed) || !plan->forever || !atomic_load(&plan->struck))
		return false;
	atomic_fetch_add(&skipped, nanoseconds);
	return true;
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
	return skips(time->tv_sec * SECOND + time->tv_nsec) ? 0 : (int)syscall(SYS_nanosleep, time, left);
}

int usleep(useconds_t microseconds)
{
	const struct timespec time = { microseconds / 1000000, microseconds % 1000000 * 1000 };

	return nanosleep(&time, NULL);
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
	static int (*real)(clockid_t, struct timespec *);
	int64_t now;
	int rc;

	if (!real)
		real = (int (*)(clockid_t, struct timespec *))next("clock_gettime");
	rc = real(clock, out);
	if (rc || clock != CLOCK_MONOTONIC)
		return rc;
	now = out->tv_sec * SECOND + out->tv_nsec + atomic_load(&skipped);
	*out = (struct timespec) { now / SECOND, now % SECOND };
	return 0;
}

/* Files fail; that an event counter or a pipe within a process were full, or
 * broken, would be made up. */
static bool is_file(int fd)
{
	struct stat st;

	return !syscall(SYS_fstat, fd, &st) && S_ISREG(st.st_mode);
}

/* ---- memory ---- */

/* dlsym() itself may ask for memory before we know whom to ask. */
static char early[EARLY_BYTES] __attribute__((aligned(16)));
static size_t early_used;

static void *early_alloc(size_t size)
{
	void *room = early + early_used;

	early_used += (size + 15) & ~(size_t)15;
	return early_used <= EARLY_BYTES ? room : NULL;
}

static bool is_early(const void *p)
{
	return (const char *)p >= early && (const char *)p < early + EARLY_BYTES;
}

static void *(*real_malloc)(size_t), *(*real_calloc)(size_t, size_t), *(*real_realloc)(void *, size_t);
static void (*real_free)(void *);

static bool resolved(void)
{
	static bool resolving;

	if (real_free)
		return true;
	if (resolving)
		return false;
	resolving = true;
	real_malloc = (void *(*)(size_t))next("malloc");
	real_calloc = (void *(*)(size_t, size_t))next("calloc");
	real_realloc = (void *(*)(void *, size_t))next("realloc");
	real_free = (void (*)(void *))next("free");
	resolving = false;
	return true;
}

void *malloc(size_t size)
{
	if (!resolved())
		return early_alloc(size);
	return strikes(ALLOC) ? NULL : real_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	if (!resolved())
		return early_alloc(count * size);
	return strikes(ALLOC) ? NULL : real_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	void *room;

	if (is_early(old)) {
		room = malloc(size);
		return room ? memcpy(room, old, size < (size_t)(early + EARLY_BYTES - (char *)old) ? size : 0) : NULL;
	}
	if (!resolved())
		return early_alloc(size);
	return strikes(ALLOC) ? NULL : real_realloc(old, size);
}

void *reallocarray(void *old, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(old, bytes);
}

void free(void *p)
{
	if (p && !is_early(p) && resolved())
		real_free(p);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
	static int (*real)(void **, size_t, size_t);

	if (!real)
		real = (int (*)(void **, size_t, size_t))next("posix_memalign");
	return strikes(ALLOC) ? ENOMEM : real(out, alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	static void *(*real)(size_t, size_t);

	if (!real)
		real = (void *(*)(size_t, size_t))next("aligned_alloc");
	return strikes(ALLOC) ? NULL : real(alignment, size);
}

/* ---- system calls ---- */

/* A call with this name, these parameters and arguments, that fails with
 * `bad` when its kind is struck. */
#define CALL(kind, type, bad, name, parameters, ...)              \
	type name parameters                                      \
	{                                                         \
		static type(*real) parameters;                    \
		if (!real)                                        \
			real = (type(*) parameters)next(#name);   \
		return strikes(kind) ? (bad) : real(__VA_ARGS__); \
	}

/* Likewise, but SHORT does half of it. */
#define TRANSFER(kind, name, parameters, size, ...)                \
	ssize_t name parameters                                    \
	{                                                          \
		static ssize_t(*real) parameters;                  \
		if (!real)                                         \
			real = (ssize_t(*) parameters)next(#name); \
		if (is_file(fd) && strikes(kind)) {                \
			if (plan->error != SHORT)                  \
				return -1;                         \
			size = size > 1 ? size / 2 : size;         \
		}                                                  \
		return real(__VA_ARGS__);                          \
	}

#define OPENING(name)                                                         \
	int name(const char *path, int flags, ...)                            \
	{                                                                     \
		static int (*real)(const char *, int, ...);                   \
		va_list more;                                                 \
		int mode;                                                     \
		va_start(more, flags);                                        \
		mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, int) : 0; \
		va_end(more);                                                 \
		if (!real)                                                    \
			real = (int (*)(const char *, int, ...))next(#name);  \
		return strikes(OPEN) ? -1 : real(path, flags, mode);          \
	}
OPENING(open)
OPENING(open64)

#define OPENING_AT(name)                                                          \
	int name(int folder, const char *path, int flags, ...)                    \
	{                                                                         \
		static int (*real)(int, const char *, int, ...);                  \
		va_list more;                                                     \
		int mode;                                                         \
		va_start(more, flags);                                            \
		mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, int) : 0;     \
		va_end(more);                                                     \
		if (!real)                                                        \
			real = (int (*)(int, const char *, int, ...))next(#name); \
		return strikes(OPEN) ? -1 : real(folder, path, flags, mode);      \
	}
OPENING_AT(openat)
OPENING_AT(openat64)

TRANSFER(READ, read, (int fd, void *room, size_t size), size, fd, room, size)
TRANSFER(READ, pread, (int fd, void *room, size_t size, off_t at), size, fd, room, size, at)
TRANSFER(READ, pread64, (int fd, void *room, size_t size, off64_t at), size, fd, room, size, at)
TRANSFER(WRITE, write, (int fd, const void *bytes, size_t size), size, fd, bytes, size)
TRANSFER(WRITE, pwrite, (int fd, const void *bytes, size_t size, off_t at), size, fd, bytes, size, at)
TRANSFER(WRITE, pwrite64, (int fd, const void *bytes, size_t size, off64_t at), size, fd, bytes, size, at)

/* libc opens and reads folders by calls of its own */
CALL(OPEN, DIR *, NULL, opendir, (const char *path), path)
CALL(READ, struct dirent *, NULL, readdir, (DIR * dir), dir)
CALL(READ, struct dirent64 *, NULL, readdir64, (DIR * dir), dir)
CALL(OPEN, FILE *, NULL, fopen, (const char *path, const char *how), path, how)
CALL(OPEN, FILE *, NULL, fopen64, (const char *path, const char *how), path, how)

CALL(SYNC, int, -1, fsync, (int fd), fd)
CALL(SYNC, int, -1, fdatasync, (int fd), fd)
CALL(SYNC, int, -1, syncfs, (int fd), fd)
CALL(RENAME, int, -1, rename, (const char *from, const char *to), from, to)
CALL(RENAME, int, -1, renameat, (int a, const char *from, int b, const char *to), a, from, b, to)
CALL(LINK, int, -1, link, (const char *from, const char *to), from, to)
CALL(UNLINK, int, -1, unlink, (const char *path), path)
CALL(UNLINK, int, -1, rmdir, (const char *path), path)
CALL(MKDIR, int, -1, mkdir, (const char *path, mode_t mode), path, mode)
CALL(MMAP, void *, MAP_FAILED, mmap, (void *at, size_t size, int allow, int flags, int fd, off_t from), at, size, allow, flags, fd, from)
CALL(MMAP, void *, MAP_FAILED, mmap64, (void *at, size_t size, int allow, int flags, int fd, off64_t from), at, size, allow, flags, fd, from)
CALL(TRUNCATE, int, -1, ftruncate, (int fd, off_t size), fd, size)
CALL(TRUNCATE, int, -1, ftruncate64, (int fd, off64_t size), fd, size)
CALL(FORK, pid_t, -1, fork, (void), )
CALL(PIPE, int, -1, pipe2, (int ends[2], int flags), ends, flags)
CALL(PIPE, int, -1, memfd_create, (const char *name, unsigned int flags), name, flags)
CALL(ACCEPT, int, -1, accept4, (int fd, struct sockaddr *from, socklen_t *len, int flags), fd, from, len, flags)

/* Locks are refused; that one could not be given back would be made up. */
int flock(int fd, int how)
{
	static int (*real)(int, int);

	if (!real)
		real = (int (*)(int, int))next("flock");
	return !(how & LOCK_UN) && strikes(LOCK) ? -1 : real(fd, how);
}

static bool takes_lock(int what, const struct flock *lock)
{
	return (what == F_SETLK || what == F_SETLKW) && lock->l_type != F_UNLCK;
}

/* SQLite's locks; whatever else fcntl does is let through. */
#define LOCKING(name)                                                              \
	int name(int fd, int what, ...)                                            \
	{                                                                          \
		static int (*real)(int, int, ...);                                 \
		va_list more;                                                      \
		void *arg;                                                         \
		va_start(more, what);                                              \
		arg = va_arg(more, void *);                                        \
		va_end(more);                                                      \
		if (!real)                                                         \
			real = (int (*)(int, int, ...))next(#name);                \
		return takes_lock(what, arg) && strikes(LOCK) ? -1 : real(fd, what, arg); \
	}
LOCKING(fcntl)
LOCKING(fcntl64)

CALL(STAT, int, -1, stat, (const char *path, struct stat *out), path, out)
CALL(STAT, int, -1, stat64, (const char *path, struct stat64 *out), path, out)
CALL(STAT, int, -1, fstat, (int fd, struct stat *out), fd, out)
CALL(STAT, int, -1, fstat64, (int fd, struct stat64 *out), fd, out)
CALL(STAT, int, -1, lstat, (const char *path, struct stat *out), path, out)
CALL(STAT, int, -1, lstat64, (const char *path, struct stat64 *out), path, out)
CALL(THREAD, int, EAGAIN, pthread_create, (pthread_t * out, const pthread_attr_t *how, void *(*run)(void *), void *arg), out, how, run, arg)
