/* frontmatter.h: the YAML block at the top of a guide
 *
 * A subset: `key: scalar`, `key: [a, b]`, block lists of scalars, and one
 * level of `- key: value` maps. No anchors, aliases, tags. At most
 * LIMIT_FRONT_BYTES. Unknown keys are allowed and skipped. */
#ifndef TEXT_FRONTMATTER_H
#define TEXT_FRONTMATTER_H

#include "base/buf.h"
#include "base/task.h"

struct front {
	const char *id; /* the guide's slug */
	const char *title;
	const char *description;
	const char *platform;
	struct list audience; /* words */
	const char *language; /* BCP 47 */
	struct list jurisdiction; /* words */
	const char *licence; /* SPDX */
	const char *owner;
	const char *review_by; /* YYYY-MM-DD */
	const char *funding;
	struct list keywords; /* words */
	int64_t end; /* the text starts here; 0 when there is no front matter */
};

/* Read the block if there is one. Absent keys stay NULL or empty. Fails with
 * ERR_FIELDS (field "text", the line named) on YAML outside the subset,
 * duplicate keys, a block that is never closed. */
bool frontmatter_read(struct task *task, const char *text, size_t len,
	struct front *out);

/* Whether all a guide needs is there and in its list: id, title,
 * description, platform, audience, language, jurisdiction, licence,
 * review-by (a date), owner, funding. Fails with ERR_FIELDS naming every
 * missing or wrong key (field "text"). `slug` must equal id. */
bool frontmatter_valid(struct task *task, const struct front *front,
	const char *slug);

/* One `key: value` line that only the service writes; line breaks and other
 * control characters in the value become spaces. */
struct stamp {
	const char *key;
	const char *value;
	bool verbatim; /* YAML of our own, as a list; else quoted where needed */
};

/* Copy the text with the lines added at the end of its front matter (which
 * is made where absent); keys already there are replaced. Every other byte
 * stays. */
bool frontmatter_stamp(struct task *task, const char *text, size_t len,
	const struct stamp *stamps, size_t count, struct buf *out);

#endif
