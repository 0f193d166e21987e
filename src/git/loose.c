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
#include "base/log.h"
#include "object.h"

#define CLOCK_SECONDS 3600 /* by how much the disk's clock and ours may differ */

static void fd_release(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* ---- putting back ---- */

bool repo_put_object(struct task *task, const struct repo_object *object)
{
	const char *beside = NULL;

	/* the journal keeps it until repo_sync() */
	if (!object_beside(task, object->bytes.at, object->bytes.len, &beside))
		return false;
	crash_point("recovery.written");
	return object_name(task, beside, object->id.hex);
}

bool repo_sync(struct task *task)
{
	return crash_lies() || !syncfs(task->repo->folder) || object_broken(task, git_repository_path(task->repo->handle));
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
	const char *path = object_path(task, hex), *bytes;
	size_t len;
	bool whole;

	if (!object_read(task, path, &bytes, &len) || (bytes && !is_whole(task, bytes, len, hex, &whole)))
		return false;
	if (!bytes || whole)
		return true;
	log_event("recovered", "what", "an object that was not whole", "object", hex, NULL);
	return !unlink(path) || object_broken(task, path);
}

/* Adding a file is a change of its folder. */
static bool open_newer(struct task *task, const char *folder, int64_t since, DIR **out)
{
	struct stat st;

	if (stat(folder, &st))
		return errno == ENOENT || object_broken(task, folder);
	if (st.st_mtime < since - CLOCK_SECONDS)
		return true;
	*out = opendir(folder);
	return *out || object_broken(task, folder);
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
			return object_broken(task, folder);
		if (st.st_mtime >= since - CLOCK_SECONDS && !sweep_file(task, id.hex))
			return false;
	}
	return !errno || object_broken(task, folder);
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

	return (fd >= 0 && pwrite(fd, bytes, len, 0) == (ssize_t)len) || object_broken(task, path);
}

bool repo_sweep_ref(struct task *task, const char *ref, bool *lost)
{
	const char *path = arena_printf(&task->arena, "%s%s", git_repository_path(task->repo->handle), ref);
	const char *bytes;
	struct oid id;
	size_t len;

	if (!object_read(task, path, &bytes, &len))
		return false;
	*lost = bytes && (len < 40 || !oid_parse(arena_strndup(&task->arena, bytes, 40), &id));
	if (!*lost)
		return !bytes || write_again(task, path, bytes, len);
	return !unlink(path) || errno == ENOENT || object_broken(task, path);
}
