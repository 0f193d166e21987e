#include "base/when.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const months[] = { "January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December" };
static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

static struct tm split(int64_t at)
{
	time_t seconds = (time_t)at;
	struct tm tm = { 0 };

	gmtime_r(&seconds, &tm);
	return tm;
}

const char *when_rfc3339(int64_t at, char text[static WHEN_BYTES])
{
	struct tm tm = split(at);

	strftime(text, WHEN_BYTES, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return text;
}

const char *when_date(int64_t at, char text[static WHEN_BYTES])
{
	struct tm tm = split(at);

	strftime(text, WHEN_BYTES, "%Y-%m-%d", &tm);
	return text;
}

const char *when_day(int64_t at, char text[static WHEN_BYTES])
{
	struct tm tm = split(at);

	snprintf(text, WHEN_BYTES, "%d %s %d", tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900);
	return text;
}

const char *when_minute(int64_t at, char text[static WHEN_BYTES])
{
	struct tm tm = split(at);

	snprintf(text, WHEN_BYTES, "%d %s %d, %02d:%02d UTC", tm.tm_mday, months[tm.tm_mon],
		tm.tm_year + 1900, tm.tm_hour, tm.tm_min);
	return text;
}

const char *when_http(int64_t at, char text[static WHEN_BYTES])
{
	struct tm tm = split(at);

	snprintf(text, WHEN_BYTES, "%s, %02d %.3s %d %02d:%02d:%02d GMT", days[tm.tm_wday], tm.tm_mday,
		months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
	return text;
}

static const char *count(char text[static WHEN_BYTES], int64_t n, const char *unit)
{
	snprintf(text, WHEN_BYTES, "%lld %s%s ago", (long long)n, unit, n == 1 ? "" : "s");
	return text;
}

static const char *words(char text[static WHEN_BYTES], const char *say)
{
	snprintf(text, WHEN_BYTES, "%s", say);
	return text;
}

const char *when_ago(int64_t at, int64_t now, char text[static WHEN_BYTES])
{
	int64_t seconds = now > at ? now - at : 0;

	if (seconds < 60)
		return words(text, "just now");
	if (seconds < 3600)
		return count(text, seconds / 60, "minute");
	if (seconds < 86400)
		return count(text, seconds / 3600, "hour");
	if (seconds < 2 * 86400)
		return words(text, "yesterday");
	if (seconds < 60 * 86400)
		return count(text, seconds / 86400, "day");
	return when_day(at, text);
}

bool when_parse_date(const char *text, int64_t *out)
{
	struct tm tm = { 0 }, back;
	time_t at;

	for (size_t i = 0; i < 10; i++)
		if (i == 4 || i == 7 ? text[i] != '-' : !isdigit((unsigned char)text[i]))
			return false;
	if (text[10])
		return false;
	tm.tm_year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + text[3] - '0' - 1900;
	tm.tm_mon = (text[5] - '0') * 10 + text[6] - '0' - 1;
	tm.tm_mday = (text[8] - '0') * 10 + text[9] - '0';
	back = tm;
	at = timegm(&back);
	/* the calendar moves 31 February to March; a date stays where it is */
	if (back.tm_mon != tm.tm_mon || back.tm_mday != tm.tm_mday)
		return false;
	if (out)
		*out = at;
	return true;
}
