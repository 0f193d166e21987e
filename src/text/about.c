/* about.c: front matter as a list of facts */
#include "text/about.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "text/lines.h"
#include "text/names.h"

struct fact {
	const char *key;
	struct buf value;
};

static bool is_key(struct slice line)
{
	return line.len && !isspace((unsigned char)*line.bytes)
		&& !strchr("-#", *line.bytes) && memchr(line.bytes, ':', line.len);
}

/* Without the brackets or quotes around it. */
static struct slice bare(struct slice value)
{
	static const char pairs[] = "[]\"\"''";

	value = slice_trim(value);
	for (const char *pair = pairs; *pair && value.len > 1; pair += 2)
		if (value.bytes[0] == pair[0] && value.bytes[value.len - 1] == pair[1])
			return (struct slice) { value.bytes + 1, value.len - 2 };
	return value;
}

static void add_value(struct fact *fact, struct slice value)
{
	value = bare(value);
	if (value.len && fact->value.len)
		buf_puts(&fact->value, ", ");
	buf_add(&fact->value, value.bytes, value.len);
}

static struct fact *add_fact(struct arena *arena, struct list *facts, const char *key)
{
	struct fact *fact = list_add(arena, facts, sizeof(*fact));

	fact->key = key;
	fact->value.arena = arena;
	return fact;
}

static void read_line(struct arena *arena, struct list *facts, struct slice line)
{
	struct fact *last = (struct fact *)facts->items + facts->count - 1;
	const char *colon;

	if (is_key(line)) {
		colon = memchr(line.bytes, ':', line.len);
		last = add_fact(arena, facts, arena_strndup(arena, line.bytes, (size_t)(colon - line.bytes)));
		line = slice_from(line, (size_t)(colon - line.bytes) + 1);
	} else {
		line = slice_after_blanks(line);
		if (line.len > 1 && line.bytes[0] == '-')
			line = slice_from(line, 1);
	}
	add_value(last, line);
}

static bool is_fence(struct slice line)
{
	line = slice_trim(line);
	return line.len == 3 && !memcmp(line.bytes, "---", 3);
}

/* Each key with all that stands below it; the first has no key and takes
 * what stands above. */
static struct list read_facts(struct arena *arena, const char *text)
{
	struct lines lines = lines_make(arena, text, strlen(text));
	struct list facts = { 0 };

	add_fact(arena, &facts, "");
	for (int i = 1; i <= lines.count; i++)
		if (!is_fence(lines_get(&lines, i)))
			read_line(arena, &facts, lines_get(&lines, i));
	return facts;
}

/* "review-by" is "Review by". */
static const char *label_of(struct arena *arena, const char *key)
{
	char *label = arena_strdup(arena, key);

	for (char *at = label; *at; at++)
		if (*at == '-')
			*at = ' ';
	*label = (char)toupper((unsigned char)*label);
	return label;
}

static void write_fact(struct redline *r, const struct fact *old, const struct fact *new)
{
	const char *before = old ? buf_text(&old->value) : NULL;
	const char *after = new ? buf_text(&new->value) : NULL;
	const char *label;

	assert(old || new);
	label = label_of(r->arena, new ? new->key : old->key);
	if (before && after && !strcmp(before, after))
		return;
	tally_fact(r->arena, &r->tally, label);
	if (!r->out.len)
		buf_puts(&r->out, "<dl class=\"facts\">");
	buf_puts(&r->out, "<dt>");
	buf_html(&r->out, label);
	buf_puts(&r->out, "</dt><dd>");
	redline_value(r, before, after);
	buf_puts(&r->out, "</dd>\n");
}

bool about_write(struct redline *r, const char *old, const char *new)
{
	struct list olds = read_facts(r->arena, old), news = read_facts(r->arena, new);
	struct fact *before = olds.items, *after = news.items;
	struct names known = { 0 };

	for (size_t i = 0; i < olds.count; i++)
		*names_slot(r->arena, &known, before[i].key) = &before[i];
	for (size_t i = 0; i < news.count; i++) {
		void **slot = names_slot(r->arena, &known, after[i].key);

		write_fact(r, *slot, &after[i]);
		*slot = NULL;
	}
	for (size_t i = 0; i < olds.count; i++)
		if (names_find(&known, before[i].key))
			write_fact(r, &before[i], NULL);
	if (r->out.len)
		buf_puts(&r->out, "</dl>\n");
	return r->out.len > 0;
}
