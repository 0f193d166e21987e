/* mark.c: the letters of footnotes */
#include "text/mark.h"

#include <ctype.h>
#include <string.h>

#include "base/arena.h"

static bool is_key(char c)
{
	return isalnum((unsigned char)c) || c == '-';
}

size_t mark_len(struct slice text)
{
	size_t at = 2;

	if (text.len < 4 || text.bytes[0] != '[' || text.bytes[1] != '^')
		return 0;
	while (at < text.len && at < MARK_MAX_BYTES - 1 && is_key(text.bytes[at]))
		at++;
	return at > 2 && at < text.len && text.bytes[at] == ']' ? at + 1 : 0;
}

const char *mark_key(struct arena *arena, const char *mark)
{
	char *key = arena_strndup(arena, mark + 2, strcspn(mark, "]") - 2);

	for (char *at = key; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	return key;
}

size_t mark_defines(struct slice line)
{
	size_t indent = 0, len;

	while (indent < line.len && line.bytes[indent] == ' ')
		indent++;
	len = indent > 3 ? 0 : mark_len(slice_from(line, indent));
	if (!len || indent + len == line.len || line.bytes[indent + len] != ':')
		return 0;
	return indent + len + 1;
}
