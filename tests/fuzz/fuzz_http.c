/* Requests as bytes: through the library and our own checks; what comes out
 * at the other end is what a plain reading of the bytes says.
 *
 * libmicrohttpd 0.9.75 mends much that is malformed before we see it
 * (tests/site/parser.py lists it). So only requests of a plain form are
 * compared word by word; all others must not break anything, and what gets
 * through of them keeps our rules. */
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/limit.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "http/exchange.h"
#include "http/router_private.h"
#include "site.h"

static struct server server;
static struct MHD_Daemon *daemon_;
static struct text sent; /* the bytes of this input */
static int answered; /* requests of it */

/* ---- a plain reading ---- */

/* The line at `at`, without its CRLF; false when it does not end in one or
 * holds anything but printable characters and spaces. */
static bool plain_line(const char *at, size_t *len)
{
	*len = strcspn(at, "\r");
	for (size_t i = 0; i < *len; i++)
		if ((unsigned char)at[i] < 0x20 || (unsigned char)at[i] == 0x7f)
			return false;
	return at[*len] == '\r' && at[*len + 1] == '\n';
}

static size_t token_len(const char *at)
{
	return strspn(at, "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}

/* "Name: value", with one space. */
static bool plain_header(const char *at, size_t len)
{
	size_t name = token_len(at);

	return name && at[name] == ':' && at[name + 1] == ' ' && name + 2 < len && at[name + 2] != ' ' && at[len - 1] != ' ';
}

/* "GET /address HTTP/1.1": the library takes more blanks than that, too. */
static bool plain_request(const char *at, size_t len)
{
	size_t method = token_len(at), uri = strcspn(at + method + 1, " \r");

	return method && at[method] == ' ' && uri && at[method + 1 + uri] == ' ' && len == method + uri + 10
		&& !strncmp(at + method + 1 + uri, " HTTP/1.", 8);
}

/* The first request is plain up to its empty line. */
static bool is_plain(const char **headers)
{
	const char *at = sent.bytes;
	size_t len;

	if (strlen(sent.bytes) != sent.len || !plain_line(at, &len) || !plain_request(at, len))
		return false;
	at += len + 2;
	*headers = at;
	for (; plain_line(at, &len) && len; at += len + 2)
		if (!plain_header(at, len))
			return false;
	return plain_line(at, &len);
}

/* The value of the first header of that name; NULL: none. */
static const char *plain_value(struct arena *arena, const char *headers, const char *name)
{
	size_t len;

	for (const char *at = headers; plain_line(at, &len) && len; at += len + 2)
		if (!strncasecmp(at, name, strlen(name)) && at[strlen(name)] == ':')
			return arena_strndup(arena, at + strlen(name) + 2, len - strlen(name) - 2);
	return NULL;
}

/* ---- comparing ---- */

static void check_line(const struct exchange *ex)
{
	size_t method = token_len(sent.bytes), uri = strcspn(sent.bytes + method + 1, " \r");
	struct arena arena = { 0 };
	const char *raw = arena_strndup(&arena, sent.bytes + method + 1, uri);
	const char *query = strchr(raw, '?');

	MUST(sent.bytes[method] == ' ');
	MUST(method == (ex->request.method == POST ? 4 : !strncmp(sent.bytes, "GET ", 4) ? 3 : 4));
	MUST_STR(ex->uri, raw);
	MUST_STR(ex->request.query, query ? query + 1 : "");
	arena_free(&arena);
}

/* name=value; name=value, all of plain letters. */
static bool plain_cookies(const char *text)
{
	for (;;) {
		size_t name = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789-");

		if (!name || text[name] != '=')
			return false;
		text += name + 1;
		text += strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789-");
		if (!*text)
			return true;
		if (strncmp(text, "; ", 2))
			return false;
		text += 2;
	}
}

static const char *plain_cookie(struct arena *arena, const char *text, const char *name)
{
	for (; text; text = strstr(text, "; ") ? strstr(text, "; ") + 2 : NULL)
		if (!strncmp(text, name, strlen(name)) && text[strlen(name)] == '=')
			return arena_strndup(arena, text + strlen(name) + 1, strcspn(text + strlen(name) + 1, ";"));
	return NULL;
}

static int count_headers(const char *headers, const char *name)
{
	size_t len;
	int count = 0;

	for (const char *at = headers; plain_line(at, &len) && len; at += len + 2)
		count += !name || (!strncasecmp(at, name, strlen(name)) && at[strlen(name)] == ':');
	return count;
}

static void check_headers(const struct exchange *ex, const char *headers)
{
	const struct request *req = &ex->request;
	struct arena arena = { 0 };
	const char *cookies = plain_value(&arena, headers, "Cookie"), *bearer = plain_value(&arena, headers, "Authorization");

	MUST(count_headers(headers, NULL) <= LIMIT_HEADERS);
	MUST(count_headers(headers, "Host") <= 1 && count_headers(headers, "Content-Length") <= 1);
	MUST_STR(req->host, plain_value(&arena, headers, "Host"));
	MUST_STR(req->origin, plain_value(&arena, headers, "Origin"));
	MUST_STR(req->fetch_site, plain_value(&arena, headers, "Sec-Fetch-Site"));
	MUST_STR(req->none_match, plain_value(&arena, headers, "If-None-Match"));
	MUST_STR(req->range, plain_value(&arena, headers, "Range"));
	MUST_STR(req->once, plain_value(&arena, headers, "Idempotency-Key"));
	MUST_STR(req->content_type, plain_value(&arena, headers, "Content-Type"));
	if (!bearer || strncasecmp(bearer, "Bearer ", 7))
		MUST(!req->bearer);
	else
		MUST_STR(req->bearer, bearer + 7);
	if (!cookies)
		MUST(!req->session);
	else if (plain_cookies(cookies) && count_headers(headers, "Cookie") == 1)
		MUST_STR(req->session, plain_cookie(&arena, cookies, "session"));
	arena_free(&arena);
}

/* "br" or "gzip" is used only where it is named and not refused. */
static void check_encoding(const struct exchange *ex, const char *headers)
{
	struct arena arena = { 0 };
	const char *accept = plain_value(&arena, headers, "Accept-Encoding");

	MUST(ex->encoding == ENCODE_NONE || (accept && strcasestr(accept, encode_name(ex->encoding))));
	arena_free(&arena);
}

/* Whatever the request was: what gets through keeps our rules. */
static void check_rules(const struct exchange *ex)
{
	const struct request *req = &ex->request;

	MUST(req->path && *req->path == '/' && utf8_valid(req->path, strlen(req->path)));
	MUST(!strstr(req->path, "/../") && !strstr(req->path, "//") && !strchr(req->path, '\\'));
	for (const char *c = req->path; *c; c++)
		MUST((unsigned char)*c >= 0x20 && *c != 0x7f);
	MUST(strlen(ex->uri) <= LIMIT_URL_BYTES && req->body_len <= LIMIT_FETCH_BYTES);
	MUST(!req->body_len == (req->body_kind == BODY_NONE));
}

static void check(struct exchange *ex)
{
	const char *headers = NULL;

	check_rules(ex);
	if (answered || !is_plain(&headers))
		return;
	check_line(ex);
	check_headers(ex, headers);
	check_encoding(ex, headers);
}

/* ---- the library's side, as in server.c ---- */

static void *begin(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct exchange *ex = calloc(1, sizeof(*ex));

	(void)cls;
	ex->server = &server;
	ex->connection = connection;
	ex->uri = arena_strdup(&ex->arena, uri);
	ex->body.arena = &ex->arena;
	return ex;
}

static void end(void *cls, struct MHD_Connection *connection, void **con_cls, enum MHD_RequestTerminationCode code)
{
	struct exchange *ex = *con_cls;

	(void)cls;
	(void)connection;
	(void)code;
	if (ex)
		arena_free(&ex->arena);
	free(ex);
	*con_cls = NULL;
}

static enum MHD_Result reply(struct exchange *ex, int status)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(0, (void *)(uintptr_t)"", MHD_RESPMEM_PERSISTENT);
	enum MHD_Result result;

	MUST(response && status >= 200 && status < 600);
	if (status != 200)
		MHD_add_response_header(response, "Connection", "close");
	result = MHD_queue_response(ex->connection, (unsigned int)status, response);
	MHD_destroy_response(response);
	answered++;
	return result;
}

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_len, void **con_cls)
{
	struct exchange *ex = *con_cls;

	(void)cls;
	(void)connection;
	if (!ex->started) {
		ex->started = true;
		ex->url = arena_strdup(&ex->arena, url);
		exchange_inspect(ex, method, version);
		return ex->refused ? reply(ex, ex->refused) : MHD_YES;
	}
	if (*upload_len) {
		buf_add(&ex->body, upload, *upload_len);
		*upload_len = 0;
		return MHD_YES;
	}
	if (!exchange_read(ex))
		return reply(ex, ex->refused);
	check(ex);
	return reply(ex, 200);
}

