/* test_json.c: values and schemas as JSON, read back by jansson */
#include <jansson.h>

#include "../test.h"
#include "view/view.h"

struct item {
	const char *name;
};
static const struct field item_fields[] = { FIELD_TEXT(struct item, name), FIELD_END };
static const struct shape item_shape = SHAPE(item, item_fields);

struct value {
	int64_t id;
	const char *text, *absent, *secret;
	bool open;
	int64_t at, never;
	struct list items;
	struct list words;
	struct html html;
};
static const struct field fields[] = {
	FIELD_INT(struct value, id),
	FIELD_TEXT(struct value, text),
	FIELD_TEXT(struct value, absent),
	PAGE_TEXT(struct value, secret),
	FIELD_BOOL(struct value, open),
	FIELD_TIME(struct value, at),
	FIELD_TIME(struct value, never),
	FIELD_MANY(struct value, items, &item_shape),
	FIELD_WORDS(struct value, words),
	FIELD_HTML(struct value, html),
	FIELD_END
};
static const struct shape shape = SHAPE(value, fields);

static void test_value(void)
{
	struct arena arena = { 0 };
	struct buf out = { .arena = &arena };
	struct item items[] = { { "a\"b\n" }, { NULL } };
	const char *words[] = { "x" };
	const struct value v = { 7, "é </script>", NULL, "hidden", true, 1795430520, 0, { items, 2 }, { words, 1 }, { "<b>" } };

	view_json(&out, &shape, &v);
	CHECK_STR(buf_text(&out),
		"{\"id\":7,\"text\":\"é </script>\",\"absent\":null,\"open\":true,\"at\":\"2026-11-23T10:42:00Z\","
		"\"never\":null,\"items\":[{\"name\":\"a\\\"b\\n\"},{\"name\":null}],\"words\":[\"x\"],\"html\":\"<b>\"}\n");
	arena_free(&arena);
}

static void test_schema(void)
{
	json_t *schema = view_schema(&shape), *properties = json_object_get(schema, "properties");

	CHECK_STR(json_string_value(json_object_get(json_object_get(properties, "id"), "type")), "integer");
	CHECK(!json_object_get(properties, "secret"));
	CHECK_STR(json_string_value(json_object_get(json_object_get(json_object_get(properties, "items"), "items"), "$ref")),
		"#/components/schemas/item");
	json_decref(schema);
}

int main(void)
{
	test_value();
	test_schema();
	return test_result();
}
