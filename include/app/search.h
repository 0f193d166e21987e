/* search.h: finding a section by its words */
#ifndef APP_SEARCH_H
#define APP_SEARCH_H

#include "base/task.h"

struct hit {
	const char *guide; /* slug */
	const char *guide_title;
	const char *section; /* id */
	const char *title; /* of the section, words marked: see text */
	const char *snippet; /* some words around those found */
	struct list title_parts; /* struct hit_part: the same, for pages */
	struct list snippet_parts;
};
extern const struct shape hit_shape;

/* A piece of text, marked when it was looked for. */
struct hit_part {
	const char *text;
	bool found;
};

/* Sections of the working texts that hold all words of the query (the last
 * one may be the start of a word), best first, at most `limit`. A query
 * without words finds nothing. */
bool search_run(struct task *task, const char *query, int64_t limit, struct list *out);

#endif
