/* shield.c: two noncharacters of Unicode stand for two escapes */
#include "text/shield.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"

#define SHIELD_BYTES 4

static const struct shield {
	const char *code; /* U+10FFFE, U+10FFFF */
	const char *escape;
} shields[] = {
	{ "\xf4\x8f\xbf\xbe", "\\[" },
	{ "\xf4\x8f\xbf\xbf", "\\~" },
};

static const struct shield *needed(const char *at, const char *end)
{
	if (end - at >= 3 && at[1] == '[' && at[2] == '^')
		return &shields[0];
	if (end - at >= 2 && at[1] == '~')
		return &shields[1];
	return NULL;
}

void shield_put(struct buf *out, const char *text, size_t len)
{
	const char *end = text + len, *done = text, *at;

	/* two bytes at a time: in "\\[" the bracket is not escaped */
	for (at = memchr(text, '\\', len); at; at = memchr(at, '\\', (size_t)(end - at))) {
		const struct shield *shield = needed(at, end);

		if (shield) {
			buf_add(out, done, (size_t)(at - done));
			buf_puts(out, shield->code);
			done = at + 2;
		}
		at += end - at > 1 ? 2 : 1;
	}
	buf_add(out, done, (size_t)(end - done));
}

/* The next shield, NULL when there is none. */
static const char *find(const char *text, const struct shield **out)
{
	for (; (text = strchr(text, shields[0].code[0])); text++) {
		for (size_t i = 0; i < sizeof(shields) / sizeof(*shields); i++) {
			*out = &shields[i];
			if (strncmp(text, shields[i].code, SHIELD_BYTES) == 0)
				return text;
		}
	}
	return NULL;
}

const char *shield_lift(struct arena *arena, const char *text, bool code)
{
	struct buf out = { .arena = arena };
	const struct shield *shield;
	const char *at;

	if (!text)
		return NULL;
	while ((at = find(text, &shield))) {
		buf_add(&out, text, (size_t)(at - text));
		buf_puts(&out, shield->escape + (code ? 0 : 1));
		text = at + SHIELD_BYTES;
	}
	if (!out.len)
		return arena_strdup(arena, text);
	buf_puts(&out, text);
	return buf_text(&out);
}
