/* frontmatter.c: reading and checking the block
 *
 * libyaml's events are read by the grammar of the subset, so nothing outside
 * it goes further than its first event: nesting, which libyaml reads in
 * quadratic time, ends at the second level. */
#include "text/frontmatter.h"

#include <assert.h>
#include <string.h>
#include <yaml.h>

#include "base/when.h"
#include "base/limit.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "text/front.h"
#include "text/names.h"

/* What a key may hold. */

static bool is_platform(const char *value)
{
	static const char *const all[] = { "twitter-x", "facebook", "youtube", "blog", "wikipedia", "general" };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (!strcmp(value, all[i]))
			return true;
	return false;
}

static bool is_title(const char *value)
{
	return *value && strlen(value) <= LIMIT_TITLE_BYTES;
}

/* "pharma", "health-worker": open-ended, but one word. */
static bool is_word(const char *value)
{
	return *value && !value[strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-")];
}

/* The shape of BCP 47: "en", "pt-BR", "zh-Hant-TW". */
static bool is_language(const char *value)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	size_t len = strspn(value, letters);

	if (len < 2 || len > 3)
		return false;
	for (value += len; *value; value += len + 1) {
		len = strcspn(value + 1, "-");
		if (*value != '-' || !len || len > 8)
			return false;
	}
	return true;
}

/* ISO 3166-1 alpha-2, "EU", or "INT" for everywhere. */
static bool is_jurisdiction(const char *value)
{
	size_t len = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	return !value[len] && (len == 2 || !strcmp(value, "INT"));
}

/* The shape of an SPDX identifier. */
static bool is_licence(const char *value)
{
	return *value && !value[strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-+")];
}

static bool is_date(const char *value)
{
	return when_parse_date(value, NULL);
}

static bool is_something(const char *value)
{
	return *value != '\0';
}

static const struct key {
	const char *name;
	size_t offset;
	bool list;
	bool (*good)(const char *value); /* NULL: need not be there */
	const char *rule; /* what a good value is */
} keys[] = {
	{ "id", offsetof(struct front, id), false, is_word, "the guide's short name" },
	{ "title", offsetof(struct front, title), false, is_title, "some words, at most 200 bytes" },
	{ "description", offsetof(struct front, description), false, is_something, "a sentence" },
	{ "platform", offsetof(struct front, platform), false, is_platform,
		"twitter-x, facebook, youtube, blog, wikipedia or general" },
	{ "audience", offsetof(struct front, audience), true, is_word, "a list like [pharma, physician]" },
	{ "language", offsetof(struct front, language), false, is_language, "a language tag like en or pt-BR" },
	{ "jurisdiction", offsetof(struct front, jurisdiction), true, is_jurisdiction,
		"a list of countries like [US, EU], or [INT]" },
	{ "licence", offsetof(struct front, licence), false, is_licence, "an SPDX identifier like CC-BY-4.0" },
	{ "owner", offsetof(struct front, owner), false, is_something, "an address to write to" },
	{ "review-by", offsetof(struct front, review_by), false, is_date, "a date like 2027-11-30" },
	{ "funding", offsetof(struct front, funding), false, is_something, "who paid, or none" },
	{ "keywords", offsetof(struct front, keywords), true, NULL, NULL },
};

static const struct key *find_key(const char *name)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

static void set(struct arena *arena, struct front *front, const struct key *key,
	const char *value)
{
	char *place = (char *)front + key->offset;
	const char **add;

	if (key->list)
		add = list_add(arena, (struct list *)(void *)place, sizeof(*add));
	else
		add = (const char **)(void *)place;
	*add = value;
}

/* Reading */

struct reader {
	struct task *task;
	struct front *out;
	struct names seen;
	yaml_parser_t parser;
	yaml_event_t event;
};

static void open_reader(struct reader *r, const char *yaml, size_t len)
{
	if (!yaml_parser_initialize(&r->parser))
		memory_out();
	yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r->parser, (const unsigned char *)yaml, len);
}

static void close_reader(struct reader *r)
{
	yaml_event_delete(&r->event);
	yaml_parser_delete(&r->parser);
}

/* The line of the file: the block begins in its second. */
static bool refuse(struct reader *r, size_t yaml_line, const char *why)
{
	return wrong(r->task, "text", "Line %zu, front matter: %s.", yaml_line + 2, why);
}

static bool is_plain(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_ALIAS_EVENT: return false;
	case YAML_SCALAR_EVENT: return !event->data.scalar.anchor && !event->data.scalar.tag;
	case YAML_SEQUENCE_START_EVENT:
		return !event->data.sequence_start.anchor && !event->data.sequence_start.tag;
	case YAML_MAPPING_START_EVENT:
		return !event->data.mapping_start.anchor && !event->data.mapping_start.tag;
	default: return true;
	}
}

static bool next(struct reader *r)
{
	yaml_event_delete(&r->event);
	if (!yaml_parser_parse(&r->parser, &r->event) && r->parser.error == YAML_MEMORY_ERROR)
		memory_out();
	if (r->parser.error)
		return refuse(r, r->parser.problem_mark.line, r->parser.problem);
	if (!is_plain(&r->event))
		return refuse(r, r->event.start_mark.line, "anchors, aliases and tags are not allowed");
	return true;
}

/* "\n" in quotes is a line break nobody can see in the file; values stand in
 * feeds and headings. */
static bool is_line(const char *value, size_t len)
{
	uint32_t c;

	for (size_t at = 0; at < len;)
		if (!utf8_next(value, len, &at, &c) || !utf8_for_people(c) || c == '\n' || c == '\r')
			return false;
	return true;
}

