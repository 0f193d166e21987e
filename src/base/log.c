#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/when.h"

#define VALUE_BYTES 600 /* of one value; more is cut, so that those behind it stay */

/* Only printable ASCII stands for itself: some readers take U+2028 for the end
 * of a line, and some turn a line around at U+202E. */
static void put_quoted(FILE *out, const char *text)
{
	int most = VALUE_BYTES;

	fputc('"', out);
	for (; *text && most > 0; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c >= 0x7f)
			most -= fprintf(out, "\\x%02x", c);
		else if (c == '"' || c == '\\')
			most -= fprintf(out, "\\%c", c);
		else
			most -= fprintf(out, "%c", c);
	}
	fputs(*text ? "...\"" : "\"", out);
}

void log_event(const char *event, ...)
{
	char line[4096], at[WHEN_BYTES];
	FILE *out = fmemopen(line, sizeof(line), "w");
	const char *key, *value;
	va_list args;
	long len;

	if (!out)
		return;
	fprintf(out, "%s %s", when_rfc3339(time(NULL), at), event);
	va_start(args, event);
	while ((key = va_arg(args, const char *)) && ((value = va_arg(args, const char *)), true)) {
		if (!value)
			continue;
		fprintf(out, " %s=", key);
		put_quoted(out, value);
	}
	va_end(args);
	fflush(out);
	len = ftell(out);
	fclose(out);
	if (len < 0)
		return;
	if ((size_t)len > sizeof(line) - 2)
		len = (long)sizeof(line) - 2;
	line[len] = '\n';
	/* one write, so that lines of many threads do not mix */
	fwrite(line, 1, (size_t)len + 1, stderr);
}

_Noreturn void log_stop(const char *what, const char *why)
{
	log_event("stopped", "what", what, "why", why, NULL);
	_exit(70);
}
