/* buf.h: bytes that grow at the end; memory comes from an arena */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>

struct arena;

struct buf {
	struct arena *arena;
	char *bytes; /* NUL-terminated once written to; NULL before */
	size_t len;
	size_t room;
};

/* Append bytes, a text, one byte, or printf-like. */
void buf_add(struct buf *buf, const char *bytes, size_t len);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Append text with & < > " ' escaped: safe between tags and in quotes. */
void buf_html(struct buf *buf, const char *text);
void buf_html_len(struct buf *buf, const char *text, size_t len);

/* Append text percent-encoded as one path segment or query value (RFC 3986:
 * all but the unreserved characters). */
void buf_url(struct buf *buf, const char *text);

/* The bytes, never NULL. They live as long as the arena. */
const char *buf_text(const struct buf *buf);

#endif
