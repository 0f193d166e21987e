/* frame.h: what surrounds every page: header, footer, errors; private to http/ */
#ifndef HTTP_FRAME_H
#define HTTP_FRAME_H

#include "http/request.h"
#include "router_private.h"

struct frame {
	const char *site_name;
	const char *base_url; /* "https://guides.example.org": for feeds and permanent links */
	const char *path; /* of this page */
	const char *twin; /* the same as JSON */
	const char *assets; /* folder of the assets: "/assets/1f2e..." */
	bool has_fonts, has_toolbar; /* the set-up made them */
	bool has_clones;
	bool signed_in, is_reviewer, is_moderator, is_admin;
	const char *handle, *person;
	const char *form_token;
	bool at_guides, at_proposals, at_review, at_releases, at_search; /* the place in the menu */
	const char *error; /* what went wrong, in words; NULL */
	struct list errors; /* struct field_error */
	int64_t undo_minutes;
};
extern const struct shape frame_shape;

void frame_fill(struct task *task, const struct router *router,
	const struct request *req, struct frame *out);

#endif
