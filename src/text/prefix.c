/* prefix.c: the most a line's markers can mean
 *
 * A marker opens or continues one container. A list item of a line above is
 * continued by two columns of indentation at least, so columns that belong
 * to no marker count half. */
#include "text/prefix.h"

#include "base/limit.h"

#define TAB_COLUMNS 4

static int take_blanks(struct slice *rest)
{
	struct slice after = slice_after_blanks(*rest);
	int columns = 0;

	for (const char *at = rest->bytes; at < after.bytes; at++)
		columns += *at == '\t' ? TAB_COLUMNS : 1;
	*rest = after;
	return columns;
}

/* A marker is followed by a blank or nothing. */
static bool stands_alone(struct slice rest, size_t at)
{
	return at == rest.len || rest.bytes[at] == ' ' || rest.bytes[at] == '\t';
}

/* "- - -" is a rule: nothing but one character and blanks. */
static bool is_rule(struct slice rest)
{
	for (size_t i = 0; i < rest.len; i++)
		if (rest.bytes[i] != rest.bytes[0] && !stands_alone(rest, i))
			return false;
	return rest.len > 2 && rest.bytes[0] != '+';
}

static size_t bullet_bytes(struct slice rest)
{
	bool mark = rest.len
		&& (rest.bytes[0] == '-' || rest.bytes[0] == '+' || rest.bytes[0] == '*');

	return mark && stands_alone(rest, 1) && !is_rule(rest) ? 1 : 0;
}

static size_t number_bytes(struct slice rest)
{
	size_t at = 0;

	while (at < rest.len && at < 9 && rest.bytes[at] >= '0' && rest.bytes[at] <= '9')
		at++;
	if (!at || at == rest.len || (rest.bytes[at] != '.' && rest.bytes[at] != ')'))
		return 0;
	return stands_alone(rest, at + 1) ? at + 1 : 0;
}

static size_t marker_bytes(struct slice rest, struct prefix *out)
{
	size_t bullet = bullet_bytes(rest), number = number_bytes(rest);

	if (rest.len && rest.bytes[0] == '>')
		return 1;
	if (!out->bullet && !out->number) {
		out->bullet = bullet > 0;
		out->number = number > 0;
		out->one = number == 2 && rest.bytes[0] == '1';
	}
	return bullet + number;
}

struct prefix prefix_read(struct slice line)
{
	struct prefix out = { 0 };
	struct slice rest = line;
	int columns = 0, markers = 0;

	while (markers <= LIMIT_NESTING) {
		bool listed = out.bullet || out.number;
		int indent = take_blanks(&rest);
		size_t bytes = marker_bytes(rest, &out);

		if (!listed && indent > out.indent)
			out.indent = indent;
		if (!bytes)
			break;
		columns += indent;
		out.depth = ++markers + columns / 2;
		rest = slice_from(rest, bytes);
		/* the blank behind a marker belongs to it */
		if (rest.len && stands_alone(rest, 0))
			rest = slice_from(rest, 1);
	}
	out.bytes = line.len - rest.len;
	return out;
}
