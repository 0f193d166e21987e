/* stream.h: replies that are still being made while they are sent; private
 * to http/
 *
 * Event threads never block, so a connection whose pipe is empty is suspended
 * and one thread waits for all such pipes, and for their clients to go. */
#ifndef HTTP_STREAM_H
#define HTTP_STREAM_H

#include <microhttpd.h>

#include "http/reply.h"

struct streams;

struct streams *streams_open(void);

/* End all that are under way: their clients see a broken connection. Before
 * the daemons stop, which must not have suspended connections. */
void streams_cut(struct streams *streams);

/* After the daemons have stopped. Accepts NULL. */
void streams_close(struct streams *streams);

/* The body of a reply and what comes out of its pipe. Takes the descriptors. */
struct MHD_Response *stream_response(struct streams *streams,
	struct MHD_Connection *connection, const struct reply *reply);

#endif
