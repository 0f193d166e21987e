/* view.h: a shape and a value in, bytes out
 *
 * Templates are files in web/. Their language is small:
 *
 *   {{name}}             the value, escaped by its kind
 *   {{name|filter}}      day, minute, date, ago (times); url (a text inside an
 *                        address); s ("s" unless the number is 1); count (of a list)
 *   {{#name}}..{{/name}} once for each item; once inside a struct; once if
 *                        true, not empty, not 0
 *   {{^name}}..{{/name}} once if not
 *   {{.}}                the word, inside a list of words
 *   {{>part}}            another template, read in place
 *   {{<layout}}..{{/layout}} with {{$block}}..{{/block}} inside: the layout,
 *                        its blocks of the same name replaced
 *   {{! remark}}
 *
 * Names are looked up in the innermost struct first, then outwards. Every
 * name is looked up once, at start: a typo stops the boot, not a reader. */
#ifndef VIEW_VIEW_H
#define VIEW_VIEW_H

#include "base/buf.h"
#include "base/shape.h"
#include "base/task.h"

/* A page, as the site map names it. */
struct page {
	const char *file; /* below web/: "pages/guide.html" */
	const struct shape *shape; /* of the value it shows */
	const char *type; /* media type; NULL: an HTML page inside the frame */
};

struct view; /* a template bound to its shapes */

/* Read a template below `folder` and bind it. `frame` (may be NULL) is the
 * shape of what surrounds every page. Returns NULL after printing file, line
 * and reason. The memory is the arena's. */
struct view *view_bind(struct arena *arena, const char *folder,
	const struct page *page, const struct shape *frame);

/* Write it. `frame` is a value of the frame's shape. Cannot fail. */
void view_html(struct buf *out, const struct view *view, const void *value,
	const void *frame, int64_t now);

/* The same value as JSON: one object, fields in the shape's order, without
 * those for pages only. Times are RFC 3339, absent texts null. */
void view_json(struct buf *out, const struct shape *shape, const void *value);

/* The shape as a JSON schema (OpenAPI 3.1). Shapes with a name refer to
 * "#/components/schemas/<name>". jansson's json_t, to be kept by the caller. */
struct json_t *view_schema(const struct shape *shape);

#endif
