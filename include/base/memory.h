/* memory.h: what happens when there is none
 *
 * A process without memory cannot serve: it says so, aborts and is started
 * again. Nothing is lost by that, because what was acknowledged is on disk. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/* What malloc() and its kind returned, or the end of the process. */
void *memory_must(void *room);

/* The same for libraries that take a function: malloc(), or the end. */
void *memory_get(size_t size);

/* The end of the process, with a word on standard error. */
_Noreturn void memory_out(void);

#endif
