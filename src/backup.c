#include "backup.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/crash.h"
#include "base/log.h"
#include "db/db.h"

#define CHUNK (64 * 1024)
#define SUMS "SHA256SUMS" /* the last file of an archive */
#define SUMS_BYTES (256 * 1024 * 1024)
#define UNPACKED "restoring" /* folder in the data, until all is proven */

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

/* ---- what each file hashes to ---- */

/* As sha256sum writes it. */
static void add_sum(struct buf *sums, crypto_hash_sha256_state *state, const char *name)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char hex[2 * sizeof(hash) + 1];

	crypto_hash_sha256_final(state, hash);
	buf_printf(sums, "%s  %s\n", sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash)), name);
}

/* ---- taking ---- */

static bool put_bytes(struct task *task, struct archive *a, int fd, int64_t size, crypto_hash_sha256_state *state)
{
	char bytes[CHUNK];
	ssize_t n = 0;

	/* no more than was announced, should the file grow meanwhile */
	while (size > 0 && (n = read(fd, bytes, size < CHUNK ? (size_t)size : CHUNK)) > 0) {
		if (archive_write_data(a, bytes, (size_t)n) != n)
			return broken_archive(task, a);
		crypto_hash_sha256_update(state, (const unsigned char *)bytes, (unsigned long long)n);
		size -= n;
	}
	return size == 0 || fail(task, ERR_CONFLICT, "a file became shorter while it was read");
}

static bool put_header(struct task *task, struct archive *a, const char *name, const struct stat *st)
{
	AUTO(entry_release) struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, st->st_size);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	archive_entry_set_mtime(entry, st->st_mtime, 0);
	return archive_write_header(a, entry) == ARCHIVE_OK || broken_archive(task, a);
}

static bool put_sums(struct task *task, struct archive *a, struct buf *sums)
{
	const struct stat st = { .st_size = (off_t)sums->len, .st_mtime = task->now };

	return put_header(task, a, SUMS, &st)
		&& (archive_write_data(a, buf_text(sums), sums->len) == (ssize_t)sums->len || broken_archive(task, a));
}

static bool put_file(struct task *task, struct archive *a, const char *path, const char *name, struct buf *sums)
{
	AUTO(fd_release) int fd = open(path, O_RDONLY | O_CLOEXEC);
	crypto_hash_sha256_state state;
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return true; /* packed or dropped since it was listed: then it is elsewhere */
	if (fd < 0 || fstat(fd, &st))
		return broken_file(task, path);
	crypto_hash_sha256_init(&state);
	if (!put_header(task, a, name, &st) || !put_bytes(task, a, fd, st.st_size, &state))
		return false;
	add_sum(sums, &state, name);
	return true;
}

/* Unfinished objects and locks belong to somebody who is writing now. */
static bool is_passing(const char *name)
{
	size_t len = strlen(name);

	return *name == '.' || !strncmp(name, "tmp_", 4) || (len > 5 && !strcmp(name + len - 5, ".lock"));
}

static bool put_folder(struct task *task, struct archive *a, const char *path, const char *name, struct buf *sums);

static bool put_inner(struct task *task, struct archive *a, const char *path, const char *name, struct buf *sums)
{
	struct stat st;

	if (stat(path, &st))
		return errno == ENOENT || broken_file(task, path);
	return S_ISDIR(st.st_mode) ? put_folder(task, a, path, name, sums) : put_file(task, a, path, name, sums);
}

/* What cannot be read is a reason to fail: a backup without it would look whole. */
static bool put_folder(struct task *task, struct archive *a, const char *path, const char *name, struct buf *sums)
{
	AUTO(dir_release) DIR *dir = opendir(path);
	struct dirent *one;

	if (!dir)
		return errno == ENOENT || broken_file(task, path);
	while (errno = 0, (one = readdir(dir)))
		if (!is_passing(one->d_name)
			&& !put_inner(task, a, arena_printf(&task->arena, "%s/%s", path, one->d_name),
				arena_printf(&task->arena, "%s/%s", name, one->d_name), sums))
			return false;
	return !errno || broken_file(task, path);
}

