/* rendered.h: HTML as the plain text of one side of a comparison
 *
 * Also checks that every tag is closed in its place. */
#ifndef TEST_RENDERED_H
#define TEST_RENDERED_H

#include <ctype.h>

#include "base/buf.h"

#include "../test.h"

struct reading {
	const char *at;
	const char *drop; /* "ins" or "del": what stands in it is left out */
	struct buf text;
	char open[64][16]; /* tags */
	bool silent[64]; /* whether what stands in them counts */
	int depth;
};

static inline bool is_void(const char *tag)
{
	return !strcmp(tag, "br") || !strcmp(tag, "hr");
}

/* Words of the service, not of the text. */
static inline bool is_ours(const char *tag, size_t len)
{
	static const char *const ours[] = {
		"<span class=\"vh\"", "<span class=\"linknote\"", "<sup"
	};

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (len >= strlen(ours[i]) && !memcmp(tag, ours[i], strlen(ours[i])))
			return true;
	return false;
}

static inline void read_open(struct reading *r, size_t len)
{
	size_t name = strcspn(r->at + 1, " >");
	bool silent = r->depth && r->silent[r->depth - 1];
	char *tag = r->open[r->depth];

	CHECK(name < 16 && r->depth < 63);
	memcpy(tag, r->at + 1, name);
	tag[name] = '\0';
	r->silent[r->depth] = silent || is_ours(r->at, len) || (r->drop && !strcmp(tag, r->drop));
	r->depth += !is_void(tag);
}

static inline void read_close(struct reading *r)
{
	const char *name = r->at + 2;
	size_t len = strcspn(name, ">");

	CHECK(r->depth > 0);
	r->depth--;
	CHECK(strlen(r->open[r->depth]) == len && !memcmp(r->open[r->depth], name, len));
}

/* All the text but blanks; `drop` may be NULL. Lives in the arena. */
static inline const char *rendered(struct arena *arena, const char *html, const char *drop)
{
	struct reading r = { .at = html, .drop = drop, .text.arena = arena };

	while (*r.at) {
		size_t tag = *r.at == '<' ? strcspn(r.at, ">") + 1 : 0;

		if (tag && r.at[1] == '/')
			read_close(&r);
		else if (tag)
			read_open(&r, tag);
		else if (!isspace((unsigned char)*r.at) && !(r.depth && r.silent[r.depth - 1]))
			buf_putc(&r.text, *r.at);
		r.at += tag ? tag : 1;
	}
	CHECK(r.depth == 0);
	return buf_text(&r.text);
}

#endif