/* The event must be a scalar on one line. */
static bool scalar(struct reader *r, const char **out)
{
	const yaml_event_t *e = &r->event;

	if (e->type != YAML_SCALAR_EVENT)
		return refuse(r, e->start_mark.line, "only a value, a list of values or a list of `key: value` may stand here");
	if (e->start_mark.line != e->end_mark.line)
		return refuse(r, e->start_mark.line, "a value must fit on its line");
	*out = arena_strndup(&r->task->arena, (const char *)e->data.scalar.value, e->data.scalar.length);
	if (!is_line(*out, e->data.scalar.length))
		return refuse(r, e->start_mark.line, "a value may not hold line breaks or other control characters");
	return true;
}

/* `- key: value` lists are for others to read: checked and passed over. */
static bool skip_map(struct reader *r)
{
	const char *ignored;

	for (;;) {
		if (!next(r))
			return false;
		if (r->event.type == YAML_MAPPING_END_EVENT)
			return true;
		if (!scalar(r, &ignored) || !next(r) || !scalar(r, &ignored))
			return false;
	}
}

static bool read_items(struct reader *r, const struct key *key)
{
	const char *value = NULL;

	if (key && !key->list)
		return refuse(r, r->event.start_mark.line, "this key takes one value, not a list");
	for (;;) {
		if (!next(r))
			return false;
		if (r->event.type == YAML_SEQUENCE_END_EVENT)
			return true;
		if (!key && r->event.type == YAML_MAPPING_START_EVENT) {
			if (!skip_map(r))
				return false;
			continue;
		}
		if (!scalar(r, &value))
			return false;
		if (key)
			set(&r->task->arena, r->out, key, value);
	}
}

static bool read_pair(struct reader *r)
{
	const struct key *key;
	const char *name = NULL, *value = NULL;

	if (!scalar(r, &name))
		return false;
	if (!names_add(&r->task->arena, &r->seen, name))
		return refuse(r, r->event.start_mark.line, "this key stands there twice");
	assert(name);
	key = find_key(name);
	if (!next(r))
		return false;
	if (r->event.type == YAML_SEQUENCE_START_EVENT)
		return read_items(r, key);
	if (!scalar(r, &value))
		return false;
	assert(value);
	if (key && *value)
		set(&r->task->arena, r->out, key, value);
	return true;
}

static bool read_yaml(struct reader *r)
{
	/* stream, document */
	/* NOLINTNEXTLINE(misc-redundant-expression): each takes one event */
	if (!next(r) || !next(r))
		return false;
	if (r->event.type == YAML_STREAM_END_EVENT)
		return true;
	if (!next(r))
		return false;
	if (r->event.type != YAML_MAPPING_START_EVENT)
		return refuse(r, r->event.start_mark.line, "`key: value` lines are expected");
	for (;;) {
		if (!next(r))
			return false;
		if (r->event.type == YAML_MAPPING_END_EVENT)
			break;
		if (!read_pair(r))
			return false;
	}
	/* NOLINTNEXTLINE(misc-redundant-expression): likewise */
	if (!next(r) || !next(r))
		return false;
	return r->event.type == YAML_STREAM_END_EVENT
		|| refuse(r, r->event.start_mark.line, "one document is enough");
}

/* For YAML these end a line, for everybody else they do not: what stands
 * behind one would be a key nobody can see, or lose its key. */
static bool has_odd_breaks(const char *yaml, size_t len)
{
	return memmem(yaml, len, "\xc2\x85", 2) || memmem(yaml, len, "\xe2\x80\xa8", 3) || memmem(yaml, len, "\xe2\x80\xa9", 3);
}

static bool read_block(struct task *task, const char *yaml, size_t len,
	struct front *out)
{
	if (has_odd_breaks(yaml, len))
		return wrong(task, "text", "The front matter holds a line separator (U+0085, U+2028 or U+2029). Break the line in the ordinary way.");

	AUTO(close_reader)
	struct reader r = { .task = task, .out = out };

	open_reader(&r, yaml, len);
	return read_yaml(&r);
}

bool frontmatter_read(struct task *task, const char *text, size_t len,
	struct front *out)
{
	struct front front = { 0 };
	struct front_place place;

	if (!front_find(task, text, len, &place))
		return false;
	if (place.end && !read_block(task, text + place.first, place.last - place.first, &front))
		return false;
	front.end = (int64_t)place.end;
	*out = front;
	return true;
}

/* Checking */

static bool check_one(struct task *task, const struct key *key, const char *value)
{
	if (!value)
		return wrong(task, "text", "The front matter lacks `%s`: %s.", key->name, key->rule);
	if (!key->good(value))
		return wrong(task, "text", "`%s` in the front matter must be %s.", key->name, key->rule);
	return true;
}

static bool check_list(struct task *task, const struct key *key, const struct list *values)
{
	const char *const *value = values->items;

	if (!values->count)
		return check_one(task, key, NULL);
	for (size_t i = 0; i < values->count; i++)
		if (!check_one(task, key, value[i]))
			return false;
	return true;
}

static bool check(struct task *task, const struct key *key, const struct front *front)
{
	const void *place = (const char *)front + key->offset;

	if (!key->good)
		return true;
	if (key->list)
		return check_list(task, key, place);
	return check_one(task, key, *(const char *const *)place);
}

bool frontmatter_valid(struct task *task, const struct front *front,
	const char *slug)
{
	bool valid = true;

	/* all of them, so that the author sees every message at once */
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		valid = check(task, &keys[i], front) && valid;
	if (front->id && strcmp(front->id, slug) != 0)
		return wrong(task, "text", "`id` in the front matter must stay %s.", slug);
	return valid;
}
