/* test_room.c: what a want of room or descriptors is called, and what is set aside against it */
#include "../test.h"
#include "base/room.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/conf.h"

/* Explained by the reason, or without one by what is left. */
static enum err_code called(const char *reason)
{
	struct task task = { 0 };
	enum err_code code;

	broken(&task, "%s", reason ? reason : "no reason given");
	CHECK(!(reason ? room_explain(&task, reason) : room_suspect(&task, "/")));
	code = task.err.code;
	CHECK(code == ERR_INTERNAL || strstr(task.err.message, "Nothing you sent was changed"));
	arena_free(&task.arena);
	return code;
}

static void test_words(void)
{
	CHECK(called(strerror(ENOSPC)) == ERR_FULL);
	CHECK(called(strerror(EDQUOT)) == ERR_FULL);
	CHECK(called("cannot open: Too many open files") == ERR_BUSY);
	CHECK(called("checksum mismatch") == ERR_INTERNAL);
}

static int64_t allowed(void)
{
	struct rlimit files;

	CHECK(!getrlimit(RLIMIT_NOFILE, &files));
	return (int64_t)files.rlim_cur;
}

static void limit(int64_t files)
{
	struct rlimit all;

	CHECK(!getrlimit(RLIMIT_NOFILE, &all));
	all.rlim_cur = (rlim_t)files;
	CHECK(!setrlimit(RLIMIT_NOFILE, &all));
}

/* The lowest free one: all below are taken. */
static int next_descriptor(void)
{
	int fd = dup(STDERR_FILENO);

	if (fd >= 0)
		close(fd);
	return fd;
}

static void test_spare(void)
{
	struct spare spare = { 0 };
	int64_t before = allowed();
	int free_one = next_descriptor();

	spare_take(&spare);
	CHECK(spare.count == SPARE_DESCRIPTORS);
	limit(next_descriptor());
	CHECK(next_descriptor() < 0);
	CHECK(called(NULL) == ERR_BUSY); /* nobody said so, and yet */
	CHECK(called(strerror(EIO)) == ERR_INTERNAL); /* a disk that fails is not a crowd */
	spare_give(&spare);
	CHECK(!spare.count && next_descriptor() == free_one);
	spare_take(&spare);
	CHECK(spare.count == SPARE_DESCRIPTORS);
	spare_give(&spare);
	limit(before);
}

static void test_limits(void)
{
	const struct conf conf = { .connections_max = 1000, .event_threads = 2 };
	int64_t before = allowed();

	CHECK(descriptors_needed(&conf) > 2000);
	limit(64);
	CHECK(descriptors_allow(200) == 200 && allowed() == 200);
	CHECK(descriptors_allow(100) == 200 && allowed() == 200);
	CHECK(descriptors_allow(INT64_MAX) < INT64_MAX);
	limit(before);
}

int main(void)
{
	test_words();
	test_spare();
	test_limits();
	return test_result();
}
