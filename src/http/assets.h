/* assets.h: style sheets, scripts, fonts and icons, in memory; private to http/ */
#ifndef HTTP_ASSETS_H
#define HTTP_ASSETS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/shape.h"

struct asset {
	const char *name; /* "base.css", "fonts/x.woff2" */
	const char *type;
	const char *bytes;
	size_t len;
};

struct assets {
	struct list items; /* struct asset, sorted by name */
	const char *version; /* changes when any byte of any asset does */
};

/* Read everything below web/ that browsers may ask for, web/built included
 * where the set-up made it. False after saying on standard error what cannot be
 * read. */
bool assets_read(struct arena *arena, const char *web, struct assets *out);

/* NULL when there is none of that name. */
const struct asset *assets_find(const struct assets *assets, const char *name);

#endif
