/* server.c: libmicrohttpd, event threads and the way to the workers
 *
 * The library's rules, learned by measuring (each is held by a test):
 * - answering in the first call of the handler closes the connection, so only
 *   refusals do;
 * - a connection is suspended inside the handler, resumed by the worker, and
 *   answered in the call after that;
 * - stopping a daemon that has suspended connections aborts the process. */
#include "http/server.h"

#include <netdb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/limit.h"
#include "base/log.h"
#include "base/memory.h"
#include "exchange.h"
#include "library.h"
#include "router_private.h"

/* ---- one request ---- */

static void *begin(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct exchange *ex = memory_must(calloc(1, sizeof(*ex)));

	ex->server = cls;
	ex->connection = connection;
	ex->uri = arena_strdup(&ex->arena, uri);
	ex->body.arena = &ex->arena;
	return ex;
}

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* One line a request that a worker answered. */
static void account(struct exchange *ex, const struct task *task)
{
	const struct request *req = &ex->request;
	int64_t took = now_us() - ex->begun_us;
	char status[16], ms[32], who[32];

	stats_answer(ex->server->options.router->stats, req->route, ex->reply.status, took);
	if (!ex->server->options.conf->log_requests)
		return;
	snprintf(status, sizeof(status), "%d", ex->reply.status);
	snprintf(ms, sizeof(ms), "%.1f", (double)took / 1000);
	snprintf(who, sizeof(who), "u%lld", (long long)task->who.account);
	log_event("request", "method", req->method == POST ? "POST" : "GET", "path", req->path, "status", status, "ms", ms,
		"who", task->who.account ? who : NULL, "address", req->address, NULL);
}

/* One line a request that an event thread answered, where the settings ask
 * for it: the log may be slow, and these threads are few. */
static void account_here(struct exchange *ex, enum stat stat, int code, const char *what)
{
	const struct server_options *o = &ex->server->options;
	const char *method = ex->request.method == POST ? "POST" : "GET";
	char status[16];

	stats_count(o->router->stats, stat);
	if (o->conf->log_requests < 2)
		return;
	snprintf(status, sizeof(status), "%d", code);
	/* what was refused may be neither; a kept page may have been a 304 */
	log_event("request", "method", ex->refused || !ex->started ? NULL : method, "path", ex->url ? ex->url : ex->uri, "status", code ? status : NULL,
		"by", what, "address", ex->request.address, NULL);
}

/* Refused by the library itself. */
static void account_library(struct exchange *ex)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(ex->connection, MHD_CONNECTION_INFO_HTTP_STATUS);

	account_here(ex, STAT_REFUSED, info && info->http_status ? (int)info->http_status : MHD_HTTP_BAD_REQUEST, "refusal");
}

static void end(void *cls, struct MHD_Connection *connection, void **con_cls,
	enum MHD_RequestTerminationCode code)
{
	struct exchange *ex = *con_cls;

	(void)cls;
	deadline_enter(connection, PHASE_IDLE);
	if (!ex)
		return;
	if (!ex->started && (code == MHD_REQUEST_TERMINATED_COMPLETED_OK || code == MHD_REQUEST_TERMINATED_WITH_ERROR))
		account_library(ex);
	if (ex->response)
		MHD_destroy_response(ex->response);
	arena_free(&ex->arena);
	free(ex);
	*con_cls = NULL;
}

static enum MHD_Result refuse(struct exchange *ex)
{
	struct MHD_Response *response;
	enum MHD_Result result;
	const char *text = arena_printf(&ex->arena, "{\"error\":{\"code\":\"malformed\",\"message\":\"%s\",\"fields\":[]}}\n", ex->why);

