/* crash.h: places where a test lets the process die
 *
 * Before and after whatever is meant to last stands a crash point with a name
 * of its own. In test builds GUIDEHALL_CRASH_AT=NAME:N kills the process when
 * it comes there for the N-th time, counted over the server and the processes
 * it forks. In release builds there is nothing. tests/crash/named.py finds the
 * names in the sources and dies at each of them. */
#ifndef BASE_CRASH_H
#define BASE_CRASH_H

#include <stdbool.h>

#ifdef CRASH_POINTS
/* Die here, if this is the place and the time. */
void crash_point(const char *name);

/* Whether GUIDEHALL_CRASH_LIES says not to wait for the disk: so that the test
 * of a power cut can be seen to fail. */
bool crash_lies(void);
#else
static inline void crash_point(const char *name)
{
	(void)name;
}

static inline bool crash_lies(void)
{
	return false;
}
#endif

#endif
