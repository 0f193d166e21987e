/* test_template.c: what templates can say, and what stops the boot */
#include <sys/stat.h>
#include <unistd.h>

#include "../test.h"
#include "view/view.h"

struct person {
	const char *name;
	int64_t votes;
};
static const struct field person_fields[] = {
	FIELD_TEXT(struct person, name),
	FIELD_INT(struct person, votes),
	FIELD_END
};
static const struct shape person_shape = SHAPE(person, person_fields);

struct value {
	const char *title;
	const char *link;
	struct html body;
	struct list people;
	struct list words;
	struct person chair;
	bool open;
	int64_t at;
};
static const struct field fields[] = {
	FIELD_TEXT(struct value, title),
	FIELD_URL(struct value, link),
	FIELD_HTML(struct value, body),
	FIELD_MANY(struct value, people, &person_shape),
	FIELD_WORDS(struct value, words),
	FIELD_ONE(struct value, chair, &person_shape),
	FIELD_BOOL(struct value, open),
	FIELD_TIME(struct value, at),
	FIELD_END
};
static const struct shape shape = SHAPE(value, fields);

struct around {
	const char *site;
};
static const struct field around_fields[] = { FIELD_TEXT(struct around, site), FIELD_END };
static const struct shape around_shape = SHAPE(around, around_fields);

static char folder[] = "/tmp/guidehall-view-XXXXXX";

static void put(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	CHECK(file && fputs(text, file) >= 0);
	fclose(file);
}

static const char *fill(struct arena *arena, const char *template, const struct value *value)
{
	const struct page page = { "page.html", &shape, NULL };
	const struct around around = { "Guidehall" };
	struct buf out = { .arena = arena };
	const struct view *view;

	put("page.html", template);
	view = view_bind(arena, folder, &page, &around_shape);
	if (!view)
		return NULL;
	view_html(&out, view, value, &around, 1795430520);
	return buf_text(&out);
}

static void test_escaping(struct arena *arena)
{
	const struct value v = { .title = "<b>\"&'", .body = { "<em>safe</em>" }, .link = "javascript:alert(1)" };

	CHECK_STR(fill(arena, "{{title}}|{{body}}|{{title|url}}", &v),
		"&lt;b&gt;&quot;&amp;&#39;|<em>safe</em>|%3Cb%3E%22%26%27");
	CHECK_STR(fill(arena, "<a href=\"{{link}}\">", &v), "<a href=\"#\">");
	CHECK_STR(fill(arena, "{{link}}", &(struct value) { .link = "//evil.example" }), "#");
	CHECK_STR(fill(arena, "{{link}}", &(struct value) { .link = "/\\evil.example" }), "#");
	CHECK_STR(fill(arena, "{{link}}", &(struct value) { .link = "/guides?a=1&b" }), "/guides?a=1&amp;b");
	CHECK_STR(fill(arena, "{{link}}", &(struct value) { .link = "https://example.org" }), "https://example.org");
	CHECK_STR(fill(arena, "{{title}}{{body}}{{link}}", &(struct value) { 0 }), "");
}

static void test_sections(struct arena *arena)
{
	struct person people[] = { { "Ada", 1 }, { "Bob <x>", 2 } };
	const char *words[] = { "pharma", "physician" };
	const struct value v = { .title = "T", .people = { people, 2 }, .words = { words, 2 }, .chair = people[0], .open = true };

	CHECK_STR(fill(arena, "{{#people}}{{name}} {{votes}} vote{{votes|s}} of {{title}} on {{site}}. {{/people}}", &v),
		"Ada 1 vote of T on Guidehall. Bob &lt;x&gt; 2 votes of T on Guidehall. ");
	CHECK_STR(fill(arena, "{{#words}}[{{.}}]{{/words}}{{words|count}}", &v), "[pharma][physician]2");
	CHECK_STR(fill(arena, "{{#chair}}{{name}}{{/chair}}", &v), "Ada");
	CHECK_STR(fill(arena, "{{#open}}yes{{/open}}{{^open}}no{{/open}}", &v), "yes");
	CHECK_STR(fill(arena, "{{^people}}none{{/people}}{{#title}}has{{/title}}{{^body}}empty{{/body}}", &v), "hasempty");
	CHECK_STR(fill(arena, "{{#people}}x{{/people}}{{^people}}none{{/people}}", &(struct value) { 0 }), "none");
	CHECK_STR(fill(arena, "a\n{{#open}}\nb\n{{/open}}\nc\n", &v), "a\nb\nc\n");
}

static void test_times(struct arena *arena)
{
	const struct value v = { .at = 1795430520 };

	CHECK_STR(fill(arena, "{{at}} {{at|day}} {{at|date}}", &v), "2026-11-23T10:42:00Z 23 November 2026 2026-11-23");
	CHECK_STR(fill(arena, "{{at|minute}} {{at|ago}}", &v), "23 November 2026, 10:42 UTC just now");
	CHECK_STR(fill(arena, "{{#at}}set{{/at}}{{^at}}never{{/at}}", &(struct value) { 0 }), "never");
}

static void test_layout(struct arena *arena)
{
	const struct value v = { .title = "Twitter" };

	put("layout.html", "<title>{{$title}}Default{{/title}} - {{site}}</title>{{$main}}{{/main}}");
	mkdir(arena_printf(arena, "%s/parts", folder), 0700);
	put("parts/chip.html", "<i>{{title}}</i>");
	CHECK_STR(fill(arena, "{{<layout}}{{$main}}{{>chip}}!{{/main}}{{/layout}}", &v),
		"<title>Default - Guidehall</title><i>Twitter</i>!");
	CHECK_STR(fill(arena, "{{<layout}}{{$title}}{{title}}{{/title}}{{/layout}}{{! a remark }}", &v),
		"<title>Twitter - Guidehall</title>");
}

/* Each is a mistake somebody makes; each must be found before the first reader. */
static void test_mistakes(struct arena *arena)
{
	static const char *const bad[] = { "{{titel}}", "{{#people}}{{nam}}{{/people}}", "{{#open}}never closed",
		"{{/open}}", "{{title|day}}", "{{people}}", "{{at|shout}}", "{{>nowhere}}", "{{.}}", "{{open|count}}",
		"{{#words}}{{#people}}{{/words}}{{/people}}" };
	const struct value v = { 0 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (fill(arena, bad[i], &v))
			fprintf(stderr, "accepted: %s\n", bad[i]);
		CHECK(!fill(arena, bad[i], &v));
	}
}

int main(void)
{
	struct arena arena = { 0 };

	CHECK(mkdtemp(folder));
	test_escaping(&arena);
	test_sections(&arena);
	test_times(&arena);
	test_layout(&arena);
	test_mistakes(&arena);
	unlink(arena_printf(&arena, "%s/parts/chip.html", folder));
	rmdir(arena_printf(&arena, "%s/parts", folder));
	unlink(arena_printf(&arena, "%s/layout.html", folder));
	unlink(arena_printf(&arena, "%s/page.html", folder));
	rmdir(folder);
	arena_free(&arena);
	return test_result();
}
