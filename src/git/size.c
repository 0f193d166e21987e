/* size.c: how large a repository is, without reading it */
#include "git/repo.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDERS 256 /* of loose objects, which are spread evenly */
#define ENOUGH 4000 /* objects counted; the rest is as in those folders */
#define LAST_FANOUT (8 + 255 * 4) /* in an index, version 2: how many objects in all */

static void dir_release(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static bool ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len > end_len && !strcmp(name + len - end_len, end);
}

static int64_t count_packed(int folder, const char *index)
{
	uint32_t count = 0;
	int fd = openat(folder, index, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	if (pread(fd, &count, sizeof(count), LAST_FANOUT) != (ssize_t)sizeof(count))
		count = 0;
	close(fd);
	return ntohl(count);
}

static void add_packs(const char *path, struct repo_size *size)
{
	char folder[4096];
	AUTO(dir_release) DIR *dir = NULL;
	struct dirent *one;
	struct stat st;

	snprintf(folder, sizeof(folder), "%s/objects/pack", path);
	dir = opendir(folder);
	while (dir && (one = readdir(dir))) {
		if (ends_with(one->d_name, ".idx"))
			size->packed_objects += count_packed(dirfd(dir), one->d_name);
		if (!ends_with(one->d_name, ".pack") || fstatat(dirfd(dir), one->d_name, &st, 0))
			continue;
		size->packs++;
		size->pack_bytes += st.st_size;
	}
}

static int64_t count_loose(const char *path, int folder)
{
	char name[4096];
	AUTO(dir_release) DIR *dir = NULL;
	struct dirent *one;
	int64_t count = 0;

	snprintf(name, sizeof(name), "%s/objects/%02x", path, (unsigned int)folder);
	dir = opendir(name);
	while (dir && (one = readdir(dir)))
		count += *one->d_name != '.';
	return count;
}

struct repo_size repo_size(const char *path)
{
	struct repo_size size = { 0 };
	int64_t counted = 0;
	int folder = 0;

	add_packs(path, &size);
	while (folder < FOLDERS && counted < ENOUGH)
		counted += count_loose(path, folder++);
	size.loose_objects = counted * FOLDERS / folder;
	return size;
}
