/* render.c: blocks as HTML; inlines are in render_inline.c */
#include "text/render.h"

#include <string.h>

#include "text/guideline.h"
#include "text/render_inline.h"

/* Blocks that are one tag and nothing else. */
static const char *plain_tag(const struct node *node)
{
	switch (node->kind) {
	case NODE_PARAGRAPH: return node->tight ? NULL : "p";
	case NODE_QUOTE: return "blockquote";
	default: return render_inline_tag(node);
	}
}

static void put_id(struct buf *out, const char *id, const struct markdown_options *options)
{
	if (options->bare)
		return;
	buf_puts(out, " id=\"");
	render_id(out, "", id, options);
	buf_putc(out, '"');
}

/* Headings */

static bool has_links(const struct node *node)
{
	if (node->kind == NODE_LINK || node->kind == NODE_IMAGE || node->kind == NODE_FOOTNOTE_MARK)
		return true;
	for (const struct node *child = node->first; child; child = child->next)
		if (has_links(child))
			return true;
	return false;
}

/* A heading leads to itself unless there are links in it: they do not nest. */
static bool is_link(const struct node *heading, const struct markdown_options *options)
{
	return heading->section && heading->level > 1 && !options->bare && !has_links(heading);
}

static bool is_editable(const struct node *heading, const struct markdown_options *options)
{
	return heading->section && heading->level > 1 && heading->level < 5
		&& options->edit_url && !options->bare;
}

/* Where a page has its own title, the text's is one of its sections. */
static int shown_level(const struct node *heading, const struct markdown_options *options)
{
	return heading->level == 1 && (options->bare || options->skip_title) ? 2 : heading->level;
}

static void open_heading(struct buf *out, const struct node *node,
	const struct markdown_options *options)
{
	if (is_editable(node, options))
		buf_puts(out, node->level == 2 ? "<div class=\"sec\">" : "<div class=\"sec sec3\">");
	buf_printf(out, "<h%d", shown_level(node, options));
	put_id(out, node->id, options);
	buf_putc(out, '>');
	if (is_link(node, options)) {
		buf_puts(out, "<a href=\"#");
		render_id(out, "", node->id, options);
		buf_puts(out, "\">");
	}
	if (options->number_sections && node->number)
		buf_printf(out, "<span class=\"k\">%d</span> ", node->number);
}

static void put_edit_link(struct buf *out, const struct node *heading,
	const struct markdown_options *options)
{
	bool major = heading->level == 2;

	buf_puts(out, "<a class=\"btn quiet sm\" href=\"");
	buf_html(out, options->edit_url);
	buf_url(out, heading->id);
	buf_puts(out, "\"><span class=\"pen\" aria-hidden=\"true\"></span><span>");
	buf_puts(out, major ? "Suggest an edit<span class=\"vh\"> to section " : "Edit<span class=\"vh\"> ");
	if (major && options->number_sections)
		buf_printf(out, "%d, ", heading->number);
	buf_html(out, doc_plain(out->arena, heading));
	buf_puts(out, "</span></span></a></div>");
}

static void close_heading(struct buf *out, const struct node *node,
	const struct markdown_options *options)
{
	if (is_link(node, options))
		buf_puts(out, "</a>");
	buf_printf(out, "</h%d>", shown_level(node, options));
	if (is_editable(node, options))
		put_edit_link(out, node, options);
	buf_putc(out, '\n');
}

/* Alerts and recommendations */

static const char *alert_title(const struct node *alert)
{
	static const char *const titles[][2] = {
		{ "note", "Note" }, { "tip", "Tip" }, { "important", "Important" },
		{ "warning", "Warning" }, { "caution", "Caution" },
	};

	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++)
		if (!strcmp(titles[i][0], alert->name))
			return titles[i][1];
	return "Note";
}

static void open_alert(struct buf *out, const struct node *node)
{
	const char *title = alert_title(node);

	buf_printf(out, "<div class=\"note note-%s\" role=\"note\" aria-label=\"%s\">\n", node->name, title);
	buf_printf(out, "<p class=\"note-title\">%s</p>\n", title);
}

