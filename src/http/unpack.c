/* unpack.c: bodies that were sent compressed, up to a limit */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "http/request.h"

#define FIRST_BYTES (64 * 1024)

static void inflate_release(z_stream *z)
{
	inflateEnd(z);
}

static bool too_big(struct task *task, size_t most)
{
	return fail(task, ERR_TOO_BIG, "Unpacked, the body is larger than %zu KiB.", most / 1024);
}

/* All of it, in steps that double: a short body that unpacks into a long one
 * costs no more than the limit. */
static bool inflate_all(struct task *task, z_stream *z, size_t most, const char **bytes)
{
	size_t room = FIRST_BYTES;
	char *out = arena_alloc(&task->arena, room);
	int rc = Z_OK;

	while (rc == Z_OK) {
		if (z->total_out == room) {
			char *larger = arena_alloc(&task->arena, 2 * room);

			memcpy(larger, out, room);
			out = larger;
			room *= 2;
		}
		z->next_out = (Bytef *)out + z->total_out;
		z->avail_out = (uInt)(room - z->total_out);
		rc = inflate(z, Z_NO_FLUSH);
		if (z->total_out > most)
			return too_big(task, most);
	}
	*bytes = out;
	return (rc == Z_STREAM_END && !z->avail_in) || fail(task, ERR_MALFORMED, "The body is not whole.");
}

static bool gunzip(struct task *task, const struct request *req, size_t most,
	const char **bytes, size_t *len)
{
	AUTO(inflate_release) z_stream z = { .next_in = (Bytef *)(uintptr_t)req->body, .avail_in = (uInt)req->body_len };

	/* 15 + 16: any window, a gzip header */
	if (inflateInit2(&z, 15 + 16) != Z_OK)
		return broken(task, "inflateInit2");
	if (!inflate_all(task, &z, most, bytes))
		return false;
	*len = z.total_out;
	return true;
}

bool request_unpack(struct task *task, const struct request *req, size_t most,
	const char **bytes, size_t *len)
{
	const char *how = req->content_encoding;

	if (how && (!strcmp(how, "gzip") || !strcmp(how, "x-gzip")))
		return gunzip(task, req, most, bytes, len);
	if (how && strcmp(how, "identity"))
		return fail(task, ERR_MEDIA, "A body may be sent with gzip, or plain.");
	*bytes = req->body;
	*len = req->body_len;
	return req->body_len <= most || too_big(task, most);
}
