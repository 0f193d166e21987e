/* encode.h: smaller bytes for clients that can read them; private to http/ */
#ifndef HTTP_ENCODE_H
#define HTTP_ENCODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum encoding {
	ENCODE_NONE,
	ENCODE_GZIP,
	ENCODE_BROTLI,
	ENCODINGS,
};

/* The best of what an Accept-Encoding value (may be NULL) allows. */
enum encoding encode_pick(const char *accept);

/* Whether bytes of this media type shrink. */
bool encode_worth(const char *type, size_t len);

/* Name for Content-Encoding, or NULL. */
const char *encode_name(enum encoding encoding);

/* Encode. Returns NULL when the result would not be smaller. */
const char *encode_bytes(struct arena *arena, enum encoding encoding,
	const char *bytes, size_t len, size_t *len_out);

#endif
