/* measure.h: what is seen from outside of the whole program: /metrics */
#ifndef MEASURE_H
#define MEASURE_H

#include "base/buf.h"
#include "base/conf.h"
#include "git/serve.h"
#include "http/server.h"
#include "sandbox.h"
#include "worker.h"

struct measured {
	const struct conf *conf;
	struct serve *serve; /* may be NULL */
	struct workers *workers;
	struct server *server;
	struct sandbox sandbox; /* in force */
	int memory; /* /proc/self/statm, opened while we may */
	int64_t started_at;
};

void measure_open(struct measured *m, const struct conf *conf, struct serve *serve);
void measure_close(struct measured *m);

/* For struct router_options: `measured` is a struct measured. */
void measure_site(const void *measured, struct buf *out);

/* When the last backup of this data was finished; 0: never, as far as is known. */
int64_t measure_last_backup(const char *data);

#endif
