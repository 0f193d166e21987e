/* memory.c: libgit2 takes its memory from here
 *
 * Of itself it answers a failed allocation with an error, mostly; where it
 * records that very error it crashes (1.5.1: git_error_set). So it gets what
 * it asks for or the process ends as everywhere else. Only sizes that nothing
 * of ours has, out of a damaged file, are refused. */
#include <git2.h>
#include <git2/sys/alloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "handle.h"

#define HONEST_BYTES ((size_t)1024 * 1024 * 1024)

static void *resize(void *old, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	if (size > HONEST_BYTES)
		return NULL;
	return memory_must(realloc(old, size ? size : 1));
}

static void *resize_array(void *old, size_t count, size_t size, const char *file, int line)
{
	size_t all;

	return __builtin_mul_overflow(count, size, &all) ? NULL : resize(old, all, file, line);
}

static void *get(size_t size, const char *file, int line)
{
	return resize(NULL, size, file, line);
}

static void *get_array(size_t count, size_t size, const char *file, int line)
{
	return resize_array(NULL, count, size, file, line);
}

static void *get_zeroed(size_t count, size_t size, const char *file, int line)
{
	void *room = get_array(count, size, file, line);

	return room ? memset(room, 0, count * size) : NULL;
}

static char *copy_bytes(const char *text, size_t len, const char *file, int line)
{
	char *room = len < SIZE_MAX ? get(len + 1, file, line) : NULL;

	if (!room)
		return NULL;
	memcpy(room, text, len);
	room[len] = '\0';
	return room;
}

static char *copy(const char *text, const char *file, int line)
{
	return copy_bytes(text, strlen(text), file, line);
}

static char *copy_most(const char *text, size_t most, const char *file, int line)
{
	return copy_bytes(text, strnlen(text, most), file, line);
}

int handle_memory(void)
{
	static git_allocator ours = { get, get_zeroed, copy, copy_most, copy_bytes, resize, resize_array, get_array, free };

	return git_libgit2_opts(GIT_OPT_SET_ALLOCATOR, &ours);
}
