/* json.c: shapes as JSON, values and schemas, by jansson */
#include "view/view.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/when.h"

static json_t *object_of(const struct shape *shape, const void *value);

static json_t *text_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

static json_t *time_or_null(int64_t at)
{
	char text[WHEN_BYTES];

	return at ? json_string(when_rfc3339(at, text)) : json_null();
}

static json_t *words_of(const struct list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(array, json_string(((const char *const *)list->items)[i]));
	return array;
}

static json_t *array_of(const struct shape *shape, const struct list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(array,
			object_of(shape, (const char *)list->items + i * shape->size));
	return array;
}

static json_t *value_of(const struct field *f, const void *at)
{
	switch (f->kind) {
	case KIND_INT: return json_integer(*(const int64_t *)at);
	case KIND_BOOL: return json_boolean(*(const bool *)at);
	case KIND_TIME: return time_or_null(*(const int64_t *)at);
	case KIND_TEXT:
	case KIND_URL: return text_or_null(*(const char *const *)at);
	case KIND_HTML: return text_or_null(((const struct html *)at)->safe);
	case KIND_WORDS: return words_of(at);
	case KIND_ONE: return object_of(f->shape, at);
	case KIND_MANY: return array_of(f->shape, at);
	case KIND_BYTES: break;
	}
	return json_null();
}

static json_t *object_of(const struct shape *shape, const void *value)
{
	json_t *object = json_object();

	for (const struct field *f = shape->fields; f->name; f++)
		if (!(f->use & FIELD_PAGE_ONLY))
			json_object_set_new(object, f->name, value_of(f, (const char *)value + f->offset));
	return object;
}

static int add(const char *bytes, size_t len, void *out)
{
	buf_add(out, bytes, len);
	return 0;
}

void view_json(struct buf *out, const struct shape *shape, const void *value)
{
	json_t *object = object_of(shape, value);

	json_dump_callback(object, add, out, JSON_COMPACT);
	json_decref(object);
	buf_puts(out, "\n");
}

/* ---- schemas ---- */

static json_t *nullable(const char *type, const char *format)
{
	json_t *schema = json_pack("{s:[s,s]}", "type", type, "null");

	if (format)
		json_object_set_new(schema, "format", json_string(format));
	return schema;
}

static json_t *reference_or_inline(const struct shape *shape)
{
	char path[128];

	if (!shape->name)
		return view_schema(shape);
	snprintf(path, sizeof(path), "#/components/schemas/%s", shape->name);
	return json_pack("{s:s}", "$ref", path);
}

static json_t *field_schema(const struct field *f)
{
	switch (f->kind) {
	case KIND_INT: return json_pack("{s:s}", "type", "integer");
	case KIND_BOOL: return json_pack("{s:s}", "type", "boolean");
	case KIND_TIME: return nullable("string", "date-time");
	case KIND_TEXT:
	case KIND_HTML: return nullable("string", NULL);
	case KIND_URL: return nullable("string", "uri-reference");
	case KIND_WORDS: return json_pack("{s:s,s:{s:s}}", "type", "array", "items", "type", "string");
	case KIND_ONE: return reference_or_inline(f->shape);
	case KIND_MANY: return json_pack("{s:s,s:o}", "type", "array", "items", reference_or_inline(f->shape));
	case KIND_BYTES: break;
	}
	return json_object();
}

struct json_t *view_schema(const struct shape *shape)
{
	json_t *properties = json_object(), *required = json_array(), *schema;

	for (const struct field *f = shape->fields; f->name; f++) {
		json_t *one;

		if (f->use & FIELD_PAGE_ONLY)
			continue;
		one = field_schema(f);
		if (f->max_bytes && f->kind == KIND_TEXT)
			json_object_set_new(one, "maxLength", json_integer((json_int_t)f->max_bytes));
		json_object_set_new(properties, f->name, one);
		if (!f->max_bytes || (f->use & FIELD_REQUIRED))
			json_array_append_new(required, json_string(f->name));
	}
	schema = json_pack("{s:s,s:o}", "type", "object", "properties", properties);
	if (json_array_size(required))
		json_object_set(schema, "required", required);
	json_decref(required);
	return schema;
}
