#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/when.h"

static void put_quoted(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == 0x7f)
			fprintf(out, "\\x%02x", c);
		else if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

void log_event(const char *event, ...)
{
	char line[2048], at[WHEN_BYTES];
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
