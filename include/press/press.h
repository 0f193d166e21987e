/* press.h: a release's files, byte-identical each time they are made
 *
 * Everything here is pure: the same text and facts give the same bytes, on
 * any machine with the same library versions. Nothing reads the clock, the
 * locale or the environment. */
#ifndef PRESS_PRESS_H
#define PRESS_PRESS_H

#include "base/buf.h"
#include "base/task.h"

/* What is stamped into a release. */
struct edition {
	const char *slug;
	const char *version; /* "1.0.0" */
	const char *commit; /* 40 hex digits */
	int64_t released_at;
	const char *notes; /* Markdown; may be "" */
	const char *url; /* permanent address, absolute or a path */
	const char *site; /* name of the site */
	const char *text; /* the guide, as in the tag */
	size_t len;
};

struct press_file {
	const char *name; /* "twitter-1.0.0.md" */
	const char *type; /* media type */
	const char *bytes;
	int64_t size; /* bytes */
	const char *sha256; /* 64 hex digits */
};
extern const struct shape press_file_shape; /* name, bytes as "bytes": size, sha256 */

/* All files of a release: struct press_file in this order: .md, .html,
 * SHA256SUMS, .zip (which holds the others in a folder "twitter-1.0.0/", so
 * that `sha256sum -c SHA256SUMS` works in it). Slug and version are in file
 * names: the caller has checked them. Memory is the task's. */
bool press_make(struct task *task, const struct edition *edition,
	struct list *out);

/* The Markdown with version, status, commit and date in its front matter. */
bool press_markdown(struct task *task, const struct edition *edition,
	struct buf *out);

/* One self-contained page: no script, no request to anywhere. `style_hash`
 * (may be NULL) gets "sha256-..." of its style sheet, for the server's content
 * security policy; the page has one of its own. Fails with ERR_FIELDS as
 * markdown_html() does. */
bool press_html(struct task *task, const struct edition *edition,
	struct buf *out, const char **style_hash);

/* A zip of files (struct press_file) in one folder, all dated `time` (UTC,
 * 1980 or later). */
bool press_zip(struct task *task, const char *folder, const struct list *files,
	int64_t time, struct buf *out);

#endif
