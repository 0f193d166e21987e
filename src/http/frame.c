#include "frame.h"

#include <string.h>

#include "base/conf.h"
#include "form.h"

static const struct field fields[] = {
	FIELD_TEXT(struct frame, site_name),
	FIELD_URL(struct frame, base_url),
	FIELD_URL(struct frame, path),
	FIELD_URL(struct frame, twin),
	FIELD_URL(struct frame, assets),
	FIELD_BOOL(struct frame, has_fonts),
	FIELD_BOOL(struct frame, has_toolbar),
	FIELD_BOOL(struct frame, has_clones),
	FIELD_BOOL(struct frame, signed_in),
	FIELD_BOOL(struct frame, is_reviewer),
	FIELD_BOOL(struct frame, is_moderator),
	FIELD_BOOL(struct frame, is_admin),
	FIELD_TEXT(struct frame, handle),
	FIELD_TEXT(struct frame, person),
	FIELD_TEXT(struct frame, form_token),
	FIELD_BOOL(struct frame, at_guides),
	FIELD_BOOL(struct frame, at_proposals),
	FIELD_BOOL(struct frame, at_review),
	FIELD_BOOL(struct frame, at_releases),
	FIELD_BOOL(struct frame, at_search),
	FIELD_TEXT(struct frame, error),
	FIELD_MANY(struct frame, errors, &field_error_shape),
	FIELD_INT(struct frame, undo_minutes),
	FIELD_END
};
const struct shape frame_shape = SHAPE(frame, fields);

static bool below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return !strncmp(path, folder, len) && (!path[len] || path[len] == '/');
}

static void fill_place(const char *path, struct frame *out)
{
	out->at_guides = below(path, "/guides");
	out->at_proposals = below(path, "/proposals");
	out->at_review = below(path, "/review");
	out->at_releases = below(path, "/releases");
	out->at_search = below(path, "/search");
}

static void fill_person(struct task *task, const struct router *router, struct frame *out)
{
	out->signed_in = task->who.account != 0;
	out->is_reviewer = task->who.role >= ROLE_REVIEWER;
	out->is_moderator = task->who.role >= ROLE_MODERATOR;
	out->is_admin = task->who.role >= ROLE_ADMIN;
	out->handle = task->who.handle;
	out->person = task->who.name ? task->who.name : task->who.handle;
	out->form_token = form_token(task, router->form_key);
}

void frame_fill(struct task *task, const struct router *router,
	const struct request *req, struct frame *out)
{
	struct arena *arena = &task->arena;
	const char *url = router->conf->public_url;

	out->site_name = router->conf->site_name;
	out->base_url = *url ? url : arena_printf(arena, "http://%s", req->host ? req->host : "localhost");
	out->path = req->path;
	out->twin = arena_printf(arena, "/api/v1%s%s%s", req->path, *req->query ? "?" : "", req->query);
	out->assets = arena_printf(arena, "/assets/%s", router->assets.version);
	out->has_fonts = assets_find(&router->assets, "fonts.css");
	out->has_toolbar = assets_find(&router->assets, "toolbar.js");
	out->has_clones = router->conf->clone_processes;
	out->error = task->err.message;
	out->errors = task->err.fields;
	out->undo_minutes = router->conf->undo_minutes;
	fill_place(req->path, out);
	fill_person(task, router, out);
}
