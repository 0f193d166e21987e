/* describe.c: the interface as OpenAPI 3.1, made from the site map
 *
 * Paths, parameters, bodies and answers come from the same rows and shapes
 * that serve them, so the description cannot drift. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/conf.h"
#include "router_private.h"

extern const struct page error_page; /* reply.c */

static void add_components(json_t *schemas, const struct shape *shape)
{
	if (!shape || !shape->name || json_object_get(schemas, shape->name))
		return;
	json_object_set_new(schemas, shape->name, json_null()); /* seen: shapes may nest */
	for (const struct field *f = shape->fields; f->name; f++)
		if (!(f->use & FIELD_PAGE_ONLY))
			add_components(schemas, f->shape);
	json_object_set_new(schemas, shape->name, view_schema(shape));
}

static json_t *refer(const struct shape *shape)
{
	char path[128];

	snprintf(path, sizeof(path), "#/components/schemas/%s", shape->name);
	return json_pack("{s:s}", "$ref", path);
}

static json_t *json_content(const struct shape *shape)
{
	return json_pack("{s:{s:o}}", "application/json", "schema", refer(shape));
}

static json_t *answer(const char *words, const struct shape *shape)
{
	json_t *response = json_pack("{s:s}", "description", words);

	if (shape)
		json_object_set_new(response, "content", json_content(shape));
	return response;
}

/* "/guides/:slug/v/:version" -> "/guides/{slug}/v/{version}" and the names */
static json_t *path_of(const char *pattern, char *out, size_t room)
{
	json_t *parameters = json_array();
	size_t n = 0;

	while (*pattern && n + 2 < room) {
		size_t len;

		if (*pattern != ':') {
			out[n++] = *pattern++;
			continue;
		}
		len = strcspn(++pattern, "/");
		n += (size_t)snprintf(out + n, room - n, "{%.*s}", (int)len, pattern);
		json_array_append_new(parameters,
			json_pack("{s:s%,s:s,s:b,s:{s:s}}", "name", pattern, len, "in", "path",
				"required", 1, "schema", "type", "string"));
		pattern += len;
	}
	out[n] = '\0';
	return parameters;
}

static void add_query(json_t *parameters, const struct shape *input)
{
	for (const struct field *f = input->fields; f->name; f++)
		json_array_append_new(parameters,
			json_pack("{s:s,s:s,s:b,s:{s:s,s:i}}", "name", f->name, "in", "query",
				"required", !!(f->use & FIELD_REQUIRED),
				"schema", "type", "string", "maxLength", (int)f->max_bytes));
}

static json_t *body_of(const struct shape *input)
{
	return json_pack("{s:b,s:{s:{s:o},s:{s:o}}}", "required", 1, "content",
		"application/json", "schema", refer(input),
		"application/x-www-form-urlencoded", "schema", refer(input));
}

static json_t *responses_of(const struct route *r)
{
	const struct shape *shape = r->method == POST ? r->result : r->page && !r->page->type ? r->page->shape : NULL;
	json_t *responses = json_object();

	json_object_set_new(responses, "200", answer("Done.", shape));
	if (r->method == POST)
		json_object_set_new(responses, "201", answer("Made.", shape));
	if (r->other)
		json_object_set_new(responses, "409", answer("The world moved on.", r->other->shape));
	json_object_set_new(responses, "default", answer("A failure, in words.", error_page.shape));
	return responses;
}

static const char *const need_words[] = {
	[NEED_NOTHING] = "Anybody.",
	[NEED_SIGN_IN] = "Signed in.",
	[NEED_REVIEWER] = "Reviewers.",
	[NEED_MODERATOR] = "Moderators.",
	[NEED_ADMIN] = "Administrators.",
	[NEED_SEE] = "Anybody, once the proposal is public; else its author and moderators.",
	[NEED_AUTHOR] = "The proposal's author, signed in or with the private key.",
	[NEED_TALK] = "The proposal's author and people who are signed in.",
	[NEED_REVIEW] = "Reviewers of the guide.",
	[NEED_MODERATE] = "Moderators of the guide.",
};

static void add_operation(json_t *paths, json_t *schemas, const struct route *r)
{
	char path[256], id[256];
	json_t *parameters = path_of(r->pattern, path, sizeof(path));
	json_t *operation = json_pack("{s:s,s:s}", "summary", r->summary ? r->summary : r->pattern,
		"description", need_words[r->need]);

	snprintf(id, sizeof(id), "%s %s", r->method == GET ? "get" : "post", path);
	json_object_set_new(operation, "operationId", json_string(id));
	add_components(schemas, r->input);
	add_components(schemas, r->result);
	add_components(schemas, r->page ? r->page->shape : NULL);
	add_components(schemas, r->other ? r->other->shape : NULL);
	if (r->input && r->method == GET)
		add_query(parameters, r->input);
	else if (r->input)
		json_object_set_new(operation, "requestBody", body_of(r->input));
	json_object_set_new(operation, "parameters", parameters);
	json_object_set_new(operation, "responses", responses_of(r));
	if (!json_object_get(paths, path))
		json_object_set_new(paths, path, json_object());
	json_object_set_new(json_object_get(paths, path), r->method == GET ? "get" : "post", operation);
}

static int add(const char *bytes, size_t len, void *out)
{
	buf_add(out, bytes, len);
	return 0;
}

void router_describe(const struct router *router, struct buf *out)
{
	json_t *paths = json_object(), *schemas = json_object(), *document;

	add_components(schemas, error_page.shape);
	for (const struct route *const *t = router->site->tables; *t; t++)
		for (const struct route *r = *t; r->pattern; r++)
			if (!(r->flags & ROUTE_HIDDEN))
				add_operation(paths, schemas, r);
	document = json_pack("{s:s,s:{s:s,s:s,s:s},s:[{s:s}],s:o,s:{s:o,s:{s:{s:s,s:s}}},s:[{},{s:[]}]}",
		"openapi", "3.1.0", "info", "title", router->conf->site_name, "version", "1",
		"description", "Guides, proposals and releases. Every page has a JSON twin.",
		"servers", "url", "/api/v1", "paths", paths,
		"components", "schemas", schemas, "securitySchemes", "token", "type", "http", "scheme", "bearer",
		"security", "token");
	json_dump_callback(document, add, out, JSON_INDENT(2));
	json_decref(document);
	buf_puts(out, "\n");
}
