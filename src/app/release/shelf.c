#include "shelf.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/crash.h"
#include "base/log.h"

static void fd_release(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define AUTO_FD AUTO(fd_release) int

const char *shelf_sha256(struct arena *arena, const char *bytes, size_t len)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char hex[2 * sizeof(hash) + 1];

	crypto_hash_sha256(hash, (const unsigned char *)bytes, len);
	return arena_strdup(arena, sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash)));
}

static const char *folder_of(struct task *task, const struct release *r)
{
	return arena_printf(&task->arena, "%s/releases/%s/%s", task->conf->data, r->guide, r->version);
}

/* Guide and version were checked: they hold no slash and no dots alone. */
static bool make_folders(struct task *task, const struct release *r)
{
	const char *const folders[] = {
		arena_printf(&task->arena, "%s/releases", task->conf->data),
		arena_printf(&task->arena, "%s/releases/%s", task->conf->data, r->guide),
		folder_of(task, r),
	};

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (mkdir(folders[i], 0755) && errno != EEXIST)
			return broken(task, "mkdir %s: %s", folders[i], strerror(errno));
	return true;
}

static bool write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return fsync(fd) == 0;
}

static bool put_file(struct task *task, const char *folder, const struct press_file *file)
{
	const char *path = arena_printf(&task->arena, "%s/%s", folder, file->name);
	const char *beside = arena_printf(&task->arena, "%s.new", path);
	AUTO_FD fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || !write_all(fd, file->bytes, (size_t)file->size))
		return broken(task, "%s: %s", beside, strerror(errno));
	crash_point("shelf.written");
	if (rename(beside, path))
		return broken(task, "%s: %s", path, strerror(errno));
	crash_point("shelf.placed");
	return true;
}

static bool put_files(struct task *task, const struct release *r, const struct list *files)
{
	const char *folder = folder_of(task, r);

	if (!make_folders(task, r))
		return false;
	for (size_t i = 0; i < files->count; i++)
		if (!put_file(task, folder, (const struct press_file *)files->items + i))
			return false;
	return true;
}

void shelf_put(struct task *task, const struct release *r, const struct list *files)
{
	if (put_files(task, r, files))
		return;
	log_event("shelf", "why", task->err.detail, NULL);
	task_forgive(task);
}

const char *shelf_get(struct task *task, const struct release *r, const struct release_file *file)
{
	AUTO_FD fd = open(arena_printf(&task->arena, "%s/%s", folder_of(task, r), file->name), O_RDONLY | O_CLOEXEC);
	char *bytes = arena_alloc(&task->arena, (size_t)file->bytes + 1);
	ssize_t n;
	size_t len = 0;

	if (fd < 0)
		return NULL;
	while (len < (size_t)file->bytes && (n = read(fd, bytes + len, (size_t)file->bytes - len)) > 0)
		len += (size_t)n;
	if (strcmp(shelf_sha256(&task->arena, bytes, len), file->sha256))
		return NULL;
	return bytes;
}
