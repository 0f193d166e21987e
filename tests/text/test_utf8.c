/* test_utf8.c: characters, and bytes that are none */
#include "../test.h"
#include "text/utf8.h"

static uint32_t decode(const char *text, size_t len)
{
	size_t at = 0;
	uint32_t c = 0;

	if (!utf8_next(text, len, &at, &c))
		return at == 0 ? UINT32_MAX : 0;
	CHECK(at == len);
	return c;
}

int main(void)
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
	return test_result();
}
