#include "measure.h"

#include <fcntl.h>
#include <git2.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "backup.h"
#include "base/sync.h"
#include "git/repo.h"

void measure_open(struct measured *m, const struct conf *conf, struct serve *serve)
{
	m->conf = conf;
	m->serve = serve;
	m->memory = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	m->started_at = time(NULL);
}

void measure_close(struct measured *m)
{
	if (m->memory >= 0)
		close(m->memory);
}

/* ---- the format ---- */

static void put_head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_gauge(struct buf *out, const char *name, const char *help, int64_t value)
{
	put_head(out, name, "gauge", help);
	buf_printf(out, "%s %" PRId64 "\n", name, value);
}

static void put_counter(struct buf *out, const char *name, const char *help, int64_t value)
{
	put_head(out, name, "counter", help);
	buf_printf(out, "%s %" PRId64 "\n", name, value);
}

/* ---- the parts ---- */

static void put_build(struct buf *out)
{
	int major, minor, patch;

	git_libgit2_version(&major, &minor, &patch);
	put_head(out, "guidehall_build_info", "gauge", "Versions of the program and of what it is built on.");
	buf_printf(out, "guidehall_build_info{version=\"%s\",libmicrohttpd=\"%s\",libgit2=\"%d.%d.%d\",sqlite=\"%s\"} 1\n",
		GUIDEHALL_VERSION, MHD_get_version(), major, minor, patch, sqlite3_libversion());
}

static void put_lanes(struct buf *out, struct workers *workers)
{
	static const char *const names[LANES] = { [LANE_FAST] = "fast", [LANE_COSTLY] = "costly", [LANE_SLOW] = "slow" };
	struct workload load[LANES];

	for (int i = 0; i < LANES; i++)
		load[i] = workers_load(workers, (enum lane)i);
	put_head(out, "guidehall_workers", "gauge", "Threads that may block.");
	for (int i = 0; i < LANES; i++)
		buf_printf(out, "guidehall_workers{lane=\"%s\"} %" PRId64 "\n", names[i], load[i].threads);
	put_head(out, "guidehall_workers_running", "gauge", "Those that answer a request just now.");
	for (int i = 0; i < LANES; i++)
		buf_printf(out, "guidehall_workers_running{lane=\"%s\"} %" PRId64 "\n", names[i], load[i].running);
	put_head(out, "guidehall_queue_length", "gauge", "Requests that wait for a worker.");
	for (int i = 0; i < LANES; i++)
		buf_printf(out, "guidehall_queue_length{lane=\"%s\"} %" PRId64 "\n", names[i], load[i].waiting);
}

static void put_clones(struct buf *out, const struct serve *serve)
{
	struct serve_load load = serve_load(serve);

	put_gauge(out, "guidehall_clones_running", "Git processes that answer clients.", load.running);
	put_gauge(out, "guidehall_clones_waiting", "Requests of git clients that wait for one.", load.waiting);
	put_counter(out, "guidehall_clones_started_total", "Git processes started for clients.", load.started);
	put_counter(out, "guidehall_clones_refused_total", "Git clients sent away.", load.refused);
	put_counter(out, "guidehall_published_total", "How often the published history was brought up to date.", load.derived);
}

static void put_syncs(struct buf *out)
{
	put_head(out, "guidehall_sync_seconds", "histogram",
		"Waits for the disk: fdatasync is the tables and the journal in them, syncfs git, fsync other files.");
	histogram_write(sync_times(SYNC_DATA), out, "guidehall_sync_seconds", "call=\"fdatasync\"");
	histogram_write(sync_times(SYNC_FILE), out, "guidehall_sync_seconds", "call=\"fsync\"");
	histogram_write(sync_times(SYNC_ALL), out, "guidehall_sync_seconds", "call=\"syncfs\"");
}

