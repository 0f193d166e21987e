/* test_markdown.c: the HTML, and that nothing gets past the escaping
 * (markdown.c, render.c, render_inline.c) */
#include "tree.h"

static const char *with(struct task *task, const char *text, struct markdown_options options)
{
	struct html out;

	return markdown_html(task, text, strlen(text), &options, &out) ? out.safe : task->err.message;
}

static void test_headings(struct task *task)
{
	struct markdown_options edit = { .edit_url = "/e?a=1&section=", .number_sections = true };
	const char *text = "# T\n\n## A & b\n\n### C\n\n## [L](u)\n";

	CHECK_STR(with(task, text, edit),
		"<h1 id=\"t\">T</h1>\n"
		"<div class=\"sec\"><h2 id=\"a-b\"><a href=\"#a-b\"><span class=\"k\">1</span> A &amp; b</a></h2>"
		"<a class=\"btn quiet sm\" href=\"/e?a=1&amp;section=a-b\"><span class=\"pen\" aria-hidden=\"true\"></span>"
		"<span>Suggest an edit<span class=\"vh\"> to section 1, A &amp; b</span></span></a></div>\n"
		"<div class=\"sec sec3\"><h3 id=\"c\"><a href=\"#c\">C</a></h3>"
		"<a class=\"btn quiet sm\" href=\"/e?a=1&amp;section=c\"><span class=\"pen\" aria-hidden=\"true\"></span>"
		"<span>Edit<span class=\"vh\"> C</span></span></a></div>\n"
		"<div class=\"sec\"><h2 id=\"l\"><span class=\"k\">2</span> <a href=\"u\">L</a></h2>"
		"<a class=\"btn quiet sm\" href=\"/e?a=1&amp;section=l\"><span class=\"pen\" aria-hidden=\"true\"></span>"
		"<span>Suggest an edit<span class=\"vh\"> to section 2, L</span></span></a></div>\n");
	CHECK_STR(with(task, "# T\n\nx\n", (struct markdown_options) { .skip_title = true }), "<p>x</p>\n");
}

static void test_recommendation(struct task *task)
{
	CHECK_STR(html(task, "> [!TIP]\n> **A-1.** Do & see.\n>\n> - Strength: good practice\n> - Direction: against\n"),
		"<section class=\"rec tip good-practice dont\" id=\"a-1\" aria-label=\"Recommendation A-1\">\n"
		"<span class=\"k\"><a href=\"#a-1\">A-1</a></span>\n<p>Do &amp; see.</p>\n"
		"<dl class=\"facts\">\n<div><dt>Strength</dt><dd>good practice</dd></div>\n"
		"<div><dt>Direction</dt><dd>against</dd></div>\n</dl>\n</section>\n");
	CHECK_STR(html(task, "> [!WARNING]\n> x\n"),
		"<div class=\"note note-warning\" role=\"note\" aria-label=\"Warning\">\n"
		"<p class=\"note-title\">Warning</p>\n<p>x</p>\n</div>\n");
}

static void test_blocks(struct task *task)
{
	CHECK_STR(html(task, "| a\" | b |\n|--:|:-:|\n| 1 | 2 |\n"),
		"<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"Table: a&quot;, b\"><table>\n"
		"<thead>\n<tr><th scope=\"col\" class=\"n\">a&quot;</th><th scope=\"col\" class=\"c\">b</th></tr>\n"
		"</thead><tbody>\n<tr><td class=\"n\">1</td><td class=\"c\">2</td></tr>\n</tbody></table></div>\n");
	CHECK_STR(html(task, "- [x] a\n- b\n"),
		"<ul>\n<li class=\"task\"><span class=\"box on\" role=\"img\" aria-label=\"ticked\"></span> a</li>\n<li>b</li>\n</ul>\n");
	CHECK_STR(html(task, "3. a\n\n   b\n"), "<ol start=\"3\">\n<li><p>a</p>\n<p>b</p>\n</li>\n</ol>\n");
	CHECK_STR(html(task, "``` c\" x\na <b>\n```\n"), "<pre><code class=\"language-c&quot;\">a &lt;b&gt;\n</code></pre>\n");
}

