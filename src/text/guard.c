/* guard.c: sizes that make parsers slow, refused in one pass
 *
 * cmark 0.30.2 is linear but for two things: brackets that close nothing are
 * compared with all others of their paragraph (CVE-2023-22486), and every
 * line, blank ones too, walks through all containers that are open
 * (CVE-2023-24824). Our tables multiply rows by columns. Each of the three is
 * bounded here; the bounds are rough, always to the safe side. */
#include "text/guard.h"

#include <string.h>

#include "base/limit.h"
#include "text/lines.h"
#include "text/mark.h"
#include "text/prefix.h"
#include "text/rows.h"
#include "base/utf8.h"

/* Of ASCII, which is most of it. */
static bool is_printed(char c)
{
	return c >= ' ' && c < 0x7f;
}

static bool check_line_characters(struct task *task, struct slice line, int number)
{
	uint32_t c;

	for (size_t at = 0; at < line.len;) {
		if (is_printed(line.bytes[at])) {
			at++;
			continue;
		}
		if (!utf8_next(line.bytes, line.len, &at, &c))
			return wrong(task, "text", "Line %d is not valid UTF-8.", number);
		if (!utf8_for_people(c))
			return wrong(task, "text",
				"Line %d has a character that no text may have: U+%04X.", number, c);
	}
	return true;
}

/* The paragraph and the table that a line may continue. */
struct run {
	struct slice above; /* the line before, its prefix removed; empty after a blank one */
	bool in_item; /* it began with a list marker */
	int brackets;
	int columns; /* 0 outside tables */
	int cells; /* of all tables */
};

/* A line's markers; a footnote's definition is a container like a list item. */
static struct prefix read_prefix(struct slice line)
{
	size_t definition = mark_defines(line);
	struct prefix prefix = prefix_read(slice_from(line, definition));

	if (definition) {
		prefix.depth++;
		prefix.bytes += definition;
		prefix.bullet = true;
		prefix.indent = 0;
	}
	return prefix;
}

static bool is_heading(struct slice text)
{
	size_t level = 0;

	while (level < text.len && text.bytes[level] == '#')
		level++;
	return level && level < 7
		&& (level == text.len || text.bytes[level] == ' ' || text.bytes[level] == '\t');
}

/* Whether the line begins a block of its own for certain: brackets before it
 * cannot be compared with brackets in it. */
static bool begins_block(const struct run *run, const struct prefix *prefix,
	struct slice text)
{
	bool listed = prefix->bullet || prefix->number;

	/* a marker with nothing behind it may continue a paragraph */
	if (!text.len)
		return !listed;
	if (prefix->indent > 3)
		return false;
	if (prefix->number && !prefix->bullet)
		return prefix->one || (run->in_item && prefix->indent < 2);
	return prefix->bullet || is_heading(text);
}

static void begin_block(struct run *run, const struct prefix *prefix)
{
	run->above = (struct slice) { "", 0 };
	run->in_item = prefix->bullet || prefix->number;
	run->brackets = 0;
	run->columns = 0;
}

static bool check_brackets(struct task *task, struct run *run, struct slice text,
	int number)
{
	for (size_t i = 0; i < text.len; i++)
		run->brackets += text.bytes[i] == '[';
	if (run->brackets > LIMIT_BRACKETS)
		return wrong(task, "text",
			"The paragraph at line %d has more than %d opening brackets. Please split it.",
			number, LIMIT_BRACKETS);
	return true;
}

static bool check_table(struct task *task, struct run *run, struct slice text,
	int number)
{
	int columns = run->columns ? 0 : row_delimiter(text, NULL);

	if (columns && row_heads(run->above, text)) {
		run->columns = columns;
		run->cells += columns;
	}
	run->cells += run->columns;
	if (run->columns > LIMIT_TABLE_COLUMNS)
		return wrong(task, "text", "The table at line %d has more than %d columns.",
			number, LIMIT_TABLE_COLUMNS);
	if (run->cells > LIMIT_TABLE_CELLS)
		return wrong(task, "text",
			"With line %d the tables have more than %d cells. Please split the guide.",
			number, LIMIT_TABLE_CELLS);
	return true;
}

static bool check_line(struct task *task, struct run *run, struct slice line,
	int number)
{
	struct prefix prefix = read_prefix(line);
	struct slice text = slice_from(line, prefix.bytes);

	if (prefix.depth > LIMIT_NESTING)
		return wrong(task, "text",
			"Line %d is more than %d quotes and lists deep.", number, LIMIT_NESTING);
	if (begins_block(run, &prefix, text))
		begin_block(run, &prefix);
	if (!check_brackets(task, run, text, number) || !check_table(task, run, text, number))
		return false;
	run->above = text;
	return true;
}

bool guard_text(struct task *task, const char *text, size_t len)
{
	struct run run = { .above = { "", 0 } };
	struct lines lines;

	if (len > LIMIT_PAGE_BYTES)
		return wrong(task, "text", "The text is longer than %d KiB.",
			LIMIT_PAGE_BYTES / 1024);
	lines = lines_make(&task->arena, text, len);
	for (int i = 1; i <= lines.count; i++) {
		struct slice line = lines_get(&lines, i);

		if (!check_line_characters(task, line, i) || !check_line(task, &run, line, i))
			return false;
	}
	return true;
}
