/* sections.c: taking a section out and putting it back */
#include "text/guideline.h"

#include <string.h>

#include "text/lines.h"

/* Where the section ends without its last newline and the blank lines behind
 * that. Returns a byte of the text. */
static size_t content_end(struct arena *arena, const char *text,
	const struct section *section)
{
	const char *bytes = text + section->start;
	struct lines lines = lines_make(arena, bytes, (size_t)(section->end - section->start));
	int last = lines.count;

	while (last > 0 && slice_is_blank(lines_get(&lines, last)))
		last--;
	if (!last)
		return (size_t)section->start;
	return (size_t)section->start + lines_begin(&lines, last) + lines_get(&lines, last).len;
}

/* Copy with the newlines changed to one kind. */
static void put_lines(struct arena *arena, struct buf *out, struct slice text,
	const char *newline)
{
	struct lines lines = lines_make(arena, text.bytes, text.len);

	for (int i = 1; i <= lines.count; i++) {
		struct slice line = lines_get(&lines, i);
		size_t whole = lines_begin(&lines, i + 1) - lines_begin(&lines, i);

		buf_add(out, line.bytes, line.len);
		if (line.len < whole)
			buf_puts(out, newline);
	}
}

const char *section_cut(struct arena *arena, const char *text,
	const struct section *section)
{
	struct buf out = { .arena = arena };
	size_t start = (size_t)section->start;
	size_t end = content_end(arena, text, section);

	put_lines(arena, &out, (struct slice) { text + start, end - start }, "\n");
	return buf_text(&out);
}

/* The newline of the section, else of the file, else LF. */
static const char *find_newline(const char *text, size_t len,
	const struct section *section)
{
	size_t at = (size_t)section->start;

	while (at < len && text[at] != '\n' && text[at] != '\r')
		at++;
	if (at == len)
		for (at = 0; at < len && text[at] != '\n' && text[at] != '\r'; at++)
			;
	if (at < len && text[at] == '\r')
		return at + 1 < len && text[at + 1] == '\n' ? "\r\n" : "\r";
	return "\n";
}

void section_put(const char *text, size_t len, const struct section *section,
	const char *fresh, struct buf *out)
{
	struct section all = { .end = (int64_t)strlen(fresh) };
	size_t end = content_end(out->arena, text, section);

	buf_add(out, text, (size_t)section->start);
	put_lines(out->arena, out, (struct slice) { fresh, content_end(out->arena, fresh, &all) },
		find_newline(text, len, section));
	buf_add(out, text + end, len - end);
}
