/* test_bundle.c: the files of a release, as unzip and sha256sum see them */
#include "fixture.h"

#include <sys/stat.h>

/* Read as the public API shows it. */
static void shape(const struct press_file *file)
{
	const struct field *bytes = shape_find(&press_file_shape, "bytes", 5);

	CHECK(bytes && bytes->kind == KIND_INT);
	CHECK(bytes && *(const int64_t *)((const char *)file + bytes->offset) == file->size);
}

static void names(const struct list *files)
{
	const struct press_file *file = files->items;

	CHECK(files->count == 4);
	CHECK_STR(file[0].name, "twitter-1.0.0.md");
	CHECK_STR(file[1].name, "twitter-1.0.0.html");
	CHECK_STR(file[2].name, "SHA256SUMS");
	CHECK_STR(file[3].name, "twitter-1.0.0.zip");
	CHECK_STR(file[3].type, "application/zip");
	shape(&file[0]);
}

/* The tools everybody has find nothing wrong. */
static void unpacked(const char *dir, const struct list *files)
{
	const struct press_file *file = files->items;

	for (size_t i = 0; i < files->count; i++)
		scratch_write(dir, &file[i]);
	run("cd %s && sha256sum --strict --quiet -c SHA256SUMS", dir);
	CHECK_STR(run("cd %s && unzip -q twitter-1.0.0.zip && cd twitter-1.0.0 && sha256sum --strict -c SHA256SUMS && ls", dir),
		"twitter-1.0.0.md: OK\ntwitter-1.0.0.html: OK\n"
		"SHA256SUMS\ntwitter-1.0.0.html\ntwitter-1.0.0.md\n");
	for (size_t i = 0; i < 3; i++)
		run("cd %s && cmp %s twitter-1.0.0/%s", dir, file[i].name, file[i].name);
	CHECK_STR(run("cd %s && sha256sum < twitter-1.0.0.zip", dir),
		run("printf '%s  -\\n'", file[3].sha256));
	CHECK_STR(run("cd %s && zipinfo -v twitter-1.0.0.zip | grep -c 'Unix file attributes (100644 octal)'", dir), "3\n");
	CHECK_STR(run("cd %s && zipinfo -v twitter-1.0.0.zip | grep -c 'length of extra field: *0 bytes'", dir), "3\n");
	CHECK_STR(run("cd %s && zipinfo -T twitter-1.0.0.zip | grep -c 20260329.023000", dir), "3\n");
	CHECK_STR(run("python3 -c 'import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).testzip())' %s/twitter-1.0.0.zip", dir), "None\n");
}

/* The same again, in a machine set up differently. */
static void repeated(const struct list *files)
{
	static const char *const zones[] = { "UTC", "Asia/Tokyo", "Europe/Budapest", "America/New_York" };
	const struct edition e = edition();

	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		struct task task = { .now = (int64_t)i * 86400 };
		const struct press_file *a = files->items, *b;
		struct list again;

		setenv("TZ", zones[i], 1);
		umask(i % 2 ? 077 : 022);
		CHECK(press_make(&task, &e, &again));
		b = again.items;
		for (size_t f = 0; f < files->count; f++)
			CHECK(a[f].size == b[f].size && !memcmp(a[f].bytes, b[f].bytes, (size_t)a[f].size));
		arena_free(&task.arena);
	}
	unsetenv("TZ");
	umask(022);
}

static void empty_zip(struct task *task, const char *dir)
{
	const struct press_file empty = { .name = "empty", .bytes = "", .size = 0 };
	struct list files = { 0 };
	struct buf zip = { .arena = &task->arena };
	struct press_file whole = { .name = "empty.zip" };

	*(struct press_file *)list_add(&task->arena, &files, sizeof(empty)) = empty;
	CHECK(press_zip(task, "a", &files, 1774751400, &zip));
	whole.bytes = buf_text(&zip);
	whole.size = (int64_t)zip.len;
	scratch_write(dir, &whole);
	run("cd %s && unzip -qt empty.zip", dir);
}

static void refused(struct task *task)
{
	struct edition e = edition();
	struct list files;

	e.text = "---\nid: [\n";
	e.len = strlen(e.text);
	CHECK(!press_make(task, &e, &files) && task->err.code == ERR_FIELDS);
}

int main(void)
{
	struct task task = { .now = 1700000000 };
	const struct edition e = edition();
	char dir[PATH_MAX];
	struct list files;

	scratch_make(dir);
	CHECK(press_make(&task, &e, &files));
	if (!task.err.code) {
		names(&files);
		repeated(&files);
		unpacked(dir, &files);
		empty_zip(&task, dir);
		refused(&task);
	}
	run("rm -rf %s", dir);
	arena_free(&task.arena);
	return test_result();
}