/* Its strength as a class: "good practice" is good-practice. */
static void put_classes(struct buf *out, const struct node *node)
{
	const char *strength = doc_fact(out->arena, node, "Strength");
	const char *direction = doc_fact(out->arena, node, "Direction");

	buf_printf(out, "rec %s", node->name);
	if (strength) {
		buf_putc(out, ' ');
		buf_html(out, section_slug(out->arena, strength));
	}
	if (direction && !strcmp(direction, "against"))
		buf_puts(out, " dont");
}

static void open_recommendation(struct buf *out, const struct node *node,
	const struct markdown_options *options)
{
	buf_puts(out, "<section class=\"");
	put_classes(out, node);
	buf_putc(out, '"');
	put_id(out, node->id, options);
	buf_printf(out, " aria-label=\"Recommendation %s\">\n<span class=\"k\">", node->text);
	if (!options->bare) {
		buf_puts(out, "<a href=\"#");
		render_id(out, "", node->id, options);
		buf_puts(out, "\">");
	}
	buf_html(out, node->text);
	buf_puts(out, options->bare ? "</span>\n" : "</a></span>\n");
}

static void open_fact(struct buf *out, const struct node *node)
{
	buf_puts(out, "<div><dt>");
	buf_html(out, node->name);
	buf_puts(out, "</dt><dd>");
}

/* Lists and code */

static void open_list(struct buf *out, const struct node *node)
{
	if (node->ordered && node->start != 1)
		buf_printf(out, "<ol start=\"%d\">\n", node->start);
	else
		buf_puts(out, node->ordered ? "<ol>\n" : "<ul>\n");
}

static void open_item(struct buf *out, const struct node *node)
{
	if (node->checked < 0)
		buf_puts(out, "<li>");
	else if (node->checked)
		buf_puts(out, "<li class=\"task\"><span class=\"box on\" role=\"img\" aria-label=\"ticked\"></span> ");
	else
		buf_puts(out, "<li class=\"task\"><span class=\"box\" role=\"img\" aria-label=\"not ticked\"></span> ");
}

static void put_code(struct buf *out, const struct node *node)
{
	size_t language = strcspn(node->name, " \t");

	buf_puts(out, "<pre><code");
	if (language) {
		buf_puts(out, " class=\"language-");
		buf_html_len(out, node->name, language);
		buf_putc(out, '"');
	}
	buf_putc(out, '>');
	buf_html(out, node->text);
	buf_puts(out, "</code></pre>\n");
}

/* Tables: wide ones scroll, so they can be reached with the keyboard */

