#include "base/utf8.h"

/* UTF-8 as RFC 3629 has it: shortest form, no surrogates, no NUL. */
static size_t sequence(const unsigned char *c, size_t len)
{
	static const struct {
		unsigned char first, last, low, high;
		size_t len;
	} forms[] = {
		{ 0x01, 0x7f, 0, 0, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 }
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		if (*c < forms[i].first || *c > forms[i].last || forms[i].len > len)
			continue;
		if (forms[i].len > 1 && (c[1] < forms[i].low || c[1] > forms[i].high))
			return 0;
		for (size_t k = 2; k < forms[i].len; k++)
			if (c[k] < 0x80 || c[k] > 0xbf)
				return 0;
		return forms[i].len;
	}
	return 0;
}

bool utf8_valid(const char *text, size_t len)
{
	const unsigned char *c = (const unsigned char *)text;
	size_t step;

	for (; len; c += step, len -= step)
		if (!(step = sequence(c, len)))
			return false;
	return true;
}
