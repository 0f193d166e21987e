/* loose.c: loose objects, read and written as files */
#include "git/loose.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/crash.h"
#include "base/limit.h"
#include "base/log.h"
#include "base/room.h"
#include "handle.h"

#define FILE_BYTES (2 * LIMIT_PAGE_BYTES) /* zlib adds little to what it cannot shrink */
#define CLOCK_SECONDS 3600 /* by how much the disk's clock and ours may differ */

static void fd_release(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static const char *path_of(struct task *task, const char *hex)
{
	return arena_printf(&task->arena, "%sobjects/%.2s/%s", git_repository_path(task->repo->handle), hex, hex + 2);
}

static bool broken_file(struct task *task, const char *path)
{
	const char *why = strerror(errno);

	broken(task, "%s: %s", path, why);
	return room_explain(task, why);
}

/* *bytes is NULL when there is no such file. */
static bool read_file(struct task *task, const char *path, const char **bytes, size_t *len)
{
	AUTO(fd_release)
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *room;
	struct stat st;
	ssize_t n;

	*bytes = NULL;
	*len = 0;
	if (fd < 0 && errno == ENOENT)
		return true;
	if (fd < 0 || fstat(fd, &st))
		return broken_file(task, path);
	room = arena_alloc(&task->arena, (size_t)st.st_size + 1);
	n = read(fd, room, (size_t)st.st_size);
	if (n != st.st_size)
		return broken_file(task, path);
	*bytes = room;
	*len = (size_t)n;
	return true;
}

/* ---- what a commit brings ---- */

static bool add(struct task *task, const git_oid *id, struct list *out)
{
	struct repo_object object;
	struct repo_object *slot;

	handle_text(id, &object.id);
	if (!read_file(task, path_of(task, object.id.hex), &object.bytes, &object.len))
		return false;
	if (!object.bytes)
		return true; /* packed */
	if (object.len > FILE_BYTES)
		return broken(task, "%s: larger than any object of ours", object.id.hex);
	slot = list_add(&task->arena, out, sizeof(*slot));
	*slot = object;
	return true;
}

static bool add_tree(struct task *task, const git_oid *old, const git_oid *new, struct list *out);

static bool add_entry(struct task *task, const git_tree *before, const git_tree_entry *entry, struct list *out)
{
	const git_tree_entry *was = before ? git_tree_entry_byname(before, git_tree_entry_name(entry)) : NULL;
	const git_oid *id = git_tree_entry_id(entry);

	if (was && git_oid_equal(git_tree_entry_id(was), id))
		return true;
	if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB)
		return add(task, id, out);
	return add_tree(task, was && git_tree_entry_type(was) == GIT_OBJECT_TREE ? git_tree_entry_id(was) : NULL, id, out);
}

/* A folder, and what in it differs from the folder that was there (NULL: none). */
static bool add_tree(struct task *task, const git_oid *old, const git_oid *new, struct list *out)
{
	GIT_AUTO(git_tree)
	before = NULL;
	GIT_AUTO(git_tree)
	after = NULL;

	if (old && git_oid_equal(old, new))
		return true;
	if ((old && git_tree_lookup(&before, task->repo->handle, old) < 0)
		|| git_tree_lookup(&after, task->repo->handle, new) < 0)
		return broken_git(task, "git_tree_lookup");
	if (!add(task, new, out))
		return false;
	for (size_t i = 0; i < git_tree_entrycount(after); i++)
		if (!add_entry(task, before, git_tree_entry_byindex(after, i), out))
			return false;
	return true;
}

static bool add_commit(struct task *task, const git_commit *commit, struct list *out)
{
	GIT_AUTO(git_commit)
	parent = NULL;

	if (git_commit_parentcount(commit) && git_commit_parent(&parent, commit, 0) < 0)
		return broken_git(task, "git_commit_parent");
	return add(task, git_commit_id(commit), out)
		&& add_tree(task, parent ? git_commit_tree_id(parent) : NULL, git_commit_tree_id(commit), out);
}

bool repo_new_objects(struct task *task, const struct oid *tip, struct list *out)
{
	GIT_AUTO(git_object)
	object = NULL;
	struct list found = { 0 };
	git_oid id;

	if (!handle_id(task, tip, &id))
		return false;
	if (git_object_lookup(&object, task->repo->handle, &id, GIT_OBJECT_ANY) < 0)
		return broken_git(task, tip->hex);
	if (!(git_object_type(object) == GIT_OBJECT_COMMIT ? add_commit(task, (const git_commit *)object, &found)
							   : add(task, &id, &found)))
		return false;
	*out = found;
	return true;
}

/* ---- putting back ---- */

static bool write_file(struct task *task, const char *path, const struct repo_object *object)
{
	AUTO(fd_release)
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0444);

	/* the journal keeps it until repo_sync() */
	if (fd < 0 || write(fd, object->bytes, object->len) != (ssize_t)object->len)
		return broken_file(task, path);
	return true;
}

