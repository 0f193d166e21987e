/* lines.c: where lines start */
#include "text/lines.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/shape.h"

static bool is_newline(char c)
{
	return c == '\n' || c == '\r';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Where the next line feed is, and the next carriage return. */
struct ends {
	const char *text;
	size_t len, lf, cr;
};

static size_t find_byte(const struct ends *ends, char c, size_t at)
{
	const char *found = at < ends->len ? memchr(ends->text + at, c, ends->len - at) : NULL;

	return found ? (size_t)(found - ends->text) : ends->len;
}

/* Each is looked for again only when it was passed: texts without carriage
 * returns are read once. */
static size_t next_start(struct ends *ends, size_t at)
{
	if (ends->lf < at)
		ends->lf = find_byte(ends, '\n', at);
	if (ends->cr < at)
		ends->cr = find_byte(ends, '\r', at);
	if (ends->cr + 1 == ends->lf)
		return ends->lf < ends->len ? ends->lf + 1 : ends->len;
	at = ends->lf < ends->cr ? ends->lf : ends->cr;
	return at < ends->len ? at + 1 : ends->len;
}

static void add_start(struct arena *arena, struct list *starts, size_t at)
{
	size_t *add = list_add(arena, starts, sizeof(*add));

	*add = at;
}

struct lines lines_make(struct arena *arena, const char *text, size_t len)
{
	struct list starts = { 0 };
	struct ends ends = { .text = text, .len = len };

	ends.lf = find_byte(&ends, '\n', 0);
	ends.cr = find_byte(&ends, '\r', 0);
	for (size_t at = 0; at < len; at = next_start(&ends, at))
		add_start(arena, &starts, at);
	add_start(arena, &starts, len);
	return (struct lines) { text, (int)starts.count - 1, starts.items };
}

size_t lines_begin(const struct lines *lines, int number)
{
	assert(number >= 1 && number <= lines->count + 1);
	return lines->starts[number - 1];
}

struct slice lines_get(const struct lines *lines, int number)
{
	size_t begin = lines_begin(lines, number);
	size_t end = lines_begin(lines, number + 1);

	while (end > begin && is_newline(lines->text[end - 1]))
		end--;
	return (struct slice) { lines->text + begin, end - begin };
}

int lines_find(const struct lines *lines, size_t byte)
{
	int low = 1, high = lines->count + 1;

	while (low < high) {
		int middle = (low + high + 1) / 2;

		if (lines_begin(lines, middle) <= byte)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

struct slice slice_from(struct slice slice, size_t count)
{
	assert(count <= slice.len);
	return (struct slice) { slice.bytes + count, slice.len - count };
}

struct slice slice_after_blanks(struct slice slice)
{
	size_t count = 0;

	while (count < slice.len && is_blank(slice.bytes[count]))
		count++;
	return slice_from(slice, count);
}

struct slice slice_trim(struct slice slice)
{
	slice = slice_after_blanks(slice);
	while (slice.len && is_blank(slice.bytes[slice.len - 1]))
		slice.len--;
	return slice;
}

bool slice_is_blank(struct slice slice)
{
	return slice_after_blanks(slice).len == 0;
}
