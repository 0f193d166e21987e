/* version.h: MAJOR.MINOR.PATCH; private to release/ */
#ifndef RELEASE_VERSION_H
#define RELEASE_VERSION_H

#include <stdbool.h>
#include <stdint.h>

/* Three numbers below a million without leading zeros (semver.org). */
bool version_parse(const char *text, int64_t out[static 3]);

/* Whether a comes before b. */
bool version_before(const int64_t a[static 3], const int64_t b[static 3]);

#endif
