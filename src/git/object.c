/* object.c: hash, compress, write beside, rename */
#include "object.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/crash.h"
#include "git/loose.h"

/* Half of what zlib takes by itself: most texts fit in. */
#define WINDOW_BITS 14
#define MEMORY_LEVEL 7
/* As git does. */
#define LEVEL Z_BEST_SPEED
#define FILE_MODE 0444
#define FOLDER_MODE 0755

static void fd_release(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

const char *object_path(struct task *task, const char *hex)
{
	return arena_printf(&task->arena, "%sobjects/%.2s/%s", git_repository_path(task->repo->handle), hex, hex + 2);
}

bool object_broken(struct task *task, const char *path)
{
	const char *why = strerror(errno);

	broken(task, "%s: %s", path, why);
	room_explain(task, why);
	return false;
}

bool object_read(struct task *task, const char *path, const char **bytes, size_t *len)
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
		return object_broken(task, path);
	room = arena_alloc(&task->arena, (size_t)st.st_size + 1);
	n = read(fd, room, (size_t)st.st_size);
	if (n != st.st_size)
		return object_broken(task, path);
	*bytes = room;
	*len = (size_t)n;
	return true;
}

/* ---- packing ---- */

/* Setting one up takes longer than packing a folder, so a handle keeps its own. */
static bool packer_of(struct task *task, z_stream **out)
{
	struct repo *repo = task->repo;

	*out = &repo->packer;
	if (repo->packer.state)
		return deflateReset(&repo->packer) == Z_OK || broken(task, "deflateReset");
	return deflateInit2(&repo->packer, LEVEL, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) == Z_OK
		|| broken(task, "deflateInit2: no memory");
}

/* "blob 5\0Text\n" as zlib has it. */
static bool pack(struct task *task, const char *header, size_t header_len, const char *bytes, size_t len, struct bytes *out)
{
	z_stream *z;
	char *room;
	size_t most;

	if (!packer_of(task, &z))
		return false;
	most = deflateBound(z, header_len + len);
	room = arena_alloc(&task->arena, most);
	z->next_out = (Bytef *)room;
	z->avail_out = (uInt)most;
	z->next_in = (Bytef *)(uintptr_t)header;
	z->avail_in = (uInt)header_len;
	deflate(z, Z_NO_FLUSH);
	z->next_in = (Bytef *)(uintptr_t)bytes;
	z->avail_in = (uInt)len;
	if (deflate(z, Z_FINISH) != Z_STREAM_END)
		return broken(task, "deflate: no end");
	*out = (struct bytes) { room, z->total_out };
	return true;
}

/* ---- writing ---- */

static bool write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

static bool give_up(struct task *task, const char *beside)
{
	object_broken(task, beside);
	unlink(beside);
	return false;
}

bool object_beside(struct task *task, const char *bytes, size_t len, const char **out)
{
	char *beside = arena_printf(&task->arena, "%sobjects/tmp_obj_XXXXXX", git_repository_path(task->repo->handle));
	AUTO(fd_release)
	int fd = mkostemp(beside, O_CLOEXEC);

	if (fd < 0)
		return object_broken(task, beside);
	*out = beside;
	return (write_all(fd, bytes, len) && !fchmod(fd, FILE_MODE)) || give_up(task, beside);
}

/* Whoever is the first in a folder makes it. */
bool object_name(struct task *task, const char *beside, const char *hex)
{
	const char *path = object_path(task, hex);
	const char *folder = arena_strndup(&task->arena, path, (size_t)(strrchr(path, '/') - path));

	if (!rename(beside, path))
		return true;
	if (errno == ENOENT && (!mkdir(folder, FOLDER_MODE) || errno == EEXIST) && !rename(beside, path))
		return true;
	return give_up(task, beside);
}

void object_person(struct task *task, struct buf *out, const char *role, int64_t account)
{
	const char *name = account ? arena_printf(&task->arena, "u%" PRId64, account) : "guest";

	buf_printf(out, "%s %s <%s@users.invalid> %" PRId64 " +0000\n", role, name, name, task->now);
}

/* For the journal: its bytes as they are in the file. */
static void note(struct task *task, const struct oid *id, struct bytes packed)
{
	struct repo_object *add = list_add(&task->arena, &task->objects, sizeof(*add));

	*add = (struct repo_object) { *id, packed };
}

/* Somebody wrote it before, but maybe not to the disk: a packed one is there.
 * `git gc` removes old objects nobody names, so this one becomes a new one. */
static bool take_over(struct task *task, git_odb *odb, git_object_t type, const char *bytes, size_t len, const struct oid *id)
{
	struct bytes packed;
	git_oid raw;

	if (git_odb_write(&raw, odb, bytes, len, type) < 0)
		return broken_git(task, "git_odb_write");
	if (!object_read(task, object_path(task, id->hex), &packed.at, &packed.len))
		return false;
	if (packed.at)
		note(task, id, packed);
	return true;
}

static bool write_new(struct task *task, git_object_t type, const char *bytes, size_t len, const struct oid *id)
{
	char header[32];
	size_t header_len = (size_t)snprintf(header, sizeof(header), "%s %zu", git_object_type2string(type), len) + 1;
	struct bytes packed = { 0 };
	const char *beside = NULL;

	if (!pack(task, header, header_len, bytes, len, &packed)
		|| !object_beside(task, packed.at, packed.len, &beside))
		return false;
	crash_point("object.written");
	if (!object_name(task, beside, id->hex))
		return false;
	note(task, id, packed);
	return true;
}

bool object_write(struct task *task, git_object_t type, const char *bytes, size_t len, git_oid *out)
{
	GIT_AUTO(git_odb)
	odb = NULL;
	struct oid id;

	if (git_repository_odb(&odb, task->repo->handle) < 0 || git_odb_hash(out, bytes, len, type) < 0)
		return broken_git(task, "git_odb_hash");
	handle_text(out, &id);
	return git_odb_exists_ext(odb, out, GIT_ODB_LOOKUP_NO_REFRESH) ? take_over(task, odb, type, bytes, len, &id)
									 : write_new(task, type, bytes, len, &id);
}