	response = MHD_create_response_from_buffer(strlen(text), arena_strdup(&ex->arena, text), MHD_RESPMEM_MUST_COPY);
	account_here(ex, STAT_REFUSED, ex->refused, "refusal");
	exchange_secure(ex->server->options.conf, response, NULL);
	MHD_add_response_header(response, "Content-Type", "application/json");
	MHD_add_response_header(response, "Connection", "close");
	if (ex->refused == 405)
		MHD_add_response_header(response, "Allow", "GET, HEAD, POST");
	result = MHD_queue_response(ex->connection, (unsigned int)ex->refused, response);
	MHD_destroy_response(response);
	return result;
}

/* "/assets/<version>/<name>", from memory. */
static bool send_asset(struct exchange *ex)
{
	const struct router *router = ex->server->options.router;
	const char *name = ex->url;
	const struct asset *asset;
	struct MHD_Response *response;
	size_t index;

	if (strncmp(name, "/assets/", 8) || !(name = strchr(name + 8, '/')))
		return false;
	asset = assets_find(&router->assets, name + 1);
	if (!asset)
		return false;
	index = (size_t)(asset - (const struct asset *)router->assets.items.items);
	response = ex->server->assets[ex->encoding][index];
	if (!response)
		response = ex->server->assets[ENCODE_NONE][index];
	account_here(ex, STAT_ASSET, MHD_HTTP_OK, "asset");
	return MHD_queue_response(ex->connection, MHD_HTTP_OK, response);
}

static bool send_kept(struct exchange *ex)
{
	if (!exchange_send_kept(ex))
		return false;
	account_here(ex, STAT_KEPT, 0, "kept page");
	return true;
}

static void run(struct job *job, struct task *task)
{
	struct exchange *ex = (struct exchange *)(void *)job;

	task->arena = ex->arena;
	router_serve(task, ex->server->options.router, &ex->request, &ex->reply);
	ex->arena = task->arena;
	ex->body.arena = ex->reply.body.arena = &ex->arena;
	if (ex->request.method == GET && ex->reply.status == MHD_HTTP_OK)
		exchange_encode(ex);
	exchange_keep(ex, task);
	ex->response = exchange_response(ex);
	account(ex, task);
	ex->done = true;
	MHD_resume_connection(ex->connection);
}

static enum lane lane_of(const struct route *route)
{
	if (route && route->flags & ROUTE_SLOW)
		return LANE_SLOW;
	return route && route->flags & ROUTE_COSTLY ? LANE_COSTLY : LANE_FAST;
}

static enum MHD_Result hand_over(struct exchange *ex)
{
	const struct server_options *o = &ex->server->options;
	const struct route *route = router_find(o->router, &ex->arena, &ex->request, NULL);

	ex->job.run = run;
	ex->begun_us = now_us();
	ex->job.lane = lane_of(route);
	exchange_stamp(ex);
	if (ex->server->stopping)
		return MHD_queue_response(ex->connection, MHD_HTTP_SERVICE_UNAVAILABLE, ex->server->busy);
	deadline_enter(ex->connection, PHASE_WORK);
	MHD_suspend_connection(ex->connection);
	if (o->submit(o->workers, &ex->job))
		return MHD_YES;
	account_here(ex, STAT_BUSY, MHD_HTTP_SERVICE_UNAVAILABLE, "full queue");
	ex->reply.status = MHD_HTTP_SERVICE_UNAVAILABLE;
	ex->done = true;
	MHD_resume_connection(ex->connection);
	return MHD_YES;
}

static void take_body(struct exchange *ex, const char *bytes, size_t len)
{
	deadline_received(ex->connection, len);
	ex->body_too_big = ex->body_too_big || ex->body.len + len > ex->body_max;
	if (!ex->body_too_big)
		buf_add(&ex->body, bytes, len);
}

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_len, void **con_cls)
{
	struct exchange *ex = *con_cls;

	(void)cls;
	if (!ex->started) {
		ex->started = true;
		deadline_enter(connection, PHASE_BODY);
		ex->url = arena_strdup(&ex->arena, url);
		exchange_inspect(ex, method, version);
		return ex->refused ? refuse(ex) : MHD_YES;
	}
	if (*upload_len) {
		take_body(ex, upload, *upload_len);
		*upload_len = 0;
		return MHD_YES;
	}
	deadline_enter(connection, PHASE_REPLY);
	if (ex->done)
		return MHD_queue_response(ex->connection, (unsigned int)ex->reply.status,
			ex->response ? ex->response : ex->server->busy);
	if (!exchange_read(ex))
		return refuse(ex);
	if (send_asset(ex) || send_kept(ex))
		return MHD_YES;
	return hand_over(ex);
}

