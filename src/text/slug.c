/* slug.c: addresses made from titles
 *
 * They stand in links for years, so they may not depend on a locale or on
 * the C library: the tables are here. */
#include "text/guideline.h"

#include <string.h>

#include "base/utf8.h"

#define SLUG_MAX_BYTES 80

struct range {
	uint32_t first, last;
};

/* Beyond ASCII: what separates words. All else is taken for a letter. */
static const struct range separators[] = {
	{ 0x80, 0xa9 }, { 0xab, 0xb4 }, { 0xb6, 0xb9 }, { 0xbb, 0xbf }, { 0xd7, 0xd7 },
	{ 0xf7, 0xf7 }, { 0x55a, 0x55f }, { 0x5be, 0x5be }, { 0x60c, 0x60c },
	{ 0x61b, 0x61f }, { 0x66a, 0x66d }, { 0x6d4, 0x6d4 }, { 0x964, 0x965 },
	{ 0x1680, 0x1680 }, { 0x2000, 0x200b }, { 0x200e, 0x2070 }, { 0x207a, 0x207e },
	{ 0x208a, 0x208e }, { 0x20a0, 0x20cf }, { 0x2100, 0x214f }, { 0x2190, 0x2bff },
	{ 0x2e00, 0x2e7f }, { 0x3000, 0x3004 }, { 0x3008, 0x3020 }, { 0x3030, 0x3030 },
	{ 0xe000, 0xf8ff }, { 0xfe10, 0xfe1f }, { 0xfe30, 0xfe6f }, { 0xfeff, 0xff0f },
	{ 0xff1a, 0xff20 }, { 0xff3b, 0xff40 }, { 0xff5b, 0xff65 }, { 0xffe0, 0xffff },
	{ 0x1f000, 0x1faff }, { 0xe0000, 0x10ffff },
};

/* Capitals and how far their small letters are; where capitals and small
 * letters alternate, every `step`-th is a capital. */
static const struct capital {
	struct range range;
	uint32_t step, distance;
} capitals[] = {
	{ { 'A', 'Z' }, 1, 32 },
	{ { 0xc0, 0xde }, 1, 32 },
	{ { 0x100, 0x12e }, 2, 1 },
	{ { 0x132, 0x136 }, 2, 1 },
	{ { 0x139, 0x147 }, 2, 1 },
	{ { 0x14a, 0x176 }, 2, 1 },
	{ { 0x179, 0x17d }, 2, 1 },
	{ { 0x388, 0x38a }, 1, 37 },
	{ { 0x391, 0x3ab }, 1, 32 },
	{ { 0x400, 0x40f }, 1, 80 },
	{ { 0x410, 0x42f }, 1, 32 },
	{ { 0x460, 0x480 }, 2, 1 },
	{ { 0x48a, 0x4be }, 2, 1 },
	{ { 0x4d0, 0x52e }, 2, 1 },
	{ { 0x531, 0x556 }, 1, 48 },
	{ { 0x1e00, 0x1e94 }, 2, 1 },
	{ { 0x1ea0, 0x1efe }, 2, 1 },
};

static bool within(struct range range, uint32_t c)
{
	return c >= range.first && c <= range.last;
}

static bool is_word(uint32_t c)
{
	if (c < 0x80)
		return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
	for (size_t i = 0; i < sizeof(separators) / sizeof(*separators); i++)
		if (within(separators[i], c))
			return false;
	return true;
}

/* "don't" and "don’t" are one word each. */
static bool is_apostrophe(uint32_t c)
{
	return c == '\'' || c == 0x2019;
}

static uint32_t lower(uint32_t c)
{
	for (size_t i = 0; i < sizeof(capitals) / sizeof(*capitals); i++) {
		const struct capital *cap = &capitals[i];

		if (within(cap->range, c) && (c - cap->range.first) % cap->step == 0)
			return c + cap->distance;
	}
	return c;
}

static void add_character(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_putc(out, (char)c);
	} else if (c < 0x800) {
		buf_putc(out, (char)(0xc0 | c >> 6));
		buf_putc(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_putc(out, (char)(0xe0 | c >> 12));
		buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_putc(out, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_putc(out, (char)(0xf0 | c >> 18));
		buf_putc(out, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_putc(out, (char)(0x80 | (c & 0x3f)));
	}
}

const char *section_slug(struct arena *arena, const char *title)
{
	struct buf out = { .arena = arena };
	size_t len = strlen(title), at = 0;
	bool gap = false;
	uint32_t c;

	while (out.len < SLUG_MAX_BYTES && at < len && utf8_next(title, len, &at, &c)) {
		if (is_word(c)) {
			if (gap && out.len)
				buf_putc(&out, '-');
			gap = false;
			add_character(&out, lower(c));
		} else if (!is_apostrophe(c)) {
			gap = true;
		}
	}
	return out.len ? buf_text(&out) : "section";
}
