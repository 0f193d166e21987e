/* disk.c: disk FOLDER COUNT BYTES
 *
 * The yardstick of everything that must be durable: one file written, synced,
 * renamed, and its folder synced; COUNT times. Prints how many a second. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(int good, const char *what)
{
	if (good)
		return;
	perror(what);
	exit(1);
}

static void write_one(int folder, const char *bytes, size_t len, int number)
{
	char name[32];
	int file;

	snprintf(name, sizeof(name), "file-%d", number);
	file = openat(folder, "new", O_WRONLY | O_CREAT | O_EXCL, 0600);
	must(file >= 0, "open");
	must(write(file, bytes, len) == (ssize_t)len, "write");
	must(!fsync(file), "fsync");
	close(file);
	must(!renameat(folder, "new", folder, name), "rename");
	must(!fsync(folder), "fsync of the folder");
}

int main(int argc, char **argv)
{
	int folder = argc == 4 ? open(argv[1], O_RDONLY | O_DIRECTORY) : -1;
	int count = argc == 4 ? atoi(argv[2]) : 0;
	size_t len = argc == 4 ? (size_t)atol(argv[3]) : 0;
	char *bytes = malloc(len + 1);
	double begin;

	must(folder >= 0 && count > 0 && bytes, "usage: disk FOLDER COUNT BYTES");
	memset(bytes, 'x', len);
	begin = now();
	for (int i = 0; i < count; i++)
		write_one(folder, bytes, len, i);
	printf("%.1f\n", count / (now() - begin));
	free(bytes);
	close(folder);
	return 0;
}