/* ---- the daemons ---- */

/* Addresses are decoded by us, once: see exchange.c. */
static size_t no_unescape(void *cls, struct MHD_Connection *connection, char *text)
{
	(void)cls;
	(void)connection;
	return strlen(text);
}

static int listen_on(const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV }, *all;
	int fd = -1, on = 1;

	if (getaddrinfo(host, port, &hints, &all))
		return -1;
	fd = socket(all->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0
		&& (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on))
			|| setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on))
			|| bind(fd, all->ai_addr, all->ai_addrlen) || listen(fd, 1024))) {
		close(fd);
		fd = -1;
	}
	freeaddrinfo(all);
	return fd;
}

static int port_of(int fd)
{
	struct sockaddr_storage at = { 0 };
	socklen_t len = sizeof(at);

	if (getsockname(fd, (struct sockaddr *)&at, &len))
		return 0;
	if (at.ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)(const void *)&at)->sin6_port);
	/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): it was made of zeros */
	return ntohs(((const struct sockaddr_in *)(const void *)&at)->sin_port);
}

static struct MHD_Daemon *start_daemon(struct server *server, int fd)
{
	const struct conf *conf = server->options.conf;

	return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
		answer, server, MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_URI_LOG_CALLBACK, begin, server,
		MHD_OPTION_NOTIFY_COMPLETED, end, server,
		MHD_OPTION_NOTIFY_CONNECTION, deadlines_notify, server->deadlines,
		MHD_OPTION_ARRAY, library_options(),
		MHD_OPTION_UNESCAPE_CALLBACK, no_unescape, NULL,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)conf->idle_seconds,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned int)conf->connections_max,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)(32 * 1024), MHD_OPTION_END);
}

/* NULL when this encoding is not worth it. */
static struct MHD_Response *make_asset(const struct conf *conf, struct arena *arena, const struct asset *a, enum encoding encoding)
{
	const char *bytes = a->bytes;
	size_t len = a->len;
	struct MHD_Response *response;

	if (encoding != ENCODE_NONE
		&& (!encode_worth(a->type, a->len) || !(bytes = encode_bytes(arena, encoding, a->bytes, a->len, &len))))
		return NULL;
	response = MHD_create_response_from_buffer(len, (void *)(uintptr_t)bytes, MHD_RESPMEM_PERSISTENT);
	exchange_secure(conf, response, NULL);
	MHD_add_response_header(response, "Content-Type", a->type);
	MHD_add_response_header(response, "Cache-Control", "public, max-age=31536000, immutable");
	MHD_add_response_header(response, "Vary", "Accept-Encoding");
	if (encoding != ENCODE_NONE)
		MHD_add_response_header(response, "Content-Encoding", encode_name(encoding));
	return response;
}

static void make_assets(struct server *server)
{
	struct router *router = server->options.router;
	const struct list *items = &router->assets.items;

	for (int e = 0; e < ENCODINGS; e++) {
		server->assets[e] = memory_must(calloc(items->count + 1, sizeof(struct MHD_Response *)));
		for (size_t i = 0; i < items->count; i++)
			server->assets[e][i] = make_asset(server->options.conf, &router->arena, (const struct asset *)items->items + i, (enum encoding)e);
	}
}

