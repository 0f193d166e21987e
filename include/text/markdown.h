/* markdown.h: Markdown in, safe HTML out
 *
 * CommonMark as cmark reads it, plus the parts of GitHub's dialect that
 * guides use: tables, task lists, strikethrough, footnotes and alerts. Raw
 * HTML never comes out; links go to http, https, mailto and relative
 * addresses only; images become links. */
#ifndef TEXT_MARKDOWN_H
#define TEXT_MARKDOWN_H

#include "base/task.h"

struct markdown_options {
	/* What "suggest an edit" links start with, as
	 * "/guides/twitter/edit?section="; NULL for none. */
	const char *edit_url;
	bool number_sections; /* level 2 headings get 1, 2, 3 ... */
	bool skip_title; /* leave out the level 1 heading */
	const char *id_prefix; /* before every id, for several texts on a page; may be NULL */
	bool bare; /* no ids, nothing that links to them: for excerpts and comparisons */
};

/* The whole text as HTML; front matter is skipped. The result lives in the
 * task's arena. Fails with ERR_FIELDS (field "text") on what the guard
 * refuses, see guard.h. */
bool markdown_html(struct task *task, const char *text, size_t len,
	const struct markdown_options *options, struct html *out);

/* Plain text of a comment as HTML: paragraphs and line breaks, nothing
 * else. Cannot fail. */
struct html markdown_plain(struct arena *arena, const char *text);

#endif
