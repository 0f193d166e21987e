/* lines.c: where lines start */
#include "text/lines.h"

#include <assert.h>

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

static size_t next_start(const char *text, size_t len, size_t at)
{
	while (at < len && !is_newline(text[at]))
		at++;
	if (at + 1 < len && text[at] == '\r' && text[at + 1] == '\n')
		return at + 2;
	return at < len ? at + 1 : len;
}

static void add_start(struct arena *arena, struct list *starts, size_t at)
{
	size_t *add = list_add(arena, starts, sizeof(*add));

	*add = at;
}

struct lines lines_make(struct arena *arena, const char *text, size_t len)
{
	struct list starts = { 0 };

	for (size_t at = 0; at < len; at = next_start(text, len, at))
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
