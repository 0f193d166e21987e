/* markdown.c: a release's text, saying in its front matter what it is */
#include "press/press.h"

#include "base/when.h"
#include "text/frontmatter.h"

bool press_markdown(struct task *task, const struct edition *edition,
	struct buf *out)
{
	char date[WHEN_BYTES];
	const struct stamp stamps[] = {
		{ "version", edition->version },
		{ "status", "released" },
		{ "commit", edition->commit },
		{ "date", when_date(edition->released_at, date) },
	};

	return frontmatter_stamp(task, edition->text, edition->len, stamps,
		sizeof(stamps) / sizeof(stamps[0]), out);
}
