/* test_when.c: points in time as text */
#include <time.h>

#include "../test.h"
#include "base/when.h"

static void test_forms(void)
{
	char text[WHEN_BYTES];
	const int64_t at = 1795430520; /* date -u -d @1795430520 */

	CHECK_STR(when_rfc3339(at, text), "2026-11-23T10:42:00Z");
	CHECK_STR(when_day(at, text), "23 November 2026");
	CHECK_STR(when_minute(at, text), "23 November 2026, 10:42 UTC");
	CHECK_STR(when_date(at, text), "2026-11-23");
	CHECK_STR(when_http(at, text), "Mon, 23 Nov 2026 10:42:00 GMT");
	CHECK_STR(when_rfc3339(0, text), "1970-01-01T00:00:00Z");
}

static void test_ago(void)
{
	char text[WHEN_BYTES];
	const int64_t now = 1795430520;

	CHECK_STR(when_ago(now, now, text), "just now");
	CHECK_STR(when_ago(now + 5, now, text), "just now"); /* a clock may step */
	CHECK_STR(when_ago(now - 60, now, text), "1 minute ago");
	CHECK_STR(when_ago(now - 7200, now, text), "2 hours ago");
	CHECK_STR(when_ago(now - 86400, now, text), "yesterday");
	CHECK_STR(when_ago(now - 3 * 86400, now, text), "3 days ago");
	CHECK_STR(when_ago(now - 61 * 86400, now, text), "23 September 2026");
}

static void test_dates(void)
{
	int64_t at;

	CHECK(when_parse_date("2027-11-30", &at) && at == 1827532800);
	CHECK(when_parse_date("2024-02-29", NULL));
	CHECK(!when_parse_date("2025-02-29", NULL));
	CHECK(!when_parse_date("2025-02-31", NULL));
	CHECK(!when_parse_date("2025-13-01", NULL));
	CHECK(!when_parse_date("2025-1-01", NULL));
	CHECK(!when_parse_date("2025-01-011", NULL));
	CHECK(!when_parse_date("soon", NULL));
	CHECK(!when_parse_date("", NULL));
}

int main(void)
{
	/* the process's own time zone must not matter */
	setenv("TZ", "Asia/Tokyo", 1);
	tzset();
	test_forms();
	test_ago();
	test_dates();
	return test_result();
}
