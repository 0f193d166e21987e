/* render_inline.c: inlines as HTML */
#include "text/render_inline.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

const char *render_inline_tag(const struct node *node)
{
	switch (node->kind) {
	case NODE_EMPHASIS: return "em";
	case NODE_STRONG: return "strong";
	case NODE_STRIKE: return "s"; /* <del> is for comparisons */
	default: return NULL;
	}
}

void render_id(struct buf *out, const char *prefix, const char *name,
	const struct markdown_options *options)
{
	if (options->id_prefix)
		buf_html(out, options->id_prefix);
	buf_html(out, prefix);
	buf_html(out, name);
}

void render_mark_id(struct buf *out, const char *key, int use,
	const struct markdown_options *options)
{
	render_id(out, "fnref-", key, options);
	/* no hyphen: "key-2" may be another footnote */
	if (use > 1)
		buf_printf(out, "_%d", use);
}

/* Percent-encode what RFC 3986 does not know; "%41" stays as it was. */
static void put_encoded(struct buf *out, const char *url)
{
	for (; *url; url++) {
		if (isalnum((unsigned char)*url) || strchr("-._~:/?#[]@!$()*+,;=%", *url))
			buf_putc(out, *url);
		else if (*url == '&' || *url == '\'')
			buf_html_len(out, url, 1);
		else
			buf_printf(out, "%%%02X", (unsigned char)*url);
	}
}

/* Links into the text follow its ids. */
static void put_href(struct buf *out, const char *url,
	const struct markdown_options *options)
{
	if (*url == '#' && options->id_prefix) {
		buf_putc(out, *url++);
		buf_html(out, options->id_prefix);
	}
	put_encoded(out, url);
}

static bool is_external(const char *url)
{
	return !strncasecmp(url, "http:", 5) || !strncasecmp(url, "https:", 6);
}

/* A refused link is words; so is one into the text where that has no ids. */
static bool is_live(const struct node *link, const struct markdown_options *options)
{
	return *link->url && !(options->bare && *link->url == '#');
}

void render_open_link(struct buf *out, const struct node *link,
	const struct markdown_options *options)
{
	if (!is_live(link, options))
		return;
	buf_puts(out, "<a href=\"");
	put_href(out, link->url, options);
	buf_putc(out, '"');
	if (*link->title) {
		buf_puts(out, " title=\"");
		buf_html(out, link->title);
		buf_putc(out, '"');
	}
	if (is_external(link->url))
		buf_puts(out, " rel=\"nofollow ugc noopener\"");
	buf_putc(out, '>');
}

void render_close_link(struct buf *out, const struct node *link,
	const struct markdown_options *options)
{
	if (is_live(link, options))
		buf_puts(out, "</a>");
}

static void put_mark(struct buf *out, const struct node *mark,
	const struct markdown_options *options)
{
	if (options->bare) {
		buf_printf(out, "<sup class=\"fn\">%d</sup>", mark->number);
		return;
	}
	buf_puts(out, "<sup class=\"fn\"><a href=\"#");
	render_id(out, "fn-", mark->id, options);
	buf_puts(out, "\" id=\"");
	render_mark_id(out, mark->id, mark->mark, options);
	buf_printf(out, "\" aria-label=\"Source %d\">%d</a></sup>", mark->number, mark->number);
}

static void put_code(struct buf *out, const struct node *code)
{
	buf_puts(out, "<code>");
	buf_html(out, code->text);
	buf_puts(out, "</code>");
}

/* A description is plain text; where there is none, the link still needs
 * words to click on. */
static void put_image(struct buf *out, const struct node *image,
	const struct markdown_options *options)
{
	const char *alt = doc_plain(out->arena, image);

	render_open_link(out, image, options);
	buf_html(out, *alt || !*image->url ? alt : "image");
	render_close_link(out, image, options);
}

void render_inline(struct buf *out, const struct node *node,
	const struct markdown_options *options)
{
	switch (node->kind) {
	case NODE_TEXT: buf_html(out, node->text); break;
	case NODE_SOFT_BREAK: buf_putc(out, '\n'); break;
	case NODE_HARD_BREAK: buf_puts(out, "<br>\n"); break;
	case NODE_CODE_SPAN: put_code(out, node); break;
	case NODE_FOOTNOTE_MARK: put_mark(out, node, options); break;
	case NODE_IMAGE: put_image(out, node, options); break;
	default:
		render_open(out, node, options);
		render_inlines(out, node->first, options);
		render_close(out, node, options);
	}
}

void render_inlines(struct buf *out, const struct node *first,
	const struct markdown_options *options)
{
	for (; first; first = first->next)
		render_inline(out, first, options);
}
