/* rows.c: cutting at bars */
#include "text/rows.h"

#include <string.h>

/* The line without its optional first bar and the blanks around. */
static struct slice inside(struct slice line)
{
	line = slice_trim(line);
	return line.len && line.bytes[0] == '|' ? slice_from(line, 1) : line;
}

/* Take one cell off the front: up to a bar that no backslash escapes. */
static struct slice take_cell(struct slice *line)
{
	struct slice cell = *line;
	size_t at = 0;

	while (at < line->len && line->bytes[at] != '|')
		at += line->bytes[at] == '\\' && at + 1 < line->len ? 2 : 1;
	cell.len = at;
	*line = slice_from(*line, at < line->len ? at + 1 : at);
	return slice_trim(cell);
}

int row_cut(struct slice line, struct slice *cells, int max)
{
	int count = 0;

	for (line = inside(line); line.len; count++) {
		struct slice cell = take_cell(&line);

		if (count < max)
			cells[count] = cell;
	}
	return count < max ? count : max;
}

int row_cells(struct slice line)
{
	int count = 0;

	for (line = inside(line); line.len; count++)
		take_cell(&line);
	return count;
}

/* "---", ":--", "--:" or ":-:". */
static bool delimiter_cell(struct slice cell, char *align)
{
	bool left = cell.len && cell.bytes[0] == ':';
	bool right = cell.len > 1 && cell.bytes[cell.len - 1] == ':';

	cell = slice_from(cell, left);
	cell.len -= right;
	*align = (char)(left && right ? 'c' : right ? 'r' : left ? 'l' : 0);
	for (size_t i = 0; i < cell.len; i++)
		if (cell.bytes[i] != '-')
			return false;
	return cell.len > 0;
}

int row_delimiter(struct slice line, char *align)
{
	int count = 0;

	line = inside(line);
	if (line.len && !strchr(" \t:-|", line.bytes[0]))
		return 0; /* as most lines are */
	for (; line.len; count++) {
		char one;

		if (!delimiter_cell(take_cell(&line), &one))
			return 0;
		if (align && count < LIMIT_TABLE_COLUMNS)
			align[count] = one;
	}
	return count;
}

static bool has_bar(struct slice line)
{
	return line.len && memchr(line.bytes, '|', line.len);
}

bool row_heads(struct slice line, struct slice delimiter)
{
	return (has_bar(line) || has_bar(delimiter))
		&& row_cells(line) == row_delimiter(delimiter, NULL);
}