static size_t no_unescape(void *cls, struct MHD_Connection *connection, char *text)
{
	(void)cls;
	(void)connection;
	return strlen(text);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static struct router router = { .site = &site_map };
	static struct conf conf = { .public_url = "" };

	(void)argc;
	(void)argv;
	server.options.router = &router;
	server.options.conf = &conf;
	/* no threads: run by whoever calls */
	daemon_ = MHD_start_daemon(MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, answer, NULL,
		MHD_OPTION_URI_LOG_CALLBACK, begin, NULL, MHD_OPTION_NOTIFY_COMPLETED, end, NULL,
		MHD_OPTION_UNESCAPE_CALLBACK, no_unescape, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)(32 * 1024), MHD_OPTION_END);
	MUST(daemon_);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	struct arena arena = { 0 };
	struct input in = { data, size };
	char got[4096];
	int ends[2];

	sent = input_rest(&arena, &in);
	answered = 0;
	MUST(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends));
	MUST(write(ends[0], sent.bytes, sent.len) == (ssize_t)sent.len);
	shutdown(ends[0], SHUT_WR);
	MUST(MHD_add_connection(daemon_, ends[1], (const struct sockaddr *)&from, sizeof(from)) == MHD_YES);
	/* until it hangs up; each turn reads or answers something */
	for (int turns = 0; turns < 200; turns++) {
		ssize_t n;

		MHD_run(daemon_);
		while ((n = read(ends[0], got, sizeof(got))) > 0)
			;
		if (n == 0)
			break;
	}
	close(ends[0]);
	/* and lets go of what was left */
	for (int turns = 0; turns < 5; turns++)
		MHD_run(daemon_);
	arena_free(&arena);
	return 0;
}