static void drop_assets(struct server *server)
{
	for (int e = 0; e < ENCODINGS; e++) {
		for (size_t i = 0; i < server->options.router->assets.items.count; i++)
			if (server->assets[e][i])
				MHD_destroy_response(server->assets[e][i]);
		free(server->assets[e]);
	}
}

static struct MHD_Response *make_busy(const struct conf *conf)
{
	static const char text[] = "Too many people are here at once. Please try again in a moment.\n";
	struct MHD_Response *response = MHD_create_response_from_buffer(sizeof(text) - 1,
		(void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);

	exchange_secure(conf, response, NULL);
	MHD_add_response_header(response, "Content-Type", "text/plain; charset=utf-8");
	MHD_add_response_header(response, "Retry-After", "2");
	return response;
}

static bool open_socket(struct server *server, const char *host, const char *port)
{
	int fd = listen_on(host, port);

	if (fd < 0) {
		fprintf(stderr, "guidehall: cannot listen on %s:%s (is the address in use?)\n", host, port);
		return false;
	}
	server->sockets[server->count++] = fd;
	return true;
}

static bool open_all(struct server *server)
{
	const struct conf *conf = server->options.conf;
	const char *colon = strrchr(conf->listen, ':');
	char host[256], port[16];

	if (!colon || (size_t)(colon - conf->listen) >= sizeof(host)) {
		fprintf(stderr, "guidehall: listen must be address:port, not \"%s\"\n", conf->listen);
		return false;
	}
	snprintf(host, sizeof(host), "%.*s", (int)(colon - conf->listen), conf->listen);
	snprintf(port, sizeof(port), "%s", colon + 1);
	for (int64_t i = 0; i < conf->event_threads; i++) {
		if (!open_socket(server, host, port))
			return false;
		/* "port 0": the first picks, the others follow */
		server->port = port_of(server->sockets[0]);
		snprintf(port, sizeof(port), "%d", server->port);
	}
	return true;
}

struct server *server_open(const struct server_options *options)
{
	struct server *server = memory_must(calloc(1, sizeof(*server)));

	server->options = *options;
	server->cache = cache_open(options->version, options->store);
	server->busy = make_busy(options->conf);
	make_assets(server);
	if (!open_all(server)) {
		server_stop(server, NULL);
		return NULL;
	}
	return server;
}

const char *server_library(void)
{
	return MHD_get_version();
}

bool server_start(struct server *server)
{
	/* these have threads */
	server->streams = streams_open();
	server->deadlines = deadlines_open(server->options.conf, server->options.router->stats);
	if (!server->streams || !server->deadlines)
		return false;
	for (size_t i = 0; i < server->count; i++) {
		server->daemons[i] = start_daemon(server, server->sockets[i]);
		if (!server->daemons[i]) {
			fprintf(stderr, "guidehall: libmicrohttpd does not start\n");
			return false;
		}
	}
	return true;
}

int64_t server_connections(const struct server *server)
{
	int64_t all = 0;

	for (size_t i = 0; i < server->count; i++)
		all += MHD_get_daemon_info(server->daemons[i], MHD_DAEMON_INFO_CURRENT_CONNECTIONS)->num_connections;
	return all;
}

size_t server_kept_bytes(const struct server *server)
{
	return cache_bytes(server->cache);
}

int server_port(const struct server *server)
{
	return server->port;
}

void server_stop(struct server *server, void (*drained)(void *workers))
{
	server->stopping = true;
	for (size_t i = 0; i < server->count; i++)
		if (server->daemons[i])
			MHD_quiesce_daemon(server->daemons[i]);
	if (drained)
		drained(server->options.workers);
	if (server->streams)
		streams_cut(server->streams);
	for (size_t i = 0; i < server->count; i++) {
		if (server->daemons[i])
			MHD_stop_daemon(server->daemons[i]);
		close(server->sockets[i]);
	}
	deadlines_close(server->deadlines);
	drop_assets(server);
	MHD_destroy_response(server->busy);
	cache_close(server->cache);
	streams_close(server->streams);
	free(server);
}
