/* site.h: the site map: every noun's routes, and who may use them */
#ifndef SITE_H
#define SITE_H

#include "http/router.h"

extern const struct site site_map;

#endif
