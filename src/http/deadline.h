/* deadline.h: who is too slow is cut off; private to http/
 *
 * libmicrohttpd knows silence only: one byte every few seconds keeps a
 * connection open for ever. So a thread looks at all connections twice a
 * second and shuts down those whose head is not there in time, whose body
 * comes too slowly, or who take a reply too slowly. */
#ifndef HTTP_DEADLINE_H
#define HTTP_DEADLINE_H

#include <microhttpd.h>
#include <stddef.h>

struct conf;
struct deadlines;
struct stats;

/* What a connection is doing. It begins with the first head. */
enum phase {
	PHASE_HEAD, /* nothing was answered yet: the client owes a head since it connected */
	PHASE_IDLE, /* between requests: it owes one from its first byte on */
	PHASE_BODY, /* its head is there */
	PHASE_WORK, /* it waits for us */
	PHASE_REPLY,
	PHASES,
};

/* Counts those it cuts off in `stats`. NULL, and a word on standard error,
 * when there can be no thread for it. */
struct deadlines *deadlines_open(const struct conf *conf, struct stats *stats);

/* After the daemons have stopped. Accepts NULL. */
void deadlines_close(struct deadlines *deadlines);

/* For MHD_OPTION_NOTIFY_CONNECTION, with the deadlines. */
void deadlines_notify(void *deadlines, struct MHD_Connection *connection, void **context,
	enum MHD_ConnectionNotificationCode code);

/* On the connection's event thread. */
void deadline_enter(struct MHD_Connection *connection, enum phase phase);

/* So much more of the body has come. */
void deadline_received(struct MHD_Connection *connection, size_t bytes);

#endif
