/* bundle.c: all files of a release, and their checksums */
#include "press/press.h"

#include <sodium.h>
#include <string.h>

static const struct field file_fields[] = {
	FIELD_TEXT(struct press_file, name),
	{ "bytes", KIND_INT, offsetof(struct press_file, size), NULL, 0, 0 },
	FIELD_TEXT(struct press_file, sha256),
	FIELD_END
};
const struct shape press_file_shape = SHAPE(press_file, file_fields);

static const char *sha256(struct arena *arena, const struct buf *buf)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	const size_t room = 2 * sizeof(hash) + 1;

	crypto_hash_sha256(hash, (const unsigned char *)buf_text(buf), buf->len);
	return sodium_bin2hex(arena_alloc(arena, room), room, hash, sizeof(hash));
}

static void add(struct arena *arena, struct list *files, const char *name,
	const char *type, const struct buf *buf)
{
	struct press_file *file = list_add(arena, files, sizeof(*file));

	file->name = name;
	file->type = type;
	file->bytes = buf_text(buf);
	file->size = (int64_t)buf->len;
	file->sha256 = sha256(arena, buf);
}

/* As sha256sum writes it, so that `sha256sum -c` reads it. */
static void put_sums(struct buf *out, const struct list *files)
{
	const struct press_file *file = files->items;

	for (size_t i = 0; i < files->count; i++)
		buf_printf(out, "%s  %s\n", file[i].sha256, file[i].name);
}

bool press_make(struct task *task, const struct edition *edition,
	struct list *out)
{
	struct arena *arena = &task->arena;
	const char *base = arena_printf(arena, "%s-%s", edition->slug, edition->version);
	struct buf text = { arena }, page = { arena }, sums = { arena }, zip = { arena };
	struct list files = { 0 };

	if (!press_markdown(task, edition, &text) || !press_html(task, edition, &page, NULL))
		return false;
	add(arena, &files, arena_printf(arena, "%s.md", base), "text/markdown; charset=utf-8", &text);
	add(arena, &files, arena_printf(arena, "%s.html", base), "text/html; charset=utf-8", &page);
	put_sums(&sums, &files);
	add(arena, &files, "SHA256SUMS", "text/plain; charset=utf-8", &sums);
	if (!press_zip(task, base, &files, edition->released_at, &zip))
		return false;
	add(arena, &files, arena_printf(arena, "%s.zip", base), "application/zip", &zip);
	*out = files;
	return true;
}
