/* test_utf8.c: the edges of RFC 3629 */
#include "../test.h"
#include "base/utf8.h"

static const struct {
	const char *bytes;
	size_t len;
	bool valid;
} cases[] = {
	{ "", 0, true },
	{ "plain", 5, true },
	{ "\xc3\xa9", 2, true },
	{ "\xe2\x82\xac", 3, true },
	{ "\xf0\x9f\x98\x80", 4, true },
	{ "\xf4\x8f\xbf\xbf", 4, true }, /* U+10FFFF */
	{ "a\0b", 3, false },
	{ "\x80", 1, false }, /* stray continuation */
	{ "\xc0\xaf", 2, false }, /* overlong slash */
	{ "\xe0\x80\xaf", 3, false },
	{ "\xf0\x80\x80\xaf", 4, false },
	{ "\xed\xa0\x80", 3, false }, /* surrogate */
	{ "\xf4\x90\x80\x80", 4, false }, /* above U+10FFFF */
	{ "\xc3", 1, false }, /* cut off */
	{ "\xe2\x82", 2, false },
	{ "\xff", 1, false },
};

static uint32_t decode(const char *text, size_t len)
{
	size_t at = 0;
	uint32_t c = 0;

	if (!utf8_next(text, len, &at, &c))
		return at == 0 ? UINT32_MAX : 0;
	CHECK(at == len);
	return c;
}

static void test_characters(void)
{
	CHECK(decode("a", 1) == 'a');
	CHECK(decode("\0", 1) == 0);
	CHECK(decode("ß", 2) == 0xdf);
	CHECK(decode("漢", 3) == 0x6f22);
	CHECK(decode("🙂", 4) == 0x1f642);
	CHECK(decode("\xf4\x8f\xbf\xbf", 4) == 0x10ffff);
	CHECK(decode("\x80", 1) == UINT32_MAX); /* no first byte */
	CHECK(decode("\xc3", 1) == UINT32_MAX); /* cut off */
	CHECK(decode("\xe6\xbc", 2) == UINT32_MAX);
	CHECK(decode("\xc3(", 2) == UINT32_MAX);
	CHECK(decode("\xc0\xaf", 2) == UINT32_MAX); /* a longer "/" */
	CHECK(decode("\xe0\x80\xaf", 3) == UINT32_MAX);
	CHECK(decode("\xed\xa0\x80", 3) == UINT32_MAX); /* a surrogate */
	CHECK(decode("\xf4\x90\x80\x80", 4) == UINT32_MAX); /* too large */
	CHECK(decode("\xff", 1) == UINT32_MAX);
}

static void test_for_people(void)
{
	CHECK(utf8_for_people('a') && utf8_for_people('\t') && utf8_for_people('\n') && utf8_for_people(0x1f642));
	CHECK(!utf8_for_people(0) && !utf8_for_people(0x7f) && !utf8_for_people(0x85));
	CHECK(!utf8_for_people(0xfffe) && !utf8_for_people(0xffff) && !utf8_for_people(0x1ffff) && !utf8_for_people(0xfdd0));
}

int main(void)
{
	test_for_people();
	test_characters();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (utf8_valid(cases[i].bytes, cases[i].len) != cases[i].valid)
			fprintf(stderr, "case %zu\n", i);
		CHECK(utf8_valid(cases[i].bytes, cases[i].len) == cases[i].valid);
	}
	return test_result();
}
