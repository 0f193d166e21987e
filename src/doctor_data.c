/* doctor_data.c: the data folder, its disk and its stores */
#include "doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/conf.h"
#include "db/db.h"
#include "git/repo.h"
#include "measure.h"

#define LEAST_BYTES (200LL * 1024 * 1024)
#define SOME_BYTES (1024LL * 1024 * 1024)
#define LEAST_INODES 1000
#define SOME_INODES 10000
#define SYNCS 8
#define SLOW_MS 50.0
#define IMPOSSIBLE_MS 0.02 /* no disk is that fast */
#define OLD_DAYS 7

static const char *path_in(struct doctor *d, const char *name)
{
	return arena_printf(&d->task.arena, "%s/%s", d->task.conf->data, name);
}

/* ---- the folder ---- */

static void check_owner(struct doctor *d, const struct stat *st)
{
	const char *data = d->task.conf->data;

	if (st->st_uid != geteuid() && geteuid())
		doctor_say(d, BAD, "data", arena_printf(&d->task.arena, "chown -R %d %s", (int)geteuid(), data), "%s belongs to another account", data);
	else if (access(data, W_OK))
		doctor_say(d, BAD, "data", arena_printf(&d->task.arena, "chmod 700 %s", data), "%s cannot be written to", data);
	else if (st->st_mode & 077)
		doctor_say(d, WARN, "data", arena_printf(&d->task.arena, "chmod 700 %s", data), "%s can be read by others (%o)", data, st->st_mode & 0777);
	else
		doctor_say(d, FINE, "data", NULL, "%s", data);
}

/* A store of another account, as after a command that root ran. */
static void check_stores_owner(struct doctor *d, const struct stat *folder)
{
	static const char *const names[] = { "guidehall.db", "guidehall.db-wal", "guidehall.db-shm", "guidehall.db-turn", "guides.git", "guides.git/HEAD", "lock", "releases" };
	struct stat st;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!stat(path_in(d, names[i]), &st) && st.st_uid != folder->st_uid)
			doctor_say(d, BAD, "data", arena_printf(&d->task.arena, "chown -R %d %s", (int)folder->st_uid, d->task.conf->data),
				"%s belongs to another account than its folder", names[i]);
}

/* Whoever has the data open holds the lock, shared or alone. */
static void see_use(struct doctor *d)
{
	int lock = open(path_in(d, "lock"), O_RDONLY | O_CLOEXEC);

	d->in_use = lock >= 0 && flock(lock, LOCK_EX | LOCK_NB);
	if (lock >= 0)
		close(lock);
	doctor_say(d, FINE, "server", NULL, "%s", d->in_use ? "the data are in use" : "nobody has the data open");
}

/* ---- the disk ---- */

static void check_room(struct doctor *d)
{
	struct statvfs disk;
	int64_t bytes, inodes;
	const char *mend = "make room, or move the data to a larger disk";

	if (statvfs(d->task.conf->data, &disk))
		return;
	bytes = (int64_t)(disk.f_bavail * disk.f_frsize);
	inodes = disk.f_files ? (int64_t)disk.f_favail : INT64_MAX; /* some file systems make them as needed */
	doctor_say(d, bytes < LEAST_BYTES ? BAD : bytes < SOME_BYTES ? WARN : FINE, "disk", bytes < SOME_BYTES ? mend : NULL,
		"%lld MiB free", (long long)(bytes / 1024 / 1024));
	if (inodes < SOME_INODES)
		doctor_say(d, inodes < LEAST_INODES ? BAD : WARN, "disk", mend, "%lld files can still be made", (long long)inodes);
	else
		doctor_say(d, FINE, "disk", NULL, "there is room for more files");
}

static void check_kind(struct doctor *d)
{
	static const struct {
		unsigned int type;
		const char *name;
	} doubtful[] = {
		{ 0x6969, "NFS" }, { 0x517b, "SMB" }, { 0xff534d42, "CIFS" }, { 0xfe534d42, "SMB 2" }, { 0x01021997, "9p" },
		{ 0x00c36400, "Ceph" }, { 0x65735546, "FUSE" }, { 0x786f4256, "a shared folder" }, { 0x01021994, "tmpfs, which forgets everything" },
		{ 0x858458f6, "ramfs, which forgets everything" }, { 0x794c7630, "overlayfs, a container's own layer" }
	};
	struct statfs disk;

	if (statfs(d->task.conf->data, &disk))
		return;
	for (size_t i = 0; i < sizeof(doubtful) / sizeof(*doubtful); i++) {
		if ((unsigned int)disk.f_type != doubtful[i].type)
			continue;
		doctor_say(d, WARN, "file system", "keep the data on a disk of this machine: ext4, XFS or btrfs",
			"%s: locks and syncs are not to be relied on", doubtful[i].name);
		return;
	}
	doctor_say(d, FINE, "file system", NULL, "a local one");
}

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1e6;
}

/* Milliseconds of one sync, of several; less than 0: it does not work. */
static double measure_sync(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	double begun = now_ms();
	bool good = fd >= 0;

	for (int i = 0; good && i < SYNCS; i++)
		good = write(fd, "sync", 4) == 4 && !fsync(fd);
	if (fd >= 0)
		close(fd);
	unlink(path);
	return good ? (now_ms() - begun) / SYNCS : -1;
}

