/* zip.c: a zip archive with nothing in it that depends on the machine
 *
 * PKWARE's APPNOTE 6.3, the part that every reader knows: deflate, names in
 * UTF-8, no extra fields. Written here because libzip keeps its times as
 * local ones: in the hour that daylight saving leaves out, the same archive
 * has other bytes in Budapest than in Tokyo (measured). */
#include "press/press.h"

#include <assert.h>
#include <string.h>
#include <time.h>
#define ZLIB_CONST /* deflate() may read what we may not write */
#include <zlib.h>

#define LOCAL_MAGIC 0x04034b50
#define CENTRAL_MAGIC 0x02014b50
#define END_MAGIC 0x06054b50
#define VERSION 20 /* 2.0: folders, deflate */
#define MADE_ON_UNIX (3 << 8 | VERSION)
#define NAMES_ARE_UTF8 (1 << 11)
#define DEFLATED 8
#define PLAIN_FILE 0100644

/* What stands both before a file's bytes and in the directory at the end. */
struct entry {
	const char *name;
	uint16_t time, date;
	uint32_t crc, packed, size, offset;
	const char *bytes; /* packed */
};

static void put16(struct buf *out, unsigned int n)
{
	buf_putc(out, (char)(n & 0xff));
	buf_putc(out, (char)(n >> 8 & 0xff));
}

static void put32(struct buf *out, uint32_t n)
{
	put16(out, n & 0xffff);
	put16(out, n >> 16);
}

static void put_common(struct buf *out, const struct entry *entry)
{
	put16(out, VERSION);
	put16(out, NAMES_ARE_UTF8);
	put16(out, DEFLATED);
	put16(out, entry->time);
	put16(out, entry->date);
	put32(out, entry->crc);
	put32(out, entry->packed);
	put32(out, entry->size);
	put16(out, (unsigned int)strlen(entry->name));
	put16(out, 0); /* extra field */
}

static void put_file(struct buf *out, struct entry *entry)
{
	entry->offset = (uint32_t)out->len;
	put32(out, LOCAL_MAGIC);
	put_common(out, entry);
	buf_puts(out, entry->name);
	buf_add(out, entry->bytes, entry->packed);
}

static void put_central(struct buf *out, const struct entry *entry)
{
	put32(out, CENTRAL_MAGIC);
	put16(out, MADE_ON_UNIX);
	put_common(out, entry);
	put16(out, 0); /* comment */
	put16(out, 0); /* disk */
	put16(out, 0); /* internal attributes */
	put32(out, (uint32_t)PLAIN_FILE << 16);
	put32(out, entry->offset);
	buf_puts(out, entry->name);
}

static void put_end(struct buf *out, size_t count, size_t start)
{
	const size_t size = out->len - start;

	put32(out, END_MAGIC);
	put16(out, 0); /* disk */
	put16(out, 0); /* disk of the directory */
	put16(out, (unsigned int)count);
	put16(out, (unsigned int)count);
	put32(out, (uint32_t)size);
	put32(out, (uint32_t)start);
	put16(out, 0); /* comment */
}

static void stop(z_stream *stream)
{
	deflateEnd(stream);
}

/* Raw deflate at the strongest level: no header, so no time and no system. */
static bool pack(struct task *task, const struct press_file *file, struct entry *out)
{
	AUTO(stop) z_stream stream = { 0 };
	const size_t room = compressBound((uLong)file->size);
	Bytef *bytes = arena_alloc(&task->arena, room);
	int rc = deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL,
		Z_DEFAULT_STRATEGY);

	if (rc != Z_OK)
		return broken(task, "deflateInit2: %d", rc);
	stream.next_in = (const Bytef *)file->bytes;
	stream.avail_in = (uInt)file->size;
	stream.next_out = bytes;
	stream.avail_out = (uInt)room;
	if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
		return broken(task, "%s: deflate", file->name);
	out->bytes = (const char *)bytes;
	out->packed = (uint32_t)stream.total_out;
	out->size = (uint32_t)file->size;
	out->crc = (uint32_t)crc32(0, (const Bytef *)file->bytes, (uInt)file->size);
	return true;
}

/* Zip knows two-second steps since 1980 and no zone; ours is UTC. */
static void set_time(struct entry *entry, int64_t at)
{
	const time_t seconds = (time_t)at;
	struct tm tm;

	gmtime_r(&seconds, &tm);
	assert(tm.tm_year >= 80 && tm.tm_year < 80 + 128);
	entry->time = (uint16_t)(tm.tm_hour << 11 | tm.tm_min << 5 | tm.tm_sec / 2);
	entry->date = (uint16_t)((tm.tm_year - 80) << 9 | (tm.tm_mon + 1) << 5 | tm.tm_mday);
}

bool press_zip(struct task *task, const char *folder, const struct list *files,
	int64_t time, struct buf *out)
{
	const struct press_file *file = files->items;
	struct entry *entries = arena_alloc(&task->arena, files->count * sizeof(*entries));
	struct buf zip = { .arena = &task->arena };
	size_t start;

	for (size_t i = 0; i < files->count; i++) {
		entries[i].name = arena_printf(&task->arena, "%s/%s", folder, file[i].name);
		set_time(&entries[i], time);
		if (!pack(task, &file[i], &entries[i]))
			return false;
		put_file(&zip, &entries[i]);
	}
	start = zip.len;
	for (size_t i = 0; i < files->count; i++)
		put_central(&zip, &entries[i]);
	put_end(&zip, files->count, start);
	buf_add(out, zip.bytes, zip.len);
	return true;
}
