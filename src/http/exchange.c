/* exchange.c: from bytes to a request, from a reply to bytes */
#include "exchange.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/limit.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "path.h"
#include "router_private.h"

/* ---- what may not pass ---- */

static bool refuse(struct exchange *ex, int status, const char *why)
{
	if (!ex->refused) {
		ex->refused = status;
		ex->why = why;
	}
	return false;
}

/* By the name in public_url, by "localhost" or by number, which no other site
 * can give itself: else its pages could read ours (DNS rebinding). */
static bool is_ours(const char *public_url, const char *host)
{
	const char *scheme = strstr(public_url, "://"), *name = scheme ? scheme + 3 : public_url;
	size_t len = strcspn(host, ":");

	if (!*public_url || *host == '[' || strspn(host, "0123456789.") == len)
		return true;
	return (len == strcspn(name, ":/") && !strncasecmp(host, name, len))
		|| (len == strlen("localhost") && !strncasecmp(host, "localhost", len));
}

struct header_count {
	struct exchange *ex;
	int hosts, lengths, encodings, all;
};

static bool is_token(const char *name)
{
	if (!*name)
		return false;
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && !strchr("!#$%&'*+-.^_`|~", *name))
			return false;
	return true;
}

static bool is_value(const char *value)
{
	for (; value && *value; value++)
		if (((unsigned char)*value < 0x20 && *value != '\t') || *value == 0x7f)
			return false;
	return true;
}

/* Names, numbers and a port: it ends up in links. */
static bool is_host(const char *value)
{
	if (!value || !*value)
		return false;
	for (; *value; value++)
		if (!isalnum((unsigned char)*value) && !strchr(".-_:[]", *value))
			return false;
	return true;
}

static enum MHD_Result count_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct header_count *n = cls;

	(void)kind;
	if (++n->all > LIMIT_HEADERS)
		refuse(n->ex, 431, "There are too many header fields.");
	if (!is_token(name) || !is_value(value))
		refuse(n->ex, 400, "A header field is malformed.");
	if (!strcasecmp(name, "Host")) {
		n->hosts++;
		if (!is_host(value))
			refuse(n->ex, 400, "The Host field is malformed.");
		else if (!is_ours(n->ex->server->options.conf->public_url, value))
			refuse(n->ex, 421, "This site has another name: see its setting public_url.");
	}
	n->lengths += !strcasecmp(name, "Content-Length");
	if (!strcasecmp(name, "Transfer-Encoding")) {
		n->encodings++;
		if (!value || strcasecmp(value, "chunked"))
			refuse(n->ex, 501, "This transfer encoding is not understood.");
	}
	return MHD_YES;
}

static const char *header(const struct exchange *ex, const char *name)
{
	return MHD_lookup_connection_value(ex->connection, MHD_HEADER_KIND, name);
}

bool exchange_too_big(struct exchange *ex)
{
	return refuse(ex, 413, arena_printf(&ex->arena, "The body is larger than %zu KiB.", ex->body_max / 1024));
}

/* Known before the path is decoded: an address that is written in another way
 * gets the smaller limit. */
static size_t body_max(const struct exchange *ex)
{
	for (const struct route *const *t = ex->server->options.router->site->tables; *t; t++)
		for (const struct route *r = *t; r->pattern; r++)
			if (r->method == POST && (r->flags & ROUTE_CLONE) && !strcmp(r->pattern, ex->url))
				return LIMIT_FETCH_BYTES;
	return LIMIT_FORM_BYTES;
}

/* Who is still sending when the connection is closed loses our answer (RFC
 * 9112, 9.6), so what is somewhat too long is read and thrown away. Who asks
 * first, or would send for long, is told at once. */
static void inspect_excess(struct exchange *ex, size_t length)
{
	if (header(ex, "Expect") || length > LIMIT_EXCESS * ex->body_max)
		exchange_too_big(ex);
	else
		ex->body_too_big = true;
}

static void inspect_length(struct exchange *ex)
{
	const char *length = header(ex, "Content-Length");

	if (!length)
		return;
	if (strspn(length, "0123456789") != strlen(length) || strlen(length) > 18)
		refuse(ex, 400, "Content-Length is malformed.");
	else if ((size_t)strtoll(length, NULL, 10) > ex->body_max)
		inspect_excess(ex, (size_t)strtoll(length, NULL, 10));
}