static void check_sync(struct doctor *d)
{
	double ms = measure_sync(path_in(d, "doctor.tmp"));

	if (ms < 0)
		doctor_say(d, BAD, "sync", "look into the kernel's log (dmesg)", "a file cannot be written and synced: %s", strerror(errno));
	else if (ms < IMPOSSIBLE_MS)
		doctor_say(d, WARN, "sync", "no eatmydata, no tmpfs, no mount option nobarrier", "%.3f ms: nothing waits for the disk, and a power cut takes answers back", ms);
	else if (ms > SLOW_MS)
		doctor_say(d, WARN, "sync", "a faster disk: every accepted edit waits for several", "%.0f ms", ms);
	else
		doctor_say(d, FINE, "sync", NULL, "%.2f ms", ms);
}

/* ---- the stores ---- */

static void check_tables(struct doctor *d)
{
	const char *mend = "guidehall restore BACKUP --data NEW-FOLDER";
	struct db_facts facts = { 0 };

	if (!db_inspect(&d->task, path_in(d, "guidehall.db"), &facts)) {
		doctor_say(d, BAD, "tables", mend, "cannot be read: %s", d->task.err.message);
		task_forgive(&d->task);
	} else if (facts.damage) {
		doctor_say(d, BAD, "tables", mend, "are damaged: %s", facts.damage);
	} else if (facts.version > facts.newest) {
		doctor_say(d, BAD, "tables", "install the newer program again", "are of a newer version (%lld) than this program (%lld)",
			(long long)facts.version, (long long)facts.newest);
	} else if (strcmp(facts.journal, "wal")) {
		doctor_say(d, WARN, "tables", "start the server once", "journal mode %s", facts.journal);
	} else {
		doctor_say(d, FINE, "tables", NULL, "whole, version %lld%s, write-ahead log; the program writes with synchronous=FULL or does not start",
			(long long)facts.version, facts.version < facts.newest ? ", brought to the newest at the next start" : "");
	}
}

static void check_repository(struct doctor *d)
{
	const char *mend = "guidehall restore BACKUP --data NEW-FOLDER";
	struct list files = { 0 };
	struct oid main;

	d->task.repo = access(path_in(d, "guides.git/HEAD"), F_OK) ? NULL : repo_open(path_in(d, "guides.git"));
	if (!d->task.repo) {
		doctor_say(d, BAD, "repository", mend, "guides.git cannot be opened");
		return;
	}
	if (repo_tip(&d->task, REPO_MAIN, &main) && repo_files(&d->task, &main, "guides", &files))
		doctor_say(d, FINE, "repository", NULL, "main is readable: %zu files; all of it: guidehall check", files.count);
	else
		doctor_say(d, BAD, "repository", mend, "main is not readable: %s", d->task.err.detail ? d->task.err.detail : d->task.err.message);
	task_forgive(&d->task);
	repo_close(d->task.repo);
	d->task.repo = NULL;
}

static bool is_lock(const FTSENT *one)
{
	return one->fts_info == FTS_F && one->fts_namelen > 5 && !strcmp(one->fts_name + one->fts_namelen - 5, ".lock");
}

/* Objects have none. */
static int64_t count_locks(struct doctor *d, int64_t older_than_seconds)
{
	char *const roots[] = { (char *)(uintptr_t)path_in(d, "guides.git"), NULL };
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *one;
	int64_t count = 0;

	while (walk && (one = fts_read(walk))) {
		if (one->fts_level == 1 && !strcmp(one->fts_name, "objects"))
			fts_set(walk, one, FTS_SKIP);
		count += is_lock(one) && d->task.now - one->fts_statp->st_mtime > older_than_seconds;
	}
	if (walk)
		fts_close(walk);
	return count;
}

static void check_locks(struct doctor *d)
{
	int64_t count = count_locks(d, d->in_use ? 60 : -1);

	if (!count)
		doctor_say(d, FINE, "git's locks", NULL, "none is left over");
	else if (d->in_use)
		doctor_say(d, BAD, "git's locks", "stop the server and start it: it removes them", "%lld older than a minute: writing is stuck", (long long)count);
	else
		doctor_say(d, WARN, "git's locks", "start the server: it removes them", "%lld left over by a process that was killed", (long long)count);
}

static void check_backup(struct doctor *d)
{
	int64_t at = measure_last_backup(d->task.conf->data);
	int64_t days = (d->task.now - at) / 86400;
	const char *mend = "guidehall backup FILE, every day, to another machine";

	if (!at)
		doctor_say(d, WARN, "backup", mend, "none was ever made by guidehall backup");
	else
		doctor_say(d, days > OLD_DAYS ? WARN : FINE, "backup", days > OLD_DAYS ? mend : NULL, "%lld days old", (long long)days);
}

/* Files from tomorrow: the clock was wrong, or is. */
static void check_dates(struct doctor *d)
{
	struct stat st;

	if (!stat(path_in(d, "guidehall.db"), &st) && st.st_mtime > d->task.now + 60)
		doctor_say(d, WARN, "clock", "set it right, then look at the newest sessions and releases", "the tables were written %lld seconds from now",
			(long long)(st.st_mtime - d->task.now));
}

void doctor_examine_data(struct doctor *d)
{
	const char *data = d->task.conf->data;
	struct stat st;

	if (stat(data, &st) || !S_ISDIR(st.st_mode)) {
		doctor_say(d, errno == ENOENT ? WARN : BAD, "data", "guidehall init, or serve, makes it", "there is no folder %s", data);
		return;
	}
	check_owner(d, &st);
	check_stores_owner(d, &st);
	check_room(d);
	check_kind(d);
	check_sync(d);
	if (access(path_in(d, "guidehall.db"), F_OK) && access(path_in(d, "guides.git"), F_OK)) {
		doctor_say(d, WARN, "data", "guidehall init, or serve, fills it", "the folder is empty");
		return;
	}
	see_use(d);
	check_dates(d);
	check_tables(d);
	check_repository(d);
	check_locks(d);
	check_backup(d);
}
