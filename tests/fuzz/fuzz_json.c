/* JSON bodies: jansson alone agrees on what is valid, on how deep it is and
 * on what it says; what is written is read back. */
#include <jansson.h>

#include "base/buf.h"
#include "base/limit.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "http/request.h"
#include "sent.h"
#include "view/view.h"

static size_t depth_of(json_t *json)
{
	size_t deepest = 0, index, depth;
	const char *key;
	json_t *value;

	if (!json_is_object(json) && !json_is_array(json))
		return 0;
	json_object_foreach(json, key, value)
		deepest = (depth = depth_of(value)) > deepest ? depth : deepest;
	json_array_foreach(json, index, value)
		deepest = (depth = depth_of(value)) > deepest ? depth : deepest;
	return 1 + deepest;
}

/* What the shape allows, judged on jansson's own tree. */
static bool member_fits(const char *name, json_t *value)
{
	const char *text = json_string_value(value);
	size_t most = !strcmp(name, "name") ? 8 : !strcmp(name, "text") ? 64
					  : !strcmp(name, "key")	? 200
									: 0;
	size_t len = 0;
	uint32_t point;

	if (!strcmp(name, "agree"))
		return json_is_boolean(value) || json_is_null(value);
	if (!most || (!text && !json_is_null(value)))
		return false;
	for (size_t at = 0; text && at < strlen(text);)
		if (!utf8_next(text, strlen(text), &at, &point) || !utf8_for_people(point))
			return false;
	for (const char *c = text; c && *c; c++) {
		len += !(*c == '\r' && c[1] == '\n');
	}
	return len <= most;
}

static bool fits(json_t *json)
{
	const char *name = json_string_value(json_object_get(json, "name")), *key;
	json_t *value;
	bool good = name && name[strspn(name, " \n\t\r")];

	json_object_foreach(json, key, value)
		good = good && member_fits(key, value);
	return good;
}

/* Newlines are LF; else the text is the one that was sent. */
static void check_value(const char *is, json_t *json, const char *name)
{
	const char *should = json_string_value(json_object_get(json, name));

	MUST(!is == !should);
	for (; is && *is; is++, should++) {
		if (*should == '\r')
			should += should[1] == '\n';
		MUST(*is == (*should == '\r' ? '\n' : *should));
	}
	MUST(!is || !*should);
}

static void check_read(const struct sent *sent, json_t *json)
{
	check_value(sent->name, json, "name");
	check_value(sent->text, json, "text");
	check_value(sent->key, json, "key");
	MUST(sent->agree == json_is_true(json_object_get(json, "agree")));
}

/* Written by us, read by jansson. */
static void check_written(struct arena *arena, const struct sent *sent)
{
	struct buf out = { .arena = arena };
	json_t *json;

	view_json(&out, &shape, sent);
	json = json_loadb(buf_text(&out), out.len, JSON_REJECT_DUPLICATES, NULL);
	MUST(json);
	MUST_STR(json_string_value(json_object_get(json, "name")), sent->name);
	MUST_STR(json_string_value(json_object_get(json, "text")), sent->text);
	MUST_STR(json_string_value(json_object_get(json, "key")), sent->key);
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct task task = { 0 };
	struct request req = { .body = (const char *)data, .body_len = size, .body_kind = BODY_JSON, .query = "" };
	struct sent sent = { 0 };
	json_t *json = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	bool readable = json && json_is_object(json) && depth_of(json) <= LIMIT_JSON_DEPTH;
	bool good = request_read(&task, &req, &shape, &sent);

	MUST(good == (readable && fits(json)));
	if (good) {
		check_read(&sent, json);
		check_written(&task.arena, &sent);
	} else {
		MUST(task.err.code == (readable ? ERR_FIELDS : ERR_MALFORMED));
	}
	task_forgive(&task);
	if (readable && json_is_string(json_object_get(json, "key")))
		MUST_STR(request_peek(&task, &req, "key"), json_string_value(json_object_get(json, "key")));
	json_decref(json);
	arena_free(&task.arena);
	return 0;
}