void exchange_inspect(struct exchange *ex, const char *method, const char *version)
{
	struct header_count n = { .ex = ex };

	ex->body_max = body_max(ex);
	MHD_get_connection_values(ex->connection, MHD_HEADER_KIND, count_header, &n);
	if (n.hosts > 1 || n.lengths > 1 || n.encodings > 1 || (n.lengths && n.encodings))
		refuse(ex, 400, "A header field stands there twice.");
	if (!n.hosts && !strcmp(version, "HTTP/1.1"))
		refuse(ex, 400, "The Host field is missing.");
	if (n.encodings && !strcmp(version, "HTTP/1.0"))
		refuse(ex, 400, "HTTP/1.0 has no transfer encodings.");
	inspect_length(ex);
	if (!strcmp(method, "POST"))
		ex->request.method = POST;
	else if (strcmp(method, "GET") && strcmp(method, "HEAD"))
		refuse(ex, 405, "Only GET, HEAD and POST are understood.");
	if (strlen(ex->uri) > LIMIT_URL_BYTES)
		refuse(ex, 414, "The address is too long.");
	if (*ex->uri != '/')
		refuse(ex, 400, "The address must start with a slash.");
	for (const char *c = ex->uri; *c; c++)
		if ((unsigned char)*c <= 0x20 || (unsigned char)*c >= 0x7f)
			refuse(ex, 400, "The address holds characters that must be percent-encoded.");
}

/* ---- the request ---- */

static enum body_kind body_kind(const char *type)
{
	static const struct {
		const char *type;
		enum body_kind kind;
	} kinds[] = { { "application/x-www-form-urlencoded", BODY_FORM }, { "application/json", BODY_JSON } };

	for (size_t i = 0; type && i < sizeof(kinds) / sizeof(*kinds); i++) {
		size_t len = strlen(kinds[i].type);

		if (!strncasecmp(type, kinds[i].type, len) && (!type[len] || type[len] == ';' || type[len] == ' '))
			return kinds[i].kind;
	}
	return BODY_OTHER;
}

static bool wants_json(const struct exchange *ex)
{
	const char *accept = header(ex, "Accept");

	return accept && strstr(accept, "application/json") && !strstr(accept, "text/html");
}

/* Behind a proxy: the last address it wrote is the one it saw itself. What
 * stands before it, a client may have made up. */
static const char *forwarded_address(struct exchange *ex)
{
	const char *all = header(ex, "X-Forwarded-For"), *last;

	if (!ex->server->options.conf->behind_proxy || !all)
		return NULL;
	last = strrchr(all, ',');
	last = last ? last + 1 : all;
	return arena_strdup(&ex->arena, last + strspn(last, " \t"));
}

static const char *client_address(struct exchange *ex)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(ex->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const char *forwarded = forwarded_address(ex);
	char text[INET6_ADDRSTRLEN] = "";

	if (forwarded)
		return forwarded;
	if (info && info->client_addr->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)info->client_addr)->sin_addr, text, sizeof(text));
	else if (info && info->client_addr->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)info->client_addr)->sin6_addr, text, sizeof(text));
	return arena_strdup(&ex->arena, text);
}

/* Names of cookies differ by their letters' case (RFC 6265), for the library
 * they do not: "__HOST-session" can be set by a neighbour's site, and would
 * count as ours. */
struct cookie {
	const char *name;
	const char *value; /* of the first of that name */
};

static enum MHD_Result find_cookie(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct cookie *cookie = cls;

	(void)kind;
	if (strcmp(name, cookie->name))
		return MHD_YES;
	cookie->value = value;
	return MHD_NO;
}

static void read_headers(struct exchange *ex)
{
	struct request *req = &ex->request;
	const char *authorization = header(ex, "Authorization");
	bool https = !strncmp(ex->server->options.conf->public_url, "https:", 6);
	struct cookie cookie = { .name = https ? "__Host-session" : "session" };

	req->host = header(ex, "Host");
	req->has_cookies = header(ex, "Cookie");
	req->origin = header(ex, "Origin");
	req->fetch_site = header(ex, "Sec-Fetch-Site");
	req->none_match = header(ex, "If-None-Match");
	req->range = header(ex, "Range");
	req->once = header(ex, "Idempotency-Key");
	req->git_protocol = header(ex, "Git-Protocol");
	req->content_type = header(ex, "Content-Type");
	req->content_encoding = header(ex, "Content-Encoding");
	ex->encoding = encode_pick(header(ex, "Accept-Encoding"));
	MHD_get_connection_values(ex->connection, MHD_COOKIE_KIND, find_cookie, &cookie);
	req->session = cookie.value;
	if (authorization && !strncasecmp(authorization, "Bearer ", 7))
		req->bearer = authorization + 7;
}

bool exchange_read(struct exchange *ex)
{
	struct request *req = &ex->request;
	const char *path = path_decode(&ex->arena, ex->url);

	if (!path)
		return refuse(ex, 400, "The address is malformed.");
	req->query = ex->uri[strlen(ex->url)] == '?' ? ex->uri + strlen(ex->url) + 1 : "";
	req->wants_json = wants_json(ex);
	if (!strncmp(path, "/api/v1/", 8)) {
		req->wants_json = true;
		path += 7;
	}
	req->path = path;
	req->address = client_address(ex);
	req->body = buf_text(&ex->body);
	req->body_len = ex->body.len;
	req->body_kind = ex->body.len ? body_kind(header(ex, "Content-Type")) : BODY_NONE;
	read_headers(ex);
	if (ex->body_too_big)
		return exchange_too_big(ex);
	return true;
}

