/* router_private.h: what router, frame and replies share; private to http/ */
#ifndef HTTP_ROUTER_PRIVATE_H
#define HTTP_ROUTER_PRIVATE_H

#include "assets.h"
#include "http/router.h"
#include "limits.h"
#include "stats.h"

struct bound_page {
	const struct page *page;
	const struct view *view;
};

struct router {
	const struct site *site;
	const struct conf *conf;
	unsigned char form_key[32];
	struct arena arena; /* templates, assets */
	struct assets assets;
	struct list pages; /* struct bound_page */
	struct limits *limits;
	struct stats *stats;
	void (*measure)(const void *site, struct buf *out); /* may be NULL */
	const void *measured;
	_Atomic bool draining;
};

/* The view of a page the site map names. Never NULL. */
const struct view *router_view(const struct router *router, const struct page *page);

#endif
