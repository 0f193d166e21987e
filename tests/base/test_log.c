/* test_log.c: one event, one line, whatever strangers send */
#include <unistd.h>

#include "../test.h"
#include "base/log.h"

int main(void)
{
	char path[] = "/tmp/guidehall-log-XXXXXX", line[4096] = "", long_text[3000];
	int fd = mkstemp(path), before = dup(2);
	FILE *in;

	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	dup2(fd, 2);
	log_event("merge", "title", "a\n2026 forged=\"yes\"", "absent", NULL, "by", "u1", NULL);
	log_event("long", "text", long_text, "behind", "it", NULL);
	log_event("bytes", "text", "\xe2\x80\xa8\xc2\x85\xff\x7f ~", NULL);
	dup2(before, 2);
	in = fopen(path, "r");
	CHECK(in && fgets(line, sizeof(line), in));
	CHECK(strstr(line, "Z merge title=\"a\\x0a2026 forged=\\\"yes\\\"\" by=\"u1\"\n"));
	CHECK(!strstr(line, "absent"));
	CHECK(fgets(line, sizeof(line), in) && strstr(line, "xxx...\" behind=\"it\"\n") && strlen(line) <= 1024);
	CHECK(fgets(line, sizeof(line), in) && strstr(line, " bytes text=\"\\xe2\\x80\\xa8\\xc2\\x85\\xff\\x7f ~\"\n"));
	CHECK(!fgets(line, sizeof(line), in));
	fclose(in);
	close(fd);
	close(before);
	unlink(path);
	return test_result();
}
