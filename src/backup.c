#include "backup.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/crash.h"
#include "base/log.h"
#include "db/db.h"

#define CHUNK (64 * 1024)

static void writer_release(struct archive **a)
{
	if (*a)
		archive_write_free(*a);
}

static void reader_release(struct archive **a)
{
	if (*a)
		archive_read_free(*a);
}

static void entry_release(struct archive_entry **e)
{
	archive_entry_free(*e);
}

static void fd_release(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static void dir_release(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static bool broken_file(struct task *task, const char *path)
{
	return fail(task, ERR_CONFLICT, "%s: %s", path, strerror(errno));
}

static bool broken_archive(struct task *task, struct archive *a)
{
	return fail(task, ERR_CONFLICT, "the archive: %s", archive_error_string(a));
}

/* ---- taking ---- */

static bool put_bytes(struct task *task, struct archive *a, int fd, int64_t size)
{
	char bytes[CHUNK];
	ssize_t n = 0;

	/* no more than was announced, should the file grow meanwhile */
	while (size > 0 && (n = read(fd, bytes, size < CHUNK ? (size_t)size : CHUNK)) > 0) {
		if (archive_write_data(a, bytes, (size_t)n) != n)
			return broken_archive(task, a);
		size -= n;
	}
	return size == 0 || fail(task, ERR_CONFLICT, "a file became shorter while it was read");
}

static bool put_file(struct task *task, struct archive *a, const char *path, const char *name)
{
	AUTO(entry_release) struct archive_entry *entry = archive_entry_new();
	AUTO(fd_release) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return true; /* packed or dropped since it was listed: then it is elsewhere */
	if (fd < 0 || fstat(fd, &st))
		return broken_file(task, path);
	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, st.st_size);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	archive_entry_set_mtime(entry, st.st_mtime, 0);
	if (archive_write_header(a, entry) != ARCHIVE_OK)
		return broken_archive(task, a);
	return put_bytes(task, a, fd, st.st_size);
}

/* Unfinished objects and locks belong to somebody who is writing now. */
static bool is_passing(const char *name)
{
	size_t len = strlen(name);

	return *name == '.' || !strncmp(name, "tmp_", 4) || (len > 5 && !strcmp(name + len - 5, ".lock"));
}

static bool put_folder(struct task *task, struct archive *a, const char *path, const char *name)
{
	AUTO(dir_release) DIR *dir = opendir(path);
	struct dirent *one;

	while (dir && (one = readdir(dir))) {
		const char *inner = arena_printf(&task->arena, "%s/%s", path, one->d_name);
		const char *inner_name = arena_printf(&task->arena, "%s/%s", name, one->d_name);
		struct stat st;

		if (is_passing(one->d_name) || stat(inner, &st))
			continue;
		if (!(S_ISDIR(st.st_mode) ? put_folder(task, a, inner, inner_name) : put_file(task, a, inner, inner_name)))
			return false;
	}
	return true;
}

/* Tables, references, objects: in this order, see backup.h. */
static bool put_all(struct task *task, struct archive *a, const char *tables)
{
	static const char *const files[] = { "HEAD", "config", "packed-refs" };
	const char *repo = arena_printf(&task->arena, "%s/guides.git", task->conf->data);

	crash_point("backup.tables");
	if (!put_file(task, a, tables, "guidehall.db"))
		return false;
	/* loose references before the packed ones: one that is packed in between is seen twice, never missed */
	if (!put_folder(task, a, arena_printf(&task->arena, "%s/refs", repo), "guides.git/refs"))
		return false;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (!put_file(task, a, arena_printf(&task->arena, "%s/%s", repo, files[i]),
			    arena_printf(&task->arena, "guides.git/%s", files[i])))
			return false;
	return put_folder(task, a, arena_printf(&task->arena, "%s/objects", repo), "guides.git/objects");
}

static bool sync_and_rename(struct task *task, const char *beside, const char *file)
{
	AUTO(fd_release) int fd = open(beside, O_RDONLY | O_CLOEXEC);

	crash_point("backup.written");
	if (fd < 0 || fsync(fd) || rename(beside, file))
		return broken_file(task, file);
	crash_point("backup.placed");
	return true;
}

static bool write_archive(struct task *task, const char *beside, const char *tables)
{
	AUTO(writer_release) struct archive *a = archive_write_new();
	/* it holds password hashes: nobody else may read it */
	AUTO(fd_release) int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return broken_file(task, beside);
	if (archive_write_set_format_pax_restricted(a) != ARCHIVE_OK || archive_write_add_filter_gzip(a) != ARCHIVE_OK
		|| archive_write_open_fd(a, fd) != ARCHIVE_OK)
		return broken_archive(task, a);
	return put_all(task, a, tables)
		&& (archive_write_close(a) == ARCHIVE_OK || broken_archive(task, a));
}

bool backup_write(struct task *task, const char *file)
{
	const char *tables = arena_printf(&task->arena, "%s/backup-%d.db", task->conf->data, (int)getpid());
	const char *beside = arena_printf(&task->arena, "%s.new", file);
	bool good = db_snapshot(task, tables)
		&& write_archive(task, beside, tables)
		&& sync_and_rename(task, beside, file);

	unlink(tables);
	if (!good)
		unlink(beside);
	return good;
}

bool backup_sweep(struct task *task)
{
	glob_t found;
	bool good = true;

	if (glob(arena_printf(&task->arena, "%s/backup-*.db*", task->conf->data), GLOB_NOSORT, NULL, &found))
		return true;
	for (size_t i = 0; good && i < found.gl_pathc; i++) {
		log_event("recovered", "what", "tables a dead backup had copied", NULL);
		good = !unlink(found.gl_pathv[i]) || broken_file(task, found.gl_pathv[i]);
	}
	globfree(&found);
	return good;
}

/* ---- bringing back ---- */

static bool is_empty(struct task *task, const char *data)
{
	AUTO(dir_release) DIR *dir = opendir(data);
	struct dirent *one;

	while (dir && (one = readdir(dir)))
		if (strcmp(one->d_name, ".") && strcmp(one->d_name, ".."))
			return fail(task, ERR_CONFLICT, "%s is not empty; restore into a new folder", data);
	return true;
}

/* Only what backup_write() writes, and nothing that climbs out. */
static bool is_ours(struct task *task, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);

	if (name && archive_entry_filetype(entry) == AE_IFREG && !strstr(name, "..")
		&& (!strcmp(name, "guidehall.db") || !strncmp(name, "guides.git/", strlen("guides.git/"))))
		return true;
	return fail(task, ERR_CONFLICT, "this is not a backup of Guidehall: it holds %s", name ? name : "a file without a name");
}

