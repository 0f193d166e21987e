/* test_sync.c: syncs are counted, whoever asks for them, and still done */
#include <errno.h>
#include <sqlite3.h>
#include <unistd.h>

#include "../test.h"
#include "base/sync.h"

int main(void)
{
	char path[] = "/tmp/guidehall-sync-XXXXXX";
	int fd = mkstemp(path);
	uint64_t files = histogram_count(sync_times(SYNC_FILE)), data = histogram_count(sync_times(SYNC_DATA));
	sqlite3 *db;

	CHECK(!fsync(fd) && !fdatasync(fd));
	CHECK(histogram_count(sync_times(SYNC_FILE)) == files + 1);
	CHECK(histogram_count(sync_times(SYNC_DATA)) == data + 1);
	CHECK(fsync(-1) == -1 && errno == EBADF);
	close(fd);
	/* a library's own calls come through us */
	CHECK(sqlite3_open(path, &db) == SQLITE_OK && sqlite3_exec(db, "CREATE TABLE t (a)", NULL, NULL, NULL) == SQLITE_OK);
	CHECK(histogram_count(sync_times(SYNC_FILE)) + histogram_count(sync_times(SYNC_DATA)) > files + data + 3);
	sqlite3_close(db);
	unlink(path);
	return test_result();
}
