#include "encode.h"

#include <brotli/encode.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define LEAST_BYTES 512 /* below, headers weigh more than what is saved */
#define GZIP_LEVEL 6
#define BROTLI_QUALITY 5 /* pages are encoded once and read often, but readers wait for the first */

static const char *const names[ENCODINGS] = { NULL, "gzip", "br" };

const char *encode_name(enum encoding encoding)
{
	return names[encoding];
}

/* "gzip;q=0" refuses what it names. */
static bool refused(const char *parameters)
{
	const char *q = strstr(parameters, "q=");

	return q && q < parameters + strcspn(parameters, ",") && strtod(q + 2, NULL) == 0.0;
}

static bool allows(const char *accept, const char *name)
{
	size_t len = strlen(name);

	while (*accept) {
		accept += strspn(accept, " ,\t");
		if (!strncasecmp(accept, name, len) && strchr(" ,;\t", accept[len]))
			return !refused(accept + len);
		accept += strcspn(accept, ",");
	}
	return false;
}

enum encoding encode_pick(const char *accept)
{
	if (accept && allows(accept, names[ENCODE_BROTLI]))
		return ENCODE_BROTLI;
	return accept && allows(accept, names[ENCODE_GZIP]) ? ENCODE_GZIP : ENCODE_NONE;
}

bool encode_worth(const char *type, size_t len)
{
	return len >= LEAST_BYTES && type
		&& (!strncmp(type, "text/", 5) || strstr(type, "json") || strstr(type, "xml") || strstr(type, "javascript"));
}

static size_t gzip(const char *bytes, size_t len, char *out, size_t room)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)len,
		.next_out = (Bytef *)out, .avail_out = (uInt)room };
	size_t made = 0;

	/* 15 + 16: the largest window, a gzip header */
	if (deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return 0;
	if (deflate(&z, Z_FINISH) == Z_STREAM_END)
		made = z.total_out;
	deflateEnd(&z);
	return made;
}

static size_t brotli(const char *bytes, size_t len, char *out, size_t room)
{
	if (!BrotliEncoderCompress(BROTLI_QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, len,
		    (const uint8_t *)bytes, &room, (uint8_t *)out))
		return 0;
	return room;
}

const char *encode_bytes(struct arena *arena, enum encoding encoding,
	const char *bytes, size_t len, size_t *len_out)
{
	char *out;

	if (encoding == ENCODE_NONE || !len)
		return NULL;
	/* no room for more than there was: then it is not worth it */
	out = arena_alloc(arena, len);
	*len_out = encoding == ENCODE_GZIP ? gzip(bytes, len, out, len) : brotli(bytes, len, out, len);
	return *len_out ? out : NULL;
}