/* Tables, references, objects, sums: in this order, see backup.h. */
static bool put_all(struct task *task, struct archive *a, const char *tables)
{
	static const char *const files[] = { "HEAD", "config", "packed-refs" };
	const char *repo = arena_printf(&task->arena, "%s/guides.git", task->conf->data);
	struct buf sums = { .arena = &task->arena };

	crash_point("backup.tables");
	if (!put_file(task, a, tables, "guidehall.db", &sums))
		return false;
	/* loose references before the packed ones: one that is packed in between is seen twice, never missed */
	if (!put_folder(task, a, arena_printf(&task->arena, "%s/refs", repo), "guides.git/refs", &sums))
		return false;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (!put_file(task, a, arena_printf(&task->arena, "%s/%s", repo, files[i]),
			    arena_printf(&task->arena, "guides.git/%s", files[i]), &sums))
			return false;
	return put_folder(task, a, arena_printf(&task->arena, "%s/objects", repo), "guides.git/objects", &sums)
		&& put_sums(task, a, &sums);
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

/* For whoever asks how old the last one is. Without it, the backup is as good. */
static void leave_mark(struct task *task)
{
	AUTO(fd_release) int fd = open(arena_printf(&task->arena, "%s/" BACKUP_MARK, task->conf->data),
		O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0)
		futimens(fd, NULL);
}

bool backup_write(struct task *task, const char *file)
{
	const char *tables = arena_printf(&task->arena, "%s/backup-%d.db", task->conf->data, (int)getpid());
	const char *beside = arena_printf(&task->arena, "%s.new", file);
	bool good = db_snapshot(task, tables)
		&& write_archive(task, beside, tables)
		&& sync_and_rename(task, beside, file);

	unlink(tables);
	unlink(arena_printf(&task->arena, "%s-journal", tables)); /* left when it could not be finished */
	if (good)
		leave_mark(task);
	else
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

	if (!dir)
		return errno == ENOENT || broken_file(task, data);
	while (errno = 0, (one = readdir(dir)))
		if (strcmp(one->d_name, ".") && strcmp(one->d_name, "..") && strcmp(one->d_name, UNPACKED))
			return fail(task, ERR_CONFLICT, "%s is not empty; restore into a new folder", data);
	return !errno || broken_file(task, data);
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

/* Whole archives are read through us: libarchive does not look at gzip's own
 * checksum. */
static bool take_bytes(struct task *task, struct archive *a, int fd, crypto_hash_sha256_state *state)
{
	char bytes[CHUNK];
	ssize_t n;

	while ((n = archive_read_data(a, bytes, sizeof(bytes))) > 0) {
		if (write(fd, bytes, (size_t)n) != n)
			return fail(task, ERR_CONFLICT, "writing: %s", strerror(errno));
		crypto_hash_sha256_update(state, (const unsigned char *)bytes, (unsigned long long)n);
	}
	return !n || broken_archive(task, a);
}

static bool take_file(struct task *task, struct archive *a, const char *path, const char *name, struct buf *sums)
{
	AUTO(fd_release) int fd = -1;
	crypto_hash_sha256_state state;

	if (!make_folders(task, path))
		return false;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return broken_file(task, path);
	crypto_hash_sha256_init(&state);
	if (!take_bytes(task, a, fd, &state))
		return false;
	add_sum(sums, &state, name);
	return !fsync(fd) || broken_file(task, path);
}

/* What the archive says its files hash to is what they did. */
static bool agrees(struct task *task, struct archive *a, struct archive_entry *entry, const struct buf *sums)
{
	int64_t size = archive_entry_size(entry);
	char *said;

	if (size != (int64_t)sums->len || size > SUMS_BYTES)
		return fail(task, ERR_CONFLICT, "the archive is damaged: its list of files is another");
	said = arena_alloc(&task->arena, sums->len + 1);
	if (archive_read_data(a, said, sums->len) != (ssize_t)sums->len)
		return broken_archive(task, a);
	return !memcmp(said, buf_text(sums), sums->len) || fail(task, ERR_CONFLICT, "the archive is damaged: a file is another than was put in");
}

static bool take_all(struct task *task, struct archive *a, const char *folder)
{
	struct buf sums = { .arena = &task->arena };
	struct archive_entry *entry;
	bool proven = false;
	int rc;

	while ((rc = archive_read_next_header(a, &entry)) == ARCHIVE_OK) {
		const char *name = archive_entry_pathname(entry);

		if (proven)
			return fail(task, ERR_CONFLICT, "the archive holds more than its list of files");
		if (name && !strcmp(name, SUMS)) {
			proven = agrees(task, a, entry, &sums);
			if (!proven)
				return false;
		} else if (!is_ours(task, entry)
			|| !take_file(task, a, arena_printf(&task->arena, "%s/%s", folder, name), arena_strdup(&task->arena, name), &sums)) {
			return false;
		}
		crash_point("restore.file");
	}
	if (rc != ARCHIVE_EOF)
		return broken_archive(task, a);
	return proven || fail(task, ERR_CONFLICT, "the archive is cut off, or none of Guidehall");
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
	(void)info;
	(void)type;
	(void)at;
	return remove(path);
}

/* The tables last: a folder without them is no site yet. */
static bool take_place(struct task *task, const char *folder, const char *data)
{
	static const char *const names[] = { "guides.git", "guidehall.db" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (rename(arena_printf(&task->arena, "%s/%s", folder, names[i]), arena_printf(&task->arena, "%s/%s", data, names[i])))
			return broken_file(task, names[i]);
	return true;
}

static bool unpack(struct task *task, struct archive *a, const char *data)
{
	const char *folder = arena_printf(&task->arena, "%s/" UNPACKED, data);
	bool is_new = access(data, F_OK), good;

	nftw(folder, remove_one, 16, FTW_PHYS | FTW_DEPTH); /* of one that was killed */
	good = take_all(task, a, folder) && take_place(task, folder, data);
	nftw(folder, remove_one, 16, FTW_PHYS | FTW_DEPTH);
	if (!good && is_new)
		rmdir(data);
	return good;
}

bool backup_restore(struct task *task, const char *file, const char *data)
{
	AUTO(reader_release) struct archive *a = archive_read_new();

	if (archive_read_support_format_tar(a) != ARCHIVE_OK || archive_read_support_filter_gzip(a) != ARCHIVE_OK
		|| archive_read_open_filename(a, file, CHUNK) != ARCHIVE_OK)
		return broken_archive(task, a);
	return is_empty(task, data) && unpack(task, a, data);
}
