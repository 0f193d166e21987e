/* service.h: the long-lived things: stores, memory, and the running server */
#ifndef SERVICE_H
#define SERVICE_H

#include "base/conf.h"
#include "base/task.h"

struct service;

/* Open the data folder, making it at the first start: lock it, open both
 * stores, import the guides, repair what a crash left. Returns NULL after
 * printing why. `alone`: another process may not have it open (a server is
 * running); else share it. */
struct service *service_open(const struct conf *conf);
void service_close(struct service *service);

/* A task at the service's own desk, on behalf of nobody. Call task_end()
 * when done. */
void service_begin(struct service *service, struct task *task);
/* Print the failure, if there is one, roll back, free. Returns whether all
 * went well. */
bool service_end(struct service *service, struct task *task);

/* Serve until SIGTERM or SIGINT. Returns the exit status. */
int service_run(struct service *service);

#endif
