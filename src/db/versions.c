#include "versions.h"

#include <stddef.h>

#define PARTS (sizeof(((struct versions *)0)->parts) / sizeof(uint64_t))

static size_t slot(const char *part)
{
	uint64_t hash = 1469598103934665603u; /* FNV-1a */

	for (; *part; part++)
		hash = (hash ^ (unsigned char)*part) * 1099511628211u;
	return hash % PARTS;
}

void versions_add(struct versions *versions, const char *part)
{
	atomic_fetch_add(part ? &versions->parts[slot(part)] : &versions->whole, 1);
	atomic_fetch_add(&versions->all, 1);
}

/* Both only rise, so their sum changes when either does. */
uint64_t versions_read(const struct versions *versions, const char *part)
{
	if (!part)
		return atomic_load(&versions->all);
	return atomic_load(&versions->parts[slot(part)]) + atomic_load(&versions->whole);
}
