/* when.h: points in time as text, always UTC, never the process's locale */
#ifndef BASE_WHEN_H
#define BASE_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#define WHEN_BYTES 40

/* "2026-11-23T10:42:00Z" (RFC 3339). Returns text. */
const char *when_rfc3339(int64_t at, char text[static WHEN_BYTES]);

/* "23 November 2026" */
const char *when_day(int64_t at, char text[static WHEN_BYTES]);

/* "23 November 2026, 10:42 UTC" */
const char *when_minute(int64_t at, char text[static WHEN_BYTES]);

/* "2026-11-23" */
const char *when_date(int64_t at, char text[static WHEN_BYTES]);

/* "Mon, 23 Nov 2026 10:42:00 GMT" (RFC 9110) */
const char *when_http(int64_t at, char text[static WHEN_BYTES]);

/* How long ago, in words a person would use: "just now", "5 minutes ago",
 * "yesterday", "3 days ago". */
const char *when_ago(int64_t at, int64_t now, char text[static WHEN_BYTES]);

/* Whether "2027-11-30" is a date of the calendar; *out (may be NULL) is its
 * first second. */
bool when_parse_date(const char *text, int64_t *out);

#endif
