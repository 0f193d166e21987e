/* markdown.c: the way from text to safe HTML */
#include "text/markdown.h"

#include <string.h>

#include "text/frontmatter.h"
#include "text/guard.h"
#include "text/render.h"

static bool is_title(const struct node *block)
{
	return block->kind == NODE_HEADING && block->level == 1 && block->section;
}

bool markdown_html(struct task *task, const char *text, size_t len,
	const struct markdown_options *options, struct html *out)
{
	struct buf html = { .arena = &task->arena };
	struct front front;
	const struct node *block;
	bool skipped = false;

	if (!guard_text(task, text, len) || !frontmatter_read(task, text, len, &front))
		return false;
	block = doc_tree(task, text, len, (size_t)front.end, NULL)->first;
	for (; block; block = block->next) {
		if (options->skip_title && !skipped && is_title(block))
			skipped = true;
		else
			render_block(&html, block, options);
	}
	out->safe = buf_text(&html);
	return true;
}

/* Newlines as people type them: one is a line, more are a paragraph. */
static size_t newline_len(const char *at)
{
	if (*at == '\r')
		return at[1] == '\n' ? 2 : 1;
	return *at == '\n';
}

static const char *skip_newlines(const char *at, int *count)
{
	size_t len;

	for (*count = 0; (len = newline_len(at)); at += len)
		++*count;
	return at;
}

struct html markdown_plain(struct arena *arena, const char *text)
{
	struct buf out = { .arena = arena };
	int newlines;

	text = skip_newlines(text, &newlines);
	buf_puts(&out, *text ? "<p>" : "");
	while (*text) {
		size_t len = strcspn(text, "\r\n");

		buf_html_len(&out, text, len);
		text = skip_newlines(text + len, &newlines);
		if (!*text)
			buf_puts(&out, "</p>\n");
		else
			buf_puts(&out, newlines > 1 ? "</p>\n<p>" : "<br>\n");
	}
	return (struct html) { buf_text(&out) };
}
