/* guide_web.c: /guides */
#include "app/guide.h"

#include "app/site.h"
#include "http/router.h"

struct guides {
	struct list guides;
};
static const struct field guides_fields[] = {
	FIELD_MANY(struct guides, guides, &guide_shape),
	FIELD_END
};
static const struct shape guides_shape = SHAPE(guides, guides_fields);
static const struct page guides_page = { "pages/guides.html", &guides_shape, NULL };
static const struct page guide_view = { "pages/guide.html", &guide_page_shape, NULL };

static bool list(struct task *task, const struct request *req, struct reply *rep)
{
	struct guides page = { 0 };

	return guide_list(task, &page.guides) && reply_view(task, req, rep, &page);
}

static bool show(struct task *task, const struct request *req, struct reply *rep)
{
	struct guide guide;
	struct guide_text text;
	struct guide_page page;

	return guide_get(task, req->param[0], &guide)
		&& guide_current(task, &guide, &text)
		&& guide_fill_page(task, &guide, &text, guide.version, &page)
		&& reply_view(task, req, rep, &page);
}

static bool show_draft(struct task *task, const struct request *req, struct reply *rep)
{
	struct guide guide;
	struct guide_text text;
	struct guide_page page;

	return guide_get(task, req->param[0], &guide)
		&& guide_text(task, guide.slug, NULL, &text)
		&& guide_fill_page(task, &guide, &text, NULL, &page)
		&& reply_view(task, req, rep, &page);
}

static bool send_draft(struct task *task, const struct request *req, struct reply *rep)
{
	struct guide guide;
	struct guide_text text;

	if (!guide_get(task, req->param[0], &guide) || !guide_text(task, guide.slug, NULL, &text))
		return false;
	rep->etag = arena_strdup(&task->arena, text.commit.hex);
	return reply_bytes(rep, "text/markdown; charset=utf-8", text.text, text.len);
}

const struct route guide_routes[] = {
	{ GET, "/guides", list, NEED_NOTHING, &guides_page, .flags = ROUTE_CACHE, .summary = "All guides" },
	{ GET, "/guides/:slug", show, NEED_NOTHING, &guide_view, .flags = ROUTE_CACHE | ROUTE_PART, .summary = "A guide: the released text, or the working text where there is no release" },
	{ GET, "/guides/:slug/draft", show_draft, NEED_NOTHING, &guide_view, .flags = ROUTE_CACHE | ROUTE_PART, .summary = "The working text" },
	{ GET, "/guides/:slug/draft.md", send_draft, NEED_NOTHING, .flags = ROUTE_CACHE | ROUTE_PART, .summary = "The working text as Markdown, the bytes in git" },
	{ 0 }
};
