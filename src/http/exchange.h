/* exchange.h: one request and its reply on their way; private to http/ */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include <microhttpd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "cache.h"
#include "deadline.h"
#include "encode.h"
#include "http/server.h"
#include "stream.h"

struct server {
	struct server_options options;
	struct cache *cache;
	struct streams *streams;
	struct deadlines *deadlines;
	struct MHD_Daemon *daemons[64];
	int sockets[64];
	size_t count;
	int port;
	_Atomic bool stopping; /* nothing new is begun */
	/* beside router's assets, index by index, for each encoding; NULL where
	 * the plain bytes are as good */
	struct MHD_Response **assets[ENCODINGS];
	struct MHD_Response *busy; /* 503, ready made */
};

struct exchange {
	struct job job; /* first: a job is an exchange */
	struct server *server;
	struct MHD_Connection *connection;
	struct arena arena;
	const char *uri; /* as sent */
	const char *url; /* without the query */
	struct request request;
	struct reply reply;
	struct buf body;
	size_t body_max;
	int refused; /* status of a request that cannot be read; 0: none */
	const char *why;
	bool started; /* headers were looked at */
	bool body_too_big;
	bool done; /* a worker has filled in the reply */
	struct MHD_Response *response;
	uint64_t stamp; /* of what the reply may show, before it was read */
	enum encoding encoding; /* the best the client can read */
	bool encoded; /* the reply is in it */
	int64_t begun_us; /* when the whole request was there */
};

/* Look at method and headers. Sets ex->refused when no well-behaved client
 * would send this: libmicrohttpd 0.9.75 itself lets most of it through. */
void exchange_inspect(struct exchange *ex, const char *method, const char *version);

/* Refuse a body above ex->body_max. Returns false. */
bool exchange_too_big(struct exchange *ex);

/* Turn address and headers into ex->request; false when ex->refused is set. */
bool exchange_read(struct exchange *ex);

/* Make the reply smaller where the client can read it. */
void exchange_encode(struct exchange *ex);

/* keep.c: queue a reply made before for the same question; remember what this
 * one may show, before it is read; keep the reply for the next. The last on a
 * worker thread. */
bool exchange_send_kept(struct exchange *ex);
void exchange_stamp(struct exchange *ex);
void exchange_keep(struct exchange *ex, const struct task *task);

/* The response object for ex->reply, security headers included. */
struct MHD_Response *exchange_response(struct exchange *ex);

/* The same with bytes of its own, to be kept when the exchange is over. */
struct MHD_Response *exchange_copy(struct exchange *ex);

/* Headers every reply carries. `conf` NULL: before anything is known of the
 * site, without what only https has. */
void exchange_secure(const struct conf *conf, struct MHD_Response *response, const char *style_hash);

#endif
