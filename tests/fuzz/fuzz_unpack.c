/* Compressed bodies: zlib in one go agrees on what is whole and what it holds;
 * what was compressed comes back; and never more than the limit. Input: a byte
 * that says how, then a body to read or a text to compress. */
#include <zlib.h>

#include "fuzz.h"
#include "http/request.h"

#define MOST (256 * 1024)
#define ROOM (4 * 1024 * 1024) /* what the witness unpacks at most: inputs are short */

static bool unpack(struct task *task, const char *body, size_t len, size_t most, struct text *out)
{
	const struct request req = { .body = body, .body_len = len, .content_encoding = "gzip" };
	bool good = request_unpack(task, &req, most, &out->bytes, &out->len);

	MUST(good || task->err.code == ERR_MALFORMED || task->err.code == ERR_TOO_BIG);
	MUST(!good || out->len <= most);
	return good;
}

/* ---- there and back ---- */

static struct text pack(struct arena *arena, struct text text, int level)
{
	size_t room = text.len + 1024;
	char *out = arena_alloc(arena, room);
	z_stream z = { .next_in = (Bytef *)(uintptr_t)text.bytes, .avail_in = (uInt)text.len, .next_out = (Bytef *)out, .avail_out = (uInt)room };

	MUST(deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	MUST(deflate(&z, Z_FINISH) == Z_STREAM_END);
	deflateEnd(&z);
	return (struct text) { out, z.total_out };
}

/* A text said often: it packs into little. */
static struct text repeat(struct arena *arena, struct text text, size_t times)
{
	char *out = arena_alloc(arena, text.len * times + 1);

	for (size_t i = 0; i < times; i++)
		memcpy(out + i * text.len, text.bytes, text.len);
	return (struct text) { out, text.len * times };
}

static void check_round_trip(struct task *task, struct input *in)
{
	unsigned int times = 1 + input_byte(in), level = input_byte(in) % 10;
	struct text text = repeat(&task->arena, input_rest(&task->arena, in), times);
	struct text packed = pack(&task->arena, text, (int)level), back;
	bool good = unpack(task, packed.bytes, packed.len, MOST, &back);

	MUST(good == (text.len <= MOST) && (!good || text_same(text, back)));
	MUST(good || task->err.code == ERR_TOO_BIG);
	task_forgive(task);
	/* one byte less room, one byte less of it */
	if (text.len && text.len <= MOST)
		MUST(!unpack(task, packed.bytes, packed.len, text.len - 1, &back) && task->err.code == ERR_TOO_BIG);
	task_forgive(task);
	MUST(!unpack(task, packed.bytes, packed.len - 1, MOST, &back));
	task_forgive(task);
}

/* ---- a witness ---- */

/* All of the bytes are one gzip member, which unpacks to *out. */
static bool is_gzip(struct arena *arena, struct text body, struct text *out)
{
	char *room = arena_alloc(arena, ROOM);
	z_stream z = { .next_in = (Bytef *)(uintptr_t)body.bytes, .avail_in = (uInt)body.len, .next_out = (Bytef *)room, .avail_out = ROOM };
	int rc;

	MUST(inflateInit2(&z, 15 + 16) == Z_OK);
	rc = inflate(&z, Z_FINISH);
	inflateEnd(&z);
	*out = (struct text) { room, z.total_out };
	return rc == Z_STREAM_END && !z.avail_in;
}

static void check_witness(struct task *task, struct text body)
{
	struct text ours, theirs;
	bool good = unpack(task, body.bytes, body.len, MOST, &ours);
	bool whole = is_gzip(&task->arena, body, &theirs);

	if (task->err.code == ERR_TOO_BIG)
		MUST(theirs.len > MOST);
	else
		MUST(good == whole && (!good || text_same(ours, theirs)));
	task_forgive(task);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct task task = { 0 };
	struct input in = { data, size };

	if (input_byte(&in) % 2)
		check_round_trip(&task, &in);
	else
		check_witness(&task, input_rest(&task.arena, &in));
	arena_free(&task.arena);
	return 0;
}