bool repo_put_object(struct task *task, const struct repo_object *object)
{
	const char *path = path_of(task, object->id.hex);
	const char *beside = arena_printf(&task->arena, "%s.restored", path);

	if (mkdir(arena_strndup(&task->arena, path, strlen(path) - strlen(object->id.hex + 2)), 0755) && errno != EEXIST)
		return broken_file(task, path);
	unlink(beside);
	if (!write_file(task, beside, object))
		return false;
	crash_point("recovery.written");
	return !rename(beside, path) || broken_file(task, path);
}

bool repo_sync(struct task *task)
{
	return crash_lies() || !syncfs(task->repo->folder) || broken_file(task, git_repository_path(task->repo->handle));
}

/* ---- after a power cut ---- */

static void dir_release(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* What a file of these bytes unpacks to, as far as it goes. */
static bool unpack(struct task *task, const char *bytes, size_t len, struct buf *out)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)len };
	char room[16 * 1024];
	int rc;

	if (inflateInit(&z) != Z_OK)
		return broken(task, "inflateInit: %s", z.msg ? z.msg : "no memory");
	do {
		z.next_out = (Bytef *)room;
		z.avail_out = sizeof(room);
		rc = inflate(&z, Z_NO_FLUSH);
		buf_add(out, room, sizeof(room) - z.avail_out);
	} while (rc == Z_OK);
	inflateEnd(&z);
	return rc != Z_MEM_ERROR || broken(task, "inflate: no memory");
}

/* Whether the hash of what it unpacks to, "blob 5\0Text\n", is its name.
 * Decided by its bytes alone: a file that cannot be opened or read just now
 * may be whole, and is not ours to remove. */
static bool is_whole(struct task *task, const char *bytes, size_t len, const char *hex, bool *out)
{
	struct buf text = { .arena = &task->arena };
	const char *header, *end;
	git_object_t type;
	git_oid id, name;

	*out = false;
	if (!unpack(task, bytes, len, &text))
		return false;
	header = buf_text(&text);
	end = memchr(header, '\0', text.len);
	type = git_object_string2type(arena_strndup(&task->arena, header, strcspn(header, " ")));
	if (!end || !git_object_typeisloose(type))
		return true;
	end++;
	if (git_odb_hash(&id, end, text.len - (size_t)(end - header), type) < 0)
		return broken_git(task, "git_odb_hash");
	*out = !git_oid_fromstr(&name, hex) && git_oid_equal(&id, &name);
	return true;
}

static bool sweep_file(struct task *task, const char *hex)
{
	const char *path = path_of(task, hex), *bytes;
	size_t len;
	bool whole;

	if (!read_file(task, path, &bytes, &len) || (bytes && !is_whole(task, bytes, len, hex, &whole)))
		return false;
	if (!bytes || whole)
		return true;
	log_event("recovered", "what", "an object that was not whole", "object", hex, NULL);
	return !unlink(path) || broken_file(task, path);
}

/* Adding a file is a change of its folder. */
static bool open_newer(struct task *task, const char *folder, int64_t since, DIR **out)
{
	struct stat st;

	if (stat(folder, &st))
		return errno == ENOENT || broken_file(task, folder);
	if (st.st_mtime < since - CLOCK_SECONDS)
		return true;
	*out = opendir(folder);
	return *out || broken_file(task, folder);
}

static bool sweep_folder(struct task *task, const char *two, int64_t since)
{
	const char *folder = arena_printf(&task->arena, "%sobjects/%s", git_repository_path(task->repo->handle), two);
	AUTO(dir_release)
	DIR *dir = NULL;
	struct dirent *one;
	struct stat st;

	if (!open_newer(task, folder, since, &dir))
		return false;
	if (!dir)
		return true;
	while (errno = 0, (one = readdir(dir))) {
		struct oid id;

		snprintf(id.hex, sizeof(id.hex), "%s%.38s", two, one->d_name);
		if (!oid_parse(id.hex, &id))
			continue;
		if (fstatat(dirfd(dir), one->d_name, &st, 0))
			return broken_file(task, folder);
		if (st.st_mtime >= since - CLOCK_SECONDS && !sweep_file(task, id.hex))
			return false;
	}
	return !errno || broken_file(task, folder);
}

bool repo_sweep(struct task *task, int64_t since)
{
	char two[3];

	for (unsigned int i = 0; i < 256; i++) {
		snprintf(two, sizeof(two), "%02x", i);
		if (!sweep_folder(task, two, since))
			return false;
	}
	return true;
}

static bool write_again(struct task *task, const char *path, const char *bytes, size_t len)
{
	AUTO(fd_release)
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	return (fd >= 0 && pwrite(fd, bytes, len, 0) == (ssize_t)len) || broken_file(task, path);
}

bool repo_sweep_ref(struct task *task, const char *ref, bool *lost)
{
	const char *path = arena_printf(&task->arena, "%s%s", git_repository_path(task->repo->handle), ref);
	const char *bytes;
	struct oid id;
	size_t len;

	if (!read_file(task, path, &bytes, &len))
		return false;
	*lost = bytes && (len < 40 || !oid_parse(arena_strndup(&task->arena, bytes, 40), &id));
	if (!*lost)
		return !bytes || write_again(task, path, bytes, len);
	return !unlink(path) || errno == ENOENT || broken_file(task, path);
}
