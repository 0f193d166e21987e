/* sandbox_acts.h: what must not work in a locked process, and what must */
#ifndef SANDBOX_ACTS_H
#define SANDBOX_ACTS_H

#include <netinet/in.h>
#include <sys/types.h>

#include "sandbox.h"

/* Where the acts take place. */
struct stage {
	struct conf conf;
	char folder[64];
	char data[96], outside[96], secret[96], inside[96], published[96], moved[96], script[96];
	int listener, socket, memory;
	struct sockaddr_in address; /* of the listener */
	pid_t parent;
};

struct act {
	const char *name;
	unsigned who; /* in which it must fail; with `works`, in which it must work */
	bool (*run)(const struct stage *s); /* true: it came through */
	bool works;
};
extern const struct act sandbox_acts[]; /* ends with a NULL name */

#endif
