/* utf8.c: strict decoding */
#include "base/utf8.h"

/* What a first byte announces; `least` rules out longer spellings. */
static const struct lead {
	unsigned char mask, bits;
	int more;
	uint32_t least;
} leads[] = {
	{ 0x80, 0x00, 0, 0 },
	{ 0xe0, 0xc0, 1, 0x80 },
	{ 0xf0, 0xe0, 2, 0x800 },
	{ 0xf8, 0xf0, 3, 0x10000 },
};

static const struct lead *find_lead(unsigned char byte)
{
	for (size_t i = 0; i < sizeof(leads) / sizeof(*leads); i++)
		if ((byte & leads[i].mask) == leads[i].bits)
			return &leads[i];
	return NULL;
}

bool utf8_next(const char *text, size_t len, size_t *at, uint32_t *out)
{
	const unsigned char *bytes = (const unsigned char *)text + *at;
	const struct lead *lead = *at < len ? find_lead(bytes[0]) : NULL;
	uint32_t c;

	if (!lead || len - *at <= (size_t)lead->more)
		return false;
	c = bytes[0] & (unsigned char)~lead->mask;
	for (int i = 1; i <= lead->more; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return false;
		c = c << 6 | (bytes[i] & 0x3f);
	}
	if (c < lead->least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return false;
	*at += (size_t)lead->more + 1;
	*out = c;
	return true;
}

bool utf8_for_people(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return c == '\t' || c == '\n' || c == '\r';
	return (c & 0xfffe) != 0xfffe && !(c >= 0xfdd0 && c <= 0xfdef);
}

bool utf8_valid(const char *text, size_t len)
{
	uint32_t c;

	for (size_t at = 0; at < len;)
		if (!utf8_next(text, len, &at, &c) || !c)
			return false;
	return true;
}