static void open_table(struct buf *out, const struct node *node)
{
	const struct node *row = node->first;
	const char *comma = "";

	buf_puts(out, "<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"Table: ");
	for (const struct node *cell = row ? row->first : NULL; cell; cell = cell->next) {
		buf_puts(out, comma);
		buf_html(out, doc_plain(out->arena, cell));
		comma = ", ";
	}
	buf_puts(out, "\"><table>\n");
}

static void open_cell(struct buf *out, const struct node *node)
{
	buf_puts(out, node->header ? "<th scope=\"col\"" : "<td");
	if (node->align == 'r')
		buf_puts(out, " class=\"n\"");
	else if (node->align == 'c')
		buf_puts(out, " class=\"c\"");
	buf_putc(out, '>');
}

/* Footnotes */

static void open_footnotes(struct buf *out, const struct markdown_options *options)
{
	buf_puts(out, "<section class=\"footnotes\"");
	if (options->bare) {
		buf_puts(out, ">\n<h2>Sources</h2>\n<ol>\n");
		return;
	}
	/* "fn-h" may be a footnote */
	buf_puts(out, " aria-labelledby=\"");
	render_id(out, "fn", "_h", options);
	buf_puts(out, "\">\n<h2 id=\"");
	render_id(out, "fn", "_h", options);
	buf_puts(out, "\">Sources</h2>\n<ol>\n");
}

static void open_footnote(struct buf *out, const struct node *node,
	const struct markdown_options *options)
{
	buf_puts(out, "<li");
	if (!options->bare) {
		buf_puts(out, " id=\"");
		render_id(out, "fn-", node->id, options);
		buf_putc(out, '"');
	}
	buf_putc(out, '>');
}

/* One way back for each place it is named in. */
static void close_footnote(struct buf *out, const struct node *node,
	const struct markdown_options *options)
{
	for (int use = 1; use <= node->mark && !options->bare; use++) {
		buf_puts(out, " <a href=\"#");
		render_mark_id(out, node->id, use, options);
		buf_printf(out, "\" class=\"back\" aria-label=\"Back to the text, source %d", node->number);
		if (use > 1)
			buf_printf(out, ", place %d", use);
		buf_puts(out, "\">↩</a>");
	}
	buf_puts(out, "</li>\n");
}

/* All kinds */

void render_open(struct buf *out, const struct node *node,
	const struct markdown_options *options)
{
	const char *tag;

	switch (node->kind) {
	case NODE_HEADING: open_heading(out, node, options); break;
	case NODE_ALERT: open_alert(out, node); break;
	case NODE_RECOMMENDATION: open_recommendation(out, node, options); break;
	case NODE_FACTS: buf_puts(out, "<dl class=\"facts\">\n"); break;
	case NODE_FACT: open_fact(out, node); break;
	case NODE_LIST: open_list(out, node); break;
	case NODE_ITEM: open_item(out, node); break;
	case NODE_TABLE: open_table(out, node); break;
	case NODE_ROW: buf_puts(out, node->header ? "<thead>\n<tr>" : "<tr>"); break;
	case NODE_CELL: open_cell(out, node); break;
	case NODE_FOOTNOTES: open_footnotes(out, options); break;
	case NODE_FOOTNOTE: open_footnote(out, node, options); break;
	case NODE_LINK:
	case NODE_IMAGE: render_open_link(out, node, options); break;
	default:
		tag = plain_tag(node);
		if (tag)
			buf_printf(out, "<%s>", tag);
	}
}

static void close_plain(struct buf *out, const struct node *node, const char *tag)
{
	if (tag)
		buf_printf(out, "</%s>", tag);
	/* a line of its own for each block, but no blank at the end of an item */
	if (node->kind < NODE_TEXT && (tag || node->next))
		buf_putc(out, '\n');
}

void render_close(struct buf *out, const struct node *node,
	const struct markdown_options *options)
{
	switch (node->kind) {
	case NODE_HEADING: close_heading(out, node, options); break;
	case NODE_ALERT: buf_puts(out, "</div>\n"); break;
	case NODE_RECOMMENDATION: buf_puts(out, "</section>\n"); break;
	case NODE_FACTS: buf_puts(out, "</dl>\n"); break;
	case NODE_FACT: buf_puts(out, "</dd></div>\n"); break;
	case NODE_LIST: buf_puts(out, node->ordered ? "</ol>\n" : "</ul>\n"); break;
	case NODE_ITEM: buf_puts(out, "</li>\n"); break;
	case NODE_TABLE: buf_puts(out, "</tbody></table></div>\n"); break;
	case NODE_ROW: buf_puts(out, node->header ? "</tr>\n</thead><tbody>\n" : "</tr>\n"); break;
	case NODE_CELL: buf_puts(out, node->header ? "</th>" : "</td>"); break;
	case NODE_FOOTNOTES: buf_puts(out, "</ol>\n</section>\n"); break;
	case NODE_FOOTNOTE: close_footnote(out, node, options); break;
	case NODE_LINK:
	case NODE_IMAGE: render_close_link(out, node, options); break;
	default: close_plain(out, node, plain_tag(node)); break;
	}
}

/* Footnotes that nobody uses are not shown; nor is what HTML left empty. */
static bool is_hidden(const struct node *node)
{
	if (node->kind == NODE_FOOTNOTE)
		return !node->number;
	if (node->kind == NODE_FOOTNOTES)
		return !node->first || !node->first->number;
	return node->kind == NODE_PARAGRAPH && !node->first;
}

void render_block(struct buf *out, const struct node *node,
	const struct markdown_options *options)
{
	if (is_hidden(node))
		return;
	if (node->kind == NODE_CODE) {
		put_code(out, node);
		return;
	}
	if (node->kind == NODE_RULE) {
		buf_puts(out, "<hr>\n");
		return;
	}
	render_open(out, node, options);
	if (render_is_leaf(node))
		render_inlines(out, node->first, options);
	else
		for (const struct node *child = node->first; child; child = child->next)
			render_block(out, child, options);
	render_close(out, node, options);
}

bool render_is_leaf(const struct node *node)
{
	return node->kind == NODE_PARAGRAPH || node->kind == NODE_HEADING
		|| node->kind == NODE_CELL;
}
