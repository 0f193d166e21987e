/* request.c: reading what a client sent: parameters, forms, JSON */
#include "http/request.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limit.h"
#include "base/utf8.h"

bool request_number(struct task *task, const struct request *req, int n, int64_t *out)
{
	const char *text = req->param[n];
	char *end;
	long long number;

	errno = 0;
	number = isdigit((unsigned char)*text) ? strtoll(text, &end, 10) : 0;
	if (errno || number <= 0 || *end)
		return fail(task, ERR_NOT_FOUND, "There is no such page here.");
	*out = number;
	return true;
}

/* ---- text from strangers ---- */

static int hex(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const char *decode(struct task *task, const char *text, size_t len)
{
	char *out = arena_alloc(&task->arena, len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		int high, low;

		if (text[i] != '%') {
			out[n++] = (char)(text[i] == '+' ? ' ' : text[i]);
			continue;
		}
		if (i + 2 >= len)
			return NULL;
		high = hex(text[i + 1]);
		low = hex(text[i + 2]);
		if (high < 0 || low < 0 || !(high | low))
			return NULL;
		out[n++] = (char)(high << 4 | low);
		i += 2;
	}
	return utf8_valid(out, n) ? out : NULL;
}

bool request_decode(struct task *task, const char *text, size_t len, struct list *out)
{
	const char *end = text + len;

	while (text < end) {
		const char *stop = memchr(text, '&', (size_t)(end - text));
		const char *equals, *name, *value;
		struct pair *pair;

		stop = stop ? stop : end;
		equals = memchr(text, '=', (size_t)(stop - text));
		name = decode(task, text, (size_t)((equals ? equals : stop) - text));
		value = equals ? decode(task, equals + 1, (size_t)(stop - equals - 1)) : "";
		if (!name || !value)
			return fail(task, ERR_MALFORMED, "The form could not be read: it is not valid UTF-8 in percent encoding.");
		if (out->count >= LIMIT_FORM_FIELDS)
			return fail(task, ERR_TOO_BIG, "The form has more than %d fields.", LIMIT_FORM_FIELDS);
		pair = list_add(&task->arena, out, sizeof(*pair));
		*pair = (struct pair) { name, value };
		text = stop + 1;
	}
	return true;
}

bool request_pairs(struct task *task, const struct request *req, struct list *out)
{
	return request_decode(task, req->body, req->body_len, out);
}

/* CRLF and CR become LF. */
static const char *newlines(struct task *task, const char *text)
{
	char *out = arena_strdup(&task->arena, text), *to = out;

	for (const char *from = out; *from; from++) {
		if (*from == '\r') {
			*to++ = '\n';
			from += from[1] == '\n';
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return out;
}

static bool is_for_people(const char *text)
{
	uint32_t c;
	size_t len = strlen(text);

	for (size_t at = 0; at < len;)
		if (!utf8_next(text, len, &at, &c) || !utf8_for_people(c))
			return false;
	return true;
}

/* ---- into a struct ---- */

static const char *label(struct task *task, const char *name)
{
	char *text = arena_strdup(&task->arena, name);

	for (char *c = text; *c; c++)
		if (*c == '_')
			*c = ' ';
	*text = (char)toupper((unsigned char)*text);
	return text;
}

static bool store_text(struct task *task, const struct field *f, const char *value, void *out)
{
	const char **at = (const char **)(void *)((char *)out + f->offset);

	*at = newlines(task, value);
	if (!is_for_people(*at))
		return wrong(task, f->name, "%s: control characters are not allowed.", label(task, f->name));
	if (strlen(*at) > f->max_bytes)
		return wrong(task, f->name, "%s is too long: %zu bytes, at most %zu are possible.",
			label(task, f->name), strlen(*at), f->max_bytes);
	return true;
}

static bool store(struct task *task, const struct field *f, const char *value, void *out)
{
	if (f->kind == KIND_BOOL) {
		*(bool *)((char *)out + f->offset) = strcmp(value, "") && strcmp(value, "false")
			&& strcmp(value, "0");
		return true;
	}
	return store_text(task, f, value, out);
}

static const struct field *input_field(const struct shape *shape, const char *name)
{
	const struct field *f = shape_find(shape, name, strlen(name));

	return f && f->max_bytes ? f : NULL;
}

/* Everything required is there? All that is missing is reported. */
static bool complete(struct task *task, const struct shape *shape, const void *out)
{
	bool all = true;

	for (const struct field *f = shape->fields; f->name; f++) {
		const char *text;

		if (!(f->use & FIELD_REQUIRED) || f->kind != KIND_TEXT)
			continue;
		text = *(const char *const *)(const void *)((const char *)out + f->offset);
		if (!text || text[strspn(text, " \n\t")] == '\0')
			all = wrong(task, f->name, "%s is missing.", label(task, f->name));
	}
	return all;
}

static bool named_twice(const struct list *pairs, size_t upto)
{
	const struct pair *p = pairs->items;

	for (size_t i = 0; i < upto; i++)
		if (!strcmp(p[i].name, p[upto].name))
			return true;
	return false;
}

static bool read_form(struct task *task, const struct request *req, const struct shape *shape, void *out)
{
	struct list pairs = { 0 };
	bool good = true;

	if (!request_pairs(task, req, &pairs))
		return false;
	for (size_t i = 0; i < pairs.count; i++) {
		const struct pair *p = (const struct pair *)pairs.items + i;
		const struct field *f;

		if (*p->name == '_')
			continue;
		if (named_twice(&pairs, i))
			return fail(task, ERR_MALFORMED, "The form names %s twice.", p->name);
		f = input_field(shape, p->name);
		if (!f)
			good = wrong(task, p->name, "There is no field %s here.", p->name);
		else if (!store(task, f, p->value, out))
			good = false;
	}
	return complete(task, shape, out) && good;
}

static void json_release(json_t **json)
{
	json_decref(*json);
}

static bool store_json(struct task *task, const struct field *f, json_t *value, void *out)
{
	if (json_is_null(value))
		return true;
	if (f->kind == KIND_BOOL && json_is_boolean(value)) {
		*(bool *)((char *)out + f->offset) = json_is_true(value);
		return true;
	}
	if (f->kind != KIND_TEXT || !json_is_string(value))
		return wrong(task, f->name, "%s has the wrong type.", label(task, f->name));
	return store_text(task, f, json_string_value(value), out);
}

/* jansson refuses bad UTF-8, NUL, duplicates; its depth is ours to bound. */
static bool too_deep(const char *text, size_t len)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < len; i++) {
		if (quoted && text[i] == '\\') {
			i++; /* what is behind it ends nothing */
		} else if (text[i] == '"') {
			quoted = !quoted;
		} else if (quoted) {
			continue;
		} else if ((text[i] == '{' || text[i] == '[') && ++depth > LIMIT_JSON_DEPTH) {
			return true;
		} else if ((text[i] == '}' || text[i] == ']') && depth) {
			depth--;
		}
	}
	return false;
}

static bool read_json(struct task *task, const struct request *req, const struct shape *shape, void *out)
{
	AUTO(json_release)
	json_t *json = NULL;
	json_error_t why;
	const char *name;
	json_t *value;
	bool good = true;

	if (too_deep(req->body, req->body_len))
		return fail(task, ERR_MALFORMED, "The JSON is nested deeper than %d.", LIMIT_JSON_DEPTH);
	json = json_loadb(req->body, req->body_len, JSON_REJECT_DUPLICATES, &why);
	if (!json)
		return fail(task, ERR_MALFORMED, "The JSON could not be read: line %d, %s.", why.line, why.text);
	if (!json_is_object(json))
		return fail(task, ERR_MALFORMED, "The JSON must be an object.");
	json_object_foreach(json, name, value)
	{
		const struct field *f = input_field(shape, name);

		if (!f)
			good = wrong(task, name, "There is no field %s here.", name);
		else if (!store_json(task, f, value, out))
			good = false;
	}
	return complete(task, shape, out) && good;
}

bool request_read(struct task *task, const struct request *req, const struct shape *shape, void *out)
{
	switch (req->body_kind) {
	case BODY_NONE:
		return complete(task, shape, out);
	case BODY_FORM:
		return read_form(task, req, shape, out);
	case BODY_JSON:
		return read_json(task, req, shape, out);
	case BODY_OTHER:
		break;
	}
	return fail(task, ERR_MEDIA, "Send application/json or application/x-www-form-urlencoded.");
}

bool request_query(struct task *task, const struct request *req, const struct shape *shape, void *out)
{
	struct list pairs = { 0 };

	if (!request_decode(task, req->query, strlen(req->query), &pairs))
		return false;
	for (size_t i = 0; i < pairs.count; i++) {
		const struct pair *p = (const struct pair *)pairs.items + i;
		const struct field *f = input_field(shape, p->name);

		if (f && !store(task, f, p->value, out))
			return false;
	}
	return complete(task, shape, out);
}

struct page_query {
	const char *page;
};
static const struct field page_fields[] = { INPUT_TEXT(struct page_query, page, 8, 0), FIELD_END };
static const struct shape page_shape = SHAPE(page_query, page_fields);

int64_t request_page(struct task *task, const struct request *req)
{
	struct page_query q = { 0 };
	long n;

	if (!request_query(task, req, &page_shape, &q))
		task_forgive(task);
	n = q.page ? strtol(q.page, NULL, 10) : 1;
	return n >= 1 && n <= LIMIT_PAGE_NUMBER ? n : 1;
}

/* ---- a look ahead ---- */

static const char *among(const struct list *pairs, const char *name)
{
	for (size_t i = 0; i < pairs->count; i++) {
		const struct pair *p = (const struct pair *)pairs->items + i;

		if (!strcmp(p->name, name))
			return p->value;
	}
	return NULL;
}

static const char *in_json(struct task *task, const struct request *req, const char *name)
{
	AUTO(json_release)
	json_t *json = NULL;
	const char *text;

	if (too_deep(req->body, req->body_len))
		return NULL;
	json = json_loadb(req->body, req->body_len, JSON_REJECT_DUPLICATES, NULL);
	text = json_string_value(json_object_get(json, name));
	return text ? arena_strdup(&task->arena, text) : NULL;
}

const char *request_peek(struct task *task, const struct request *req, const char *name)
{
	struct list query = { 0 }, body = { 0 };
	const char *text = NULL;

	if (request_decode(task, req->query, strlen(req->query), &query))
		text = among(&query, name);
	if (!text && req->body_kind == BODY_FORM && request_pairs(task, req, &body))
		text = among(&body, name);
	if (!text && req->body_kind == BODY_JSON)
		text = in_json(task, req, name);
	task_forgive(task); /* the handler reads it again and says what is wrong */
	return text;
}
