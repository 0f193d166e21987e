/* site.h: what each noun offers the web; joined into one map by src/site.c */
#ifndef APP_SITE_H
#define APP_SITE_H

#include "http/router.h"

extern const struct route account_routes[];
extern const struct route guide_routes[];
extern const struct route edit_routes[];
extern const struct route proposal_routes[];
extern const struct route review_routes[];
extern const struct route release_routes[];
extern const struct route search_routes[];
extern const struct route home_routes[];
extern const struct route clone_routes[];

#endif
