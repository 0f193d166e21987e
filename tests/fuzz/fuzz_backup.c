/* Archives to bring back: what was put in comes out; what was damaged, cut,
 * added to or made by somebody else leaves nothing behind; and nothing is ever
 * written anywhere else. Input: bytes of a tar, or names and texts of which an
 * archive is made, and where to damage it. */
#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup.h"
#include "base/buf.h"
#include "fuzz.h"
#include "quiet.h"

#define FILES 6
#define ROOM (64 * 1024)

static char folder[64]; /* ours alone: archive, data */

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	snprintf(folder, sizeof(folder), "%s/guidehall-backup-%d", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm", (int)getpid());
	MUST(sodium_init() >= 0 && !mkdir(folder, 0700));
	return 0;
}

__attribute__((destructor)) static void clean_up(void)
{
	if (*folder)
		rmdir(folder);
}

/* ---- folders ---- */

static void empty(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char inside[4096];

		snprintf(inside, sizeof(inside), "%s/%s", path, entry->d_name);
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			empty(inside);
	}
	if (dir)
		closedir(dir);
	remove(path);
}

static size_t count_files(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	size_t files = !dir;

	while (dir && (entry = readdir(dir))) {
		char inside[4096];

		snprintf(inside, sizeof(inside), "%s/%s", path, entry->d_name);
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			files += count_files(inside);
	}
	if (dir)
		closedir(dir);
	return files;
}

static const char *inside(struct arena *arena, const char *name)
{
	return arena_printf(arena, "%s/%s", folder, name);
}

static void save(struct arena *arena, struct text bytes)
{
	FILE *file = fopen(inside(arena, "archive"), "we");

	MUST(file && fwrite(bytes.bytes, 1, bytes.len, file) == bytes.len);
	fclose(file);
}

/* ---- making one ---- */

struct made {
	struct text names[FILES], texts[FILES];
	size_t count;
	char bytes[ROOM];
	size_t len;
};

static void put(struct archive *a, struct text name, struct text text)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, name.bytes);
	archive_entry_set_size(entry, (int64_t)text.len);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	if (archive_write_header(a, entry) == ARCHIVE_OK)
		archive_write_data(a, text.bytes, text.len);
	archive_entry_free(entry);
}

static void add_sum(struct buf *sums, struct text name, struct text text)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char hex[2 * sizeof(hash) + 1];

	crypto_hash_sha256(hash, (const unsigned char *)text.bytes, text.len);
	buf_printf(sums, "%s  %s\n", sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash)), name.bytes);
}

/* Not compressed: so that damage meets the archive, not gzip. */
static void make(struct arena *arena, struct made *made)
{
	struct archive *a = archive_write_new();
	struct buf sums = { .arena = arena };

	MUST(archive_write_set_format_pax_restricted(a) == ARCHIVE_OK);
	MUST(archive_write_open_memory(a, made->bytes, sizeof(made->bytes), &made->len) == ARCHIVE_OK);
	for (size_t i = 0; i < made->count; i++) {
		put(a, made->names[i], made->texts[i]);
		add_sum(&sums, made->names[i], made->texts[i]);
	}
	put(a, (struct text) { "SHA256SUMS", 10 }, (struct text) { buf_text(&sums), sums.len });
	archive_write_close(a);
	archive_write_free(a);
}

/* The two a site has, then such as the input asks for. */
static void choose(struct arena *arena, struct input *in, struct made *made)
{
	made->names[0] = (struct text) { "guidehall.db", 12 };
	made->names[1] = (struct text) { "guides.git/HEAD", 15 };
	made->texts[0] = input_text(arena, in);
	made->texts[1] = input_text(arena, in);
	for (made->count = 2; made->count < FILES && in->left; made->count++) {
		made->names[made->count] = input_text(arena, in);
		made->texts[made->count] = input_text(arena, in);
	}
}

/* What stands in backup.h about names, said again. */
static bool is_plain(const struct made *made)
{
	for (size_t i = 2; i < made->count; i++) {
		const char *name = made->names[i].bytes;
		size_t len = strlen(name);

		if (len != made->names[i].len || len > 60 || strncmp(name, "guides.git/f", 12) || strspn(name + 12, "abcdefghij0123456789") != len - 12)
			return false;
		for (size_t j = 1; j < i; j++)
			if (!strcmp(name, made->names[j].bytes))
				return false;
	}
	return true;
}

/* ---- bringing back ---- */

static bool restore(struct task *task)
{
	int kept = silence();
	bool good = backup_restore(task, inside(&task->arena, "archive"), inside(&task->arena, "data"));

	speak(kept);
	MUST(good || task->err.code == ERR_CONFLICT);
	task_forgive(task);
	/* nothing beside it, and nothing of it unless it is whole */
	MUST(good || access(inside(&task->arena, "data"), F_OK));
	MUST(count_files(folder) == 1 + (good ? count_files(inside(&task->arena, "data")) : 0));
	return good;
}

static void must_hold(struct arena *arena, struct text name, struct text text)
{
	FILE *file = fopen(arena_printf(arena, "%s/data/%s", folder, name.bytes), "re");
	char *bytes = arena_alloc(arena, text.len + 1);

	MUST(file && fread(bytes, 1, text.len + 1, file) == text.len && !memcmp(bytes, text.bytes, text.len));
	fclose(file);
}

static void check_made(struct task *task, struct input *in)
{
	unsigned int at = (input_byte(in) << 8) + input_byte(in), flip = input_byte(in);
	struct made *made = arena_alloc(&task->arena, sizeof(*made));
	bool good, plain;

	memset(made, 0, sizeof(*made));
	choose(&task->arena, in, made);
	plain = is_plain(made);
	make(&task->arena, made);
	if (made->len)
		made->bytes[at % made->len] ^= (char)flip;
	save(&task->arena, (struct text) { made->bytes, made->len });
	good = restore(task);
	MUST(good || flip || !plain || made->len == sizeof(made->bytes));
	if (!good || !plain)
		return;
	for (size_t i = 0; i < made->count; i++)
		must_hold(&task->arena, made->names[i], made->texts[i]);
	MUST(count_files(inside(&task->arena, "data")) == made->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct task task = { 0 };
	struct input in = { data, size };

	if (input_byte(&in) % 4) {
		check_made(&task, &in);
	} else {
		save(&task.arena, input_rest(&task.arena, &in));
		restore(&task);
	}
	empty(inside(&task.arena, "data"));
	remove(inside(&task.arena, "archive"));
	arena_free(&task.arena);
	return 0;
}
