/* Addresses: a decoder that works segment by segment agrees, and so does a
 * router that compares segment by segment. */
#include "base/buf.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "http/path.h"
#include "http/router_private.h"
#include "site.h"

static int digit(char c)
{
	const char *all = "0123456789abcdef0123456789ABCDEF", *at = c ? strchr(all, c) : NULL;

	return at ? (int)((at - all) % 16) : -1;
}

/* One segment, without slashes; false when nobody honest would send it. */
static bool slow_segment(const char *raw, size_t len, struct buf *out)
{
	size_t start = out->len;

	for (size_t i = 0; i < len; i++) {
		int c = (unsigned char)raw[i];

		if (c == '%') {
			if (i + 2 >= len || digit(raw[i + 1]) < 0 || digit(raw[i + 2]) < 0)
				return false;
			c = digit(raw[i + 1]) * 16 + digit(raw[i + 2]);
			i += 2;
			if (c < 0x20 || c == 0x7f || c == '/')
				return false;
		}
		if (c == '\\')
			return false;
		buf_putc(out, (char)c);
	}
	return strcmp(buf_text(out) + start, ".") && strcmp(buf_text(out) + start, "..");
}

static const char *slow(struct arena *arena, const char *raw)
{
	struct buf out = { .arena = arena };

	/* the first slash, then segments; only the last may be empty */
	while (*raw) {
		size_t len = strcspn(raw + 1, "/");

		buf_putc(&out, '/');
		if (!slow_segment(raw + 1, len, &out) || (!len && raw[1]))
			return NULL;
		raw += 1 + len;
	}
	return utf8_valid(buf_text(&out), out.len) ? buf_text(&out) : NULL;
}

/* ---- routes ---- */

/* NULL: does not match; else the text behind the last segment. */
static bool slow_match(const char *pattern, const char *path, const struct request *req)
{
	size_t n = 0;

	while (*pattern == '/' && *path == '/') {
		size_t want = strcspn(++pattern, "/"), have = strcspn(++path, "/");

		if (*pattern == ':' ? !have : want != have || memcmp(pattern, path, want))
			return false;
		if (*pattern == ':' && req) {
			MUST(strlen(req->param[n]) == have && !memcmp(req->param[n], path, have));
			n++;
		}
		pattern += want;
		path += have;
	}
	return !*pattern && !*path;
}

static void check_route(struct arena *arena, const char *path, enum method method)
{
	const struct router router = { .site = &site_map };
	struct request req = { .method = method, .path = path };
	bool other, slow_other = false;
	const struct route *found = router_find(&router, arena, &req, &other), *first = NULL;

	for (const struct route *const *t = site_map.tables; *t && !first; t++)
		for (const struct route *r = *t; r->pattern && !first; r++) {
			if (!slow_match(r->pattern, path, NULL))
				continue;
			if (r->method == method)
				first = r;
			else
				slow_other = true;
		}
	MUST(found == first);
	MUST(found ? slow_match(found->pattern, path, &req) : other == slow_other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct input in = { data, size };
	struct text raw = input_rest(&arena, &in);
	const char *path, *should;

	/* the rest is refused before (exchange_inspect) */
	for (size_t i = 0; i < raw.len; i++)
		if (*raw.bytes != '/' || (unsigned char)raw.bytes[i] <= 0x20 || (unsigned char)raw.bytes[i] >= 0x7f)
			raw.len = 0;
	if (raw.len) {
		path = path_decode(&arena, raw.bytes);
		should = slow(&arena, raw.bytes);
		MUST_STR(path, should);
		if (path) {
			check_route(&arena, path, GET);
			check_route(&arena, path, POST);
		}
	}
	arena_free(&arena);
	return 0;
}
