#include "base/memory.h"

#include <stdlib.h>
#include <unistd.h>

void memory_out(void)
{
	static const char words[] = "guidehall: out of memory\n";

	/* not by stdio, which may want memory; that it cannot be written changes nothing */
	(void)!write(STDERR_FILENO, words, sizeof(words) - 1);
	abort();
}

void *memory_must(void *room)
{
	if (!room)
		memory_out();
	return room;
}

void *memory_get(size_t size)
{
	return memory_must(malloc(size));
}
