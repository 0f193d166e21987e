/* path.h: the path of an address; private to http/ */
#ifndef HTTP_PATH_H
#define HTTP_PATH_H

#include "base/arena.h"

/* Decode a path once. NULL when it is malformed: encoded slashes,
 * backslashes, control characters, empty and dot segments have no honest use
 * here. */
const char *path_decode(struct arena *arena, const char *raw);

#endif
