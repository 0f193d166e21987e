/* replay.c: main() of a fuzz target in an ordinary build: run it on each file
 * of the folders and files named, and say which one it was when it breaks */
#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>

#include "fuzz.h"

#pragma weak LLVMFuzzerInitialize

static char current[4096];

static void tell(void)
{
	fprintf(stderr, "broken by %s\n", current);
}

static void on_abort(int signal)
{
	(void)signal;
	tell();
}

/* The sanitizers' own way to end; absent without them. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static size_t run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct stat about;
	uint8_t *bytes;
	size_t len;

	if (!file || fstat(fileno(file), &about)) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	snprintf(current, sizeof(current), "%s", path);
	/* of exactly this size, so that reading behind it is noticed */
	bytes = malloc(about.st_size ? (size_t)about.st_size : 1);
	len = bytes ? fread(bytes, 1, (size_t)about.st_size, file) : 0;
	fclose(file);
	LLVMFuzzerTestOneInput(bytes, len);
	free(bytes);
	return 1;
}

static size_t run(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	size_t count = 0;

	if (!folder)
		return run_file(path);
	while ((entry = readdir(folder))) {
		char inside[4096];

		snprintf(inside, sizeof(inside), "%s/%s", path, entry->d_name);
		if (*entry->d_name != '.')
			count += run(inside);
	}
	closedir(folder);
	return count;
}

int main(int argc, char **argv)
{
	size_t count = 0;

	signal(SIGABRT, on_abort);
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(tell);
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++)
		count += run(argv[i]);
	printf("%zu inputs\n", count);
	/* a corpus that is not there tests nothing */
	return count ? EXIT_SUCCESS : EXIT_FAILURE;
}