static bool make_folders(struct task *task, const char *path)
{
	char *part = arena_strdup(&task->arena, path);

	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(part, 0700) && errno != EEXIST)
			return broken_file(task, part);
		*slash = '/';
	}
	return true;
}

static bool take_file(struct task *task, struct archive *a, const char *path)
{
	AUTO(fd_release) int fd = -1;

	if (!make_folders(task, path))
		return false;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return broken_file(task, path);
	if (archive_read_data_into_fd(a, fd) != ARCHIVE_OK)
		return broken_archive(task, a);
	return !fsync(fd) || broken_file(task, path);
}

static bool take_all(struct task *task, struct archive *a, const char *data)
{
	struct archive_entry *entry;
	int64_t count = 0;
	int rc;

	while ((rc = archive_read_next_header(a, &entry)) == ARCHIVE_OK) {
		if (!is_ours(task, entry)
			|| !take_file(task, a, arena_printf(&task->arena, "%s/%s", data, archive_entry_pathname(entry))))
			return false;
		crash_point("restore.file");
		count++;
	}
	if (rc != ARCHIVE_EOF)
		return broken_archive(task, a);
	return count || fail(task, ERR_CONFLICT, "this archive is empty");
}

bool backup_restore(struct task *task, const char *file, const char *data)
{
	AUTO(reader_release) struct archive *a = archive_read_new();

	if (archive_read_support_format_tar(a) != ARCHIVE_OK || archive_read_support_filter_gzip(a) != ARCHIVE_OK
		|| archive_read_open_filename(a, file, CHUNK) != ARCHIVE_OK)
		return broken_archive(task, a);
	return is_empty(task, data)
		&& take_all(task, a, data);
}