/* ---- the reply ---- */

#define POLICY "default-src 'none'; script-src 'self'; style-src 'self'%s%s%s; img-src 'self';" \
	       " font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none';" \
	       " object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

/* libmicrohttpd refuses a value that is empty or has a line end or a tab, and
 * when there is no memory; a page without its policy is not sent. */
static void add(struct MHD_Response *response, const char *name, const char *value)
{
	if (value && *value && MHD_add_response_header(response, name, value) != MHD_YES && !value[strcspn(value, "\t\r\n")])
		memory_out();
}

void exchange_secure(const struct conf *conf, struct MHD_Response *response, const char *style_hash)
{
	char policy[512];

	memory_must(response);
	snprintf(policy, sizeof(policy), POLICY, style_hash ? " '" : "", style_hash ? style_hash : "",
		style_hash ? "'" : "");
	add(response, "Content-Security-Policy", policy);
	add(response, "X-Content-Type-Options", "nosniff");
	add(response, "X-Frame-Options", "DENY");
	add(response, "Referrer-Policy", "same-origin");
	add(response, "Cross-Origin-Opener-Policy", "same-origin");
	add(response, "Cross-Origin-Resource-Policy", "same-origin");
	add(response, "Permissions-Policy",
		"camera=(), microphone=(), geolocation=(), browsing-topics=(), payment=()");
	if (conf && !strncmp(conf->public_url, "https:", 6))
		MHD_add_response_header(response, "Strict-Transport-Security", "max-age=63072000; includeSubDomains");
}

static const char *cache_policy(const struct exchange *ex)
{
	if (ex->reply.no_cache)
		return "no-cache, max-age=0, must-revalidate";
	if (ex->reply.immutable)
		return "public, max-age=31536000, immutable";
	if (ex->request.session || ex->request.bearer || ex->request.method != GET)
		return "private, no-store";
	return "public, max-age=0, must-revalidate";
}

void exchange_encode(struct exchange *ex)
{
	struct reply *rep = &ex->reply;
	const char *bytes;
	size_t len;

	if (!encode_worth(rep->type, rep->body.len))
		return;
	bytes = encode_bytes(&ex->arena, ex->encoding, buf_text(&rep->body), rep->body.len, &len);
	if (!bytes)
		return;
	rep->body = (struct buf) { .arena = &ex->arena };
	buf_add(&rep->body, bytes, len);
	/* other bytes, another tag; both begin alike, so either is recognised */
	if (rep->etag)
		rep->etag = arena_printf(&ex->arena, "%s-%s", rep->etag, encode_name(ex->encoding));
	ex->encoded = true;
}

/* Names come from slugs and versions, so quoting is all they need. */
static const char *disposition(struct exchange *ex)
{
	if (!ex->reply.download)
		return NULL;
	return arena_printf(&ex->arena, "attachment; filename=\"%s\"", ex->reply.download);
}

/* The headers of ex->reply around these bytes, which the response owns. */
static struct MHD_Response *add_headers(struct exchange *ex, struct MHD_Response *response)
{
	const struct reply *rep = &ex->reply;

	memory_must(response);
	exchange_secure(ex->server->options.conf, response, rep->style_hash);
	if (rep->status != 304 && rep->status != 303)
		add(response, "Content-Type", rep->type);
	add(response, "Location", rep->location);
	add(response, "Set-Cookie", rep->cookie);
	add(response, "Content-Disposition", disposition(ex));
	add(response, "Cache-Control", cache_policy(ex));
	add(response, "Vary", "Accept, Accept-Encoding, Cookie, Authorization");
	if (ex->encoded)
		add(response, "Content-Encoding", encode_name(ex->encoding));
	if (rep->etag)
		add(response, "ETag", arena_printf(&ex->arena, "\"%s\"", rep->etag));
	if (rep->no_cache)
		add(response, "Pragma", "no-cache");
	if (rep->forget)
		add(response, "Clear-Site-Data", "\"cache\", \"storage\"");
	if (rep->retry_after_seconds)
		add(response, "Retry-After", arena_printf(&ex->arena, "%lld", (long long)rep->retry_after_seconds));
	return response;
}

struct MHD_Response *exchange_response(struct exchange *ex)
{
	if (ex->reply.stream)
		return add_headers(ex, stream_response(ex->server->streams, ex->connection, &ex->reply));
	/* the arena lives until the connection is done with the response */
	return add_headers(ex, MHD_create_response_from_buffer(ex->reply.body.len,
		(void *)(uintptr_t)buf_text(&ex->reply.body), MHD_RESPMEM_PERSISTENT));
}

struct MHD_Response *exchange_copy(struct exchange *ex)
{
	return add_headers(ex, MHD_create_response_from_buffer(ex->reply.body.len,
		(void *)(uintptr_t)buf_text(&ex->reply.body), MHD_RESPMEM_MUST_COPY));
}
