/* test_html.c: the release page: complete, valid, and harmless */
#include "fixture.h"

static const char *page(struct task *task, const struct edition *e, const char **style)
{
	struct buf out = { .arena = &task->arena };

	CHECK(press_html(task, e, &out, style));
	CHECK(out.len == strlen(buf_text(&out)));
	return buf_text(&out);
}

static void complete(struct task *task)
{
	const struct edition e = edition();
	const char *style = NULL;
	const char *html = page(task, &e, &style);

	CHECK(!strncmp(html, "<!doctype html>\n<html lang=\"en\">", 32));
	CHECK(strstr(html, "<h1 lang=\"en\" dir=\"auto\">How pharma should use Twitter (X)</h1>"));
	CHECK(strstr(html, "<title>How pharma should use Twitter (X), version 1.0.0</title>"));
	CHECK(strstr(html, "<time datetime=\"2026-03-29\">29 March 2026</time>"));
	CHECK(strstr(html, "<dt>Licence</dt><dd>CC-BY-4.0</dd>"));
	CHECK(strstr(html, "<code>0123456789abcdef0123456789abcdef01234567</code>"));
	CHECK(strstr(html, "href=\"https://guides.example.org/guides/twitter/v/1.0.0\""));
	CHECK(strstr(html, "pharma, physician"));
	CHECK(strstr(html, "Says <strong>who</strong> answers"));
	CHECK(strstr(html, "TW-01"));
	CHECK(style && strlen(style) == 7 + 44 && strstr(html, style));
	CHECK(strstr(html, "</html>\n"));
}

/* The whole page asks for nothing: no element and no rule that loads. */
static void quiet(struct task *task)
{
	static const char *const loads[] = {
		"<script", "<link", "<img", "<iframe", "<object", "<embed", "<audio", "<video",
		"<source", "<form", "<base", " src=", "srcset=", "url(", "@import", "@font-face",
		"<style ", " style=", " onclick=", " onerror=", "javascript:",
	};
	const struct edition e = edition();
	const char *html = page(task, &e, NULL);

	for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++)
		if (strcasestr(html, loads[i]))
			CHECK_STR(loads[i], "absent");
}

/* Nothing a person wrote becomes markup, wherever it stands. */
static void hostile(struct task *task)
{
	static const char evil[] = "\"'><script>alert(1)</script><img src=x onerror=y>&amp;";
	struct edition e = edition();
	const char *html;

	e.slug = e.version = e.commit = e.url = e.site = e.notes = evil;
	e.text = "---\n"
		 "title: '\"''><script>alert(1)</script>'\n"
		 "description: '\"><script>alert(1)</script>'\n"
		 "language: '\"><script>'\n"
		 "licence: '<script>'\n"
		 "owner: '<script>'\n"
		 "funding: '<script>'\n"
		 "audience: ['<script>']\n"
		 "---\n\n# <script>alert(1)</script>\n\n<script>alert(1)</script> [a](javascript:alert(1))\n";
	e.len = strlen(e.text);
	html = page(task, &e, NULL);
	CHECK(!strcasestr(html, "<script"));
	CHECK(!strcasestr(html, "<img"));
	CHECK(!strcasestr(html, "href=\"javascript:"));
	CHECK(strstr(html, "&lt;script&gt;alert(1)"));
	CHECK(strstr(html, "&amp;amp;"));
}

/* An address that is a path is shown, not linked; without notes, none. */
static void small(struct task *task)
{
	struct edition e = edition();
	const char *html;

	e.url = "/guides/twitter/v/1.0.0";
	e.notes = " \r\n";
	e.text = "Only text.\n";
	e.len = strlen(e.text);
	html = page(task, &e, NULL);
	CHECK(strstr(html, "<dd>/guides/twitter/v/1.0.0</dd>"));
	CHECK(!strstr(html, "What is new"));
	CHECK(!strstr(html, "<dt>Licence</dt>"));
	CHECK(strstr(html, ">twitter</h1>"));
}

/* The style source in the policy is the one of the style sheet in the page. */
static void policy(struct task *task, const char *dir)
{
	const struct edition e = edition();
	const char *style = NULL;
	const char *html = page(task, &e, &style);
	const struct press_file file = { .name = "a.html", .bytes = html, .size = (int64_t)strlen(html) };

	scratch_write(dir, &file);
	CHECK_STR(run("cd %s && python3 -c 'import re, hashlib, base64; s = re.search(b\"<style>(.*)</style>\", open(\"a.html\", \"rb\").read(), re.S)[1]; print(\"sha256-\" + base64.b64encode(hashlib.sha256(s).digest()).decode())'", dir),
		arena_printf(&task->arena, "%s\n", style));
}

static void valid(struct task *task, const char *dir, const char *checker)
{
	const struct edition e = edition();
	const char *html = page(task, &e, NULL);
	const struct press_file file = { .name = "b.html", .bytes = html, .size = (int64_t)strlen(html) };

	scratch_write(dir, &file);
	CHECK_STR(run("python3 %s %s/b.html", checker, dir), "");
}

int main(int argc, char **argv)
{
	struct task task = { .now = 1700000000 };
	char dir[PATH_MAX];

	CHECK(argc == 2);
	scratch_make(dir);
	complete(&task);
	quiet(&task);
	hostile(&task);
	small(&task);
	policy(&task, dir);
	valid(&task, dir, argv[1]);
	run("rm -rf %s", dir);
	arena_free(&task.arena);
	return test_result();
}
