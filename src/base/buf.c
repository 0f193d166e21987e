/* buf.c: doubling buffer; the arena keeps the old halves until it is freed */
#include "base/buf.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"

static void reserve(struct buf *buf, size_t len)
{
	size_t room = buf->room ? buf->room : 256;
	char *bytes;

	if (buf->len + len < buf->room)
		return;
	while (room <= buf->len + len)
		room *= 2;
	bytes = arena_alloc(buf->arena, room);
	if (buf->len)
		memcpy(bytes, buf->bytes, buf->len);
	buf->bytes = bytes;
	buf->room = room;
}

void buf_add(struct buf *buf, const char *bytes, size_t len)
{
	reserve(buf, len);
	if (len)
		memcpy(buf->bytes + buf->len, bytes, len);
	buf->len += len;
	buf->bytes[buf->len] = '\0';
}

void buf_puts(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_putc(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args, again;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	if (len < 0)
		memory_out();
	reserve(buf, (size_t)len + 1);
	vsnprintf(buf->bytes + buf->len, (size_t)len + 1, format, again);
	buf->len += (size_t)len;
	va_end(again);
	va_end(args);
}

static const char *html_entity(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

void buf_html_len(struct buf *buf, const char *text, size_t len)
{
	size_t plain = 0;

	for (size_t i = 0; i < len; i++) {
		const char *entity = html_entity(text[i]);

		if (!entity)
			continue;
		buf_add(buf, text + plain, i - plain);
		buf_puts(buf, entity);
		plain = i + 1;
	}
	buf_add(buf, text + plain, len - plain);
}

void buf_html(struct buf *buf, const char *text)
{
	buf_html_len(buf, text, strlen(text));
}

void buf_url(struct buf *buf, const char *text)
{
	for (; *text; text++) {
		if (isalnum((unsigned char)*text) || strchr("-._~", *text))
			buf_putc(buf, *text);
		else
			buf_printf(buf, "%%%02X", (unsigned char)*text);
	}
}

const char *buf_text(const struct buf *buf)
{
	return buf->bytes ? buf->bytes : "";
}