static void test_footnotes(struct task *task)
{
	CHECK_STR(html(task, "a[^k] b[^k]\n\n[^k]: N\n[^unused]: U\n"),
		"<p>a<sup class=\"fn\"><a href=\"#fn-k\" id=\"fnref-k\" aria-label=\"Source 1\">1</a></sup> "
		"b<sup class=\"fn\"><a href=\"#fn-k\" id=\"fnref-k_2\" aria-label=\"Source 1\">1</a></sup></p>\n"
		"<section class=\"footnotes\" aria-labelledby=\"fn_h\">\n<h2 id=\"fn_h\">Sources</h2>\n<ol>\n"
		"<li id=\"fn-k\">N <a href=\"#fnref-k\" class=\"back\" aria-label=\"Back to the text, source 1\">↩</a> "
		"<a href=\"#fnref-k_2\" class=\"back\" aria-label=\"Back to the text, source 1, place 2\">↩</a></li>\n"
		"</ol>\n</section>\n");
	CHECK_STR(html(task, "[^unused]: U\n"), "");
}

static void test_links(struct task *task)
{
	CHECK_STR(html(task, "[a](<https://x.example/?q=\"'&ü b> 'T\"')"),
		"<p><a href=\"https://x.example/?q=%22&#39;&amp;%C3%BC%20b\" title=\"T&quot;\" rel=\"nofollow ugc noopener\">a</a></p>\n");
	CHECK_STR(html(task, "[a](javascript:x) [b](//e.example) [c](#d)"), "<p>a b <a href=\"#d\">c</a></p>\n");
	CHECK_STR(html(task, "![a *b*](/p.png) ![](q) [![c](d)](e)"),
		"<p><a href=\"/p.png\">a b</a> <a href=\"q\">image</a> <a href=\"e\">c</a></p>\n");
}

static void test_prefix(struct task *task)
{
	struct markdown_options options = { .id_prefix = "c7-" };
	const char *out = with(task, "## A\n\n[x](#a)[^n]\n\n[^n]: N\n", options);

	CHECK(has(out, "id=\"c7-a\"") && has(out, "<a href=\"#c7-a\">A</a>") && has(out, "<a href=\"#c7-a\">x</a>"));
	CHECK(has(out, "href=\"#c7-fn-n\" id=\"c7-fnref-n\"") && has(out, "<li id=\"c7-fn-n\">"));
	CHECK(has(out, "href=\"#c7-fnref-n\"") && has(out, "<h2 id=\"c7-fn_h\">"));
	CHECK(times(out, " id=\"") == times(out, " id=\"c7-"));
}

static void test_bare(struct task *task)
{
	struct markdown_options options = { .bare = true, .edit_url = "/e" };
	const char *out = with(task, "## A\n\n> [!NOTE]\n> **A-1.** x[^n]\n\n[^n]: N\n", options);

	CHECK(!has(out, " id=") && !has(out, "href"));
}

/* Every place where text of a stranger comes out. */
static void test_escaping(struct task *task)
{
	static const char evil[] = "\"><script>alert(1)</script><b x='";
	static const char *const places[] = {
		"%s", "\\%s", "# %s", "`%s`", "    %s", "```%s\nx\n```", "``` %s\n%s\n```", "> [!NOTE]\n> %s",
		"[a](u '%s')", "[a](<u%s>)", "[%s](u)", "![%s](u)", "![a](<%s>)", "[a]: <%s> (t)\n\n[a]",
		"| %s | b |\n|---|---|\n| %s | x |", "- [ ] %s", "- Key: %s", "x[^a]\n\n[^a]: %s",
		"> [!NOTE]\n> **A-1.** x\n>\n> - %s: x\n> - Strength: %s", "~~%s~~", "http://a.example/%s",
		"> [!NOTE]\n> **A-1.** x\n>\n> - Strength: %s", "<%s>", "&lt;script&gt;%s",
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		const char *text = arena_printf(&task->arena, places[i], evil, evil);
		const char *out = html(task, text);

		CHECK(!has(out, "<script") && !has(out, "<b x") && !has(out, "\"\""));
		CHECK(!has(out, "javascript"));
	}
}

static void test_refusals(struct task *task)
{
	CHECK(has(html(task, "a\x01"), "Line 1"));
	CHECK(has(html(task, "---\na: [\n---\n"), "front matter"));
}

static void test_plain(struct task *task)
{
	CHECK_STR(markdown_plain(&task->arena, "").safe, "");
	CHECK_STR(markdown_plain(&task->arena, "\n\n").safe, "");
	CHECK_STR(markdown_plain(&task->arena, "a <b>\nc\r\n\r\nd\n").safe, "<p>a &lt;b&gt;<br>\nc</p>\n<p>d</p>\n");
}

int main(void)
{
	struct task task = { 0 };

	test_headings(&task);
	test_recommendation(&task);
	test_blocks(&task);
	test_footnotes(&task);
	test_links(&task);
	test_prefix(&task);
	test_bare(&task);
	test_escaping(&task);
	test_refusals(&task);
	test_plain(&task);
	arena_free(&task.arena);
	return test_result();
}
