/* test_conf.c: file, environment, ranges */
#include <unistd.h>

#include "../test.h"
#include "base/arena.h"
#include "base/conf.h"

static bool read_text(struct conf *conf, struct arena *arena, const char *text)
{
	char path[] = "/tmp/guidehall-conf-XXXXXX";
	int fd = mkstemp(path);
	bool good;

	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	good = conf_read(conf, arena, path);
	unlink(path);
	return good;
}

int main(void)
{
	struct arena arena = { 0 };
	struct conf conf = { 0 };

	CHECK(conf_read(&conf, &arena, NULL));
	CHECK_STR(conf.site_name, "Guidehall");
	CHECK(conf.undo_minutes == 10);
	CHECK(read_text(&conf, &arena, "site_name = Guides of Somewhere\nundo_minutes = 3 ; less\n"));
	CHECK_STR(conf.site_name, "Guides of Somewhere");
	CHECK(conf.undo_minutes == 3);
	CHECK(!read_text(&conf, &arena, "undo_minutes = many\n"));
	CHECK(!read_text(&conf, &arena, "undo_minutes = 1441\n"));
	CHECK(!read_text(&conf, &arena, "undo_minutes = -1\n"));
	CHECK(!read_text(&conf, &arena, "undo_hours = 1\n"));
	CHECK(!conf_read(&conf, &arena, "/nowhere/guidehall.conf"));
	setenv("GUIDEHALL_SITE_NAME", "From outside", 1);
	CHECK(read_text(&conf, &arena, "site_name = From the file\n"));
	CHECK_STR(conf.site_name, "From outside");
	setenv("GUIDEHALL_WORKER_THREADS", "0", 1);
	CHECK(!conf_read(&conf, &arena, NULL));
	arena_free(&arena);
	return test_result();
}
