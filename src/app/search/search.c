/* search.c: from what somebody typed to sections */
#include "app/search.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "search_db.h"

#define FOUND '\2'
#define END '\3'

static bool is_word(unsigned char c)
{
	return isalnum(c) || c >= 0x80;
}

/* "side-effect re" -> "side" "effect" "re"*: quoted words only, so that
 * nothing of the query language can be typed. */
static const char *match_of(struct arena *arena, const char *query)
{
	struct buf out = { .arena = arena };

	while (*query) {
		size_t len = 0;

		while (*query && !is_word((unsigned char)*query))
			query++;
		while (is_word((unsigned char)query[len]))
			len++;
		if (len)
			buf_printf(&out, "%s\"%.*s\"", out.len ? " " : "", (int)len, query);
		query += len;
	}
	if (out.len)
		buf_putc(&out, '*');
	return buf_text(&out);
}

static void split(struct arena *arena, const char *text, struct list *out)
{
	bool found = false;

	while (*text) {
		size_t len = strcspn(text, "\2\3");

		if (len)
			*(struct hit_part *)list_add(arena, out, sizeof(struct hit_part)) =
				(struct hit_part) { arena_strndup(arena, text, len), found };
		text += len;
		if (*text)
			found = *text++ == FOUND;
	}
}

static const char *unmarked(struct arena *arena, const char *text)
{
	char *out = arena_strdup(arena, text), *to = out;

	for (const char *from = out; *from; from++)
		if (*from != FOUND && *from != END)
			*to++ = *from;
	*to = '\0';
	return out;
}

bool search_run(struct task *task, const char *query, int64_t limit, struct list *out)
{
	const char *match = match_of(&task->arena, query);

	if (!*match)
		return true;
	if (!search_db_find(task, match, limit, out))
		return false;
	for (size_t i = 0; i < out->count; i++) {
		struct hit *h = (struct hit *)out->items + i;

		split(&task->arena, h->title, &h->title_parts);
		split(&task->arena, h->snippet, &h->snippet_parts);
		h->title = unmarked(&task->arena, h->title);
		h->snippet = unmarked(&task->arena, h->snippet);
	}
	return true;
}
