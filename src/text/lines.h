/* lines.h: a text cut into lines, as cmark counts them
 *
 * LF, CRLF and CR end a line. Numbers start at 1. */
#ifndef TEXT_LINES_H
#define TEXT_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct lines {
	const char *text;
	int count;
	const size_t *starts; /* count + 1 of them: the last is the end of the text */
};

/* Bytes of a line or a part of one, without the newline. */
struct slice {
	const char *bytes;
	size_t len;
};

struct lines lines_make(struct arena *arena, const char *text, size_t len);

/* The first byte of a line; of line count + 1: the end of the text. */
size_t lines_begin(const struct lines *lines, int number);
struct slice lines_get(const struct lines *lines, int number);

/* The line a byte stands in; the end of the text stands in line count + 1. */
int lines_find(const struct lines *lines, size_t byte);

/* Without spaces and tabs at the start, at both ends. */
struct slice slice_after_blanks(struct slice slice);
struct slice slice_trim(struct slice slice);

/* What is left without the first `count` bytes. */
struct slice slice_from(struct slice slice, size_t count);

/* Whether it holds spaces and tabs only. */
bool slice_is_blank(struct slice slice);

#endif