static int64_t file_bytes(const char *data, const char *name)
{
	char path[4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", data, name);
	return stat(path, &st) ? 0 : st.st_size;
}

static void put_tables(struct buf *out, const char *data)
{
	put_head(out, "guidehall_tables_bytes", "gauge", "The tables' file, and the log of what is not in it yet.");
	buf_printf(out, "guidehall_tables_bytes{file=\"tables\"} %" PRId64 "\n", file_bytes(data, "guidehall.db"));
	buf_printf(out, "guidehall_tables_bytes{file=\"log\"} %" PRId64 "\n", file_bytes(data, "guidehall.db-wal"));
}

static void put_repositories(struct buf *out, const char *data)
{
	static const char *const names[] = { "guides.git", PUBLIC_REPO };
	struct repo_size sizes[2];
	char path[4096];

	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", data, names[i]);
		sizes[i] = repo_size(path);
	}
	put_head(out, "guidehall_repository_packs", "gauge", "Packs of a repository.");
	for (int i = 0; i < 2; i++)
		buf_printf(out, "guidehall_repository_packs{repository=\"%s\"} %" PRId64 "\n", names[i], sizes[i].packs);
	put_head(out, "guidehall_repository_pack_bytes", "gauge", "Bytes of them.");
	for (int i = 0; i < 2; i++)
		buf_printf(out, "guidehall_repository_pack_bytes{repository=\"%s\"} %" PRId64 "\n", names[i], sizes[i].pack_bytes);
	put_head(out, "guidehall_repository_objects", "gauge", "Objects of a repository; loose ones are estimated.");
	for (int i = 0; i < 2; i++)
		buf_printf(out, "guidehall_repository_objects{repository=\"%s\",kept=\"packed\"} %" PRId64 "\n"
				"guidehall_repository_objects{repository=\"%s\",kept=\"loose\"} %" PRId64 "\n",
			names[i], sizes[i].packed_objects, names[i], sizes[i].loose_objects);
}

static void put_disk(struct buf *out, const char *data)
{
	struct statvfs disk;

	if (statvfs(data, &disk))
		return;
	put_gauge(out, "guidehall_disk_free_bytes", "Room where the data are.", (int64_t)(disk.f_bavail * disk.f_frsize));
	put_gauge(out, "guidehall_disk_free_inodes", "Files that can still be made there.", (int64_t)disk.f_favail);
}

static int64_t resident_bytes(int statm)
{
	char text[128] = "", *rest;

	if (pread(statm, text, sizeof(text) - 1, 0) <= 0)
		return 0;
	(void)strtoll(text, &rest, 10);
	return strtoll(rest, NULL, 10) * sysconf(_SC_PAGESIZE);
}

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* Names every exporter uses. */
static void put_process(struct buf *out, const struct measured *m)
{
	struct rusage used;
	struct rlimit files;
	struct stat st;

	put_gauge(out, "process_resident_memory_bytes", "Memory in use, without the git processes.", resident_bytes(m->memory));
	put_gauge(out, "process_start_time_seconds", "When the program began.", m->started_at);
	if (!getrusage(RUSAGE_SELF, &used)) {
		put_head(out, "process_cpu_seconds_total", "counter", "Processor time.");
		buf_printf(out, "process_cpu_seconds_total %.3f\n", seconds_of(used.ru_utime) + seconds_of(used.ru_stime));
	}
	if (!getrlimit(RLIMIT_NOFILE, &files))
		put_gauge(out, "process_max_fds", "Files that may be open.", (int64_t)files.rlim_cur);
	/* since Linux 6.2 the folder's size says how many are */
	if (!stat("/proc/self/fd", &st) && st.st_size)
		put_gauge(out, "process_open_fds", "Files that are.", st.st_size);
}

int64_t measure_last_backup(const char *data)
{
	char path[4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s/" BACKUP_MARK, data);
	return stat(path, &st) ? 0 : st.st_mtime;
}

void measure_site(const void *measured, struct buf *out)
{
	const struct measured *m = measured;

	put_build(out);
	put_gauge(out, "guidehall_connections", "Open connections.", server_connections(m->server));
	put_gauge(out, "guidehall_kept_bytes", "Memory of kept pages.", (int64_t)server_kept_bytes(m->server));
	put_lanes(out, m->workers);
	put_clones(out, m->serve);
	put_syncs(out);
	put_tables(out, m->conf->data);
	put_repositories(out, m->conf->data);
	put_disk(out, m->conf->data);
	put_gauge(out, "guidehall_last_backup_timestamp_seconds", "When the last backup was finished; 0: never.", measure_last_backup(m->conf->data));
	put_gauge(out, "guidehall_landlock_abi", "Landlock in force; 0: none.", m->sandbox.landlock);
	put_gauge(out, "guidehall_seccomp", "Whether seccomp is in force.", m->sandbox.seccomp);
	put_process(out, m);
}
