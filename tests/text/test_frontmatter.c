/* test_frontmatter.c: the subset of YAML, and what a guide needs */
#include "../test.h"
#include "base/buf.h"
#include "base/limit.h"
#include "text/frontmatter.h"

static const char good[] =
	"---\n"
	"id: twitter\n"
	"title: \"Twitter: a guide\" # comment\n"
	"description: Posts.\n"
	"platform: twitter-x\n"
	"audience: [pharma, physician]\n"
	"language: pt-BR\n"
	"jurisdiction:\n"
	"  - US\n"
	"  - INT\n"
	"licence: CC-BY-4.0\n"
	"owner: me@a.example\n"
	"review-by: 2028-02-29\n"
	"editors:\n"
	"  - name: A\n"
	"    orcid: 0000-0002-1825-0097\n"
	"  - B\n"
	"unknown: x\n"
	"funding: none\n"
	"---\n"
	"# Text\n";

static bool read(struct task *task, const char *text, struct front *out)
{
	task_forgive(task);
	return frontmatter_read(task, text, strlen(text), out);
}

static void test_good(struct task *task)
{
	struct front front;
	const char *const *words;

	CHECK(read(task, good, &front));
	CHECK_STR(front.id, "twitter");
	CHECK_STR(front.title, "Twitter: a guide");
	CHECK_STR(front.review_by, "2028-02-29");
	words = front.audience.items;
	CHECK(front.audience.count == 2 && !strcmp(words[1], "physician"));
	words = front.jurisdiction.items;
	CHECK(front.jurisdiction.count == 2 && !strcmp(words[0], "US"));
	CHECK(front.keywords.count == 0);
	CHECK_STR(good + front.end, "# Text\n");
	CHECK(frontmatter_valid(task, &front, "twitter"));
	CHECK(!frontmatter_valid(task, &front, "facebook"));
}

static void test_where(struct task *task)
{
	struct front front;

	CHECK(read(task, "", &front) && front.end == 0);
	CHECK(read(task, "# a\n---\nb: c\n---\n", &front) && front.end == 0);
	CHECK(read(task, "----\n", &front) && front.end == 0);
	CHECK(read(task, "---\n---\n", &front) && front.end == 8);
	CHECK(read(task, "---\n# only a comment\n---", &front) && front.end == 24);
	CHECK(read(task, "---  \r\nid: a\r\n...\r\nx", &front) && front.end == 19);
	CHECK_STR(front.id, "a");
	CHECK(read(task, "\xef\xbb\xbf---\nid: a\n---\n", &front) && front.end == 17);
	CHECK(read(task, "---\naudience: pharma\n---\n", &front) && front.audience.count == 1);
	CHECK(read(task, "---\ntitle:\n---\n", &front) && !front.title);
}

static bool refuses(struct task *task, const char *text, const char *words)
{
	struct front front;

	return !read(task, text, &front) && task->err.code == ERR_FIELDS
		&& strstr(task->err.message, words);
}

static void test_refused(struct task *task)
{
	CHECK(refuses(task, "---\nid: a\n", "never closed"));
	CHECK(refuses(task, "---\nid: a\nid: b\n---\n", "Line 3"));
	CHECK(refuses(task, "---\nid: a\ntitle: a: b\n---\n", "Line 3"));
	CHECK(refuses(task, "---\na: &x 1\nb: *x\n---\n", "Line 2"));
	CHECK(refuses(task, "---\na: *x\n---\n", "Line 2"));
	CHECK(refuses(task, "---\na: !!str b\n---\n", "tags"));
	CHECK(refuses(task, "---\na: |\n  b\n---\n", "on its line"));
	CHECK(refuses(task, "---\na: b\n  c\n---\n", "on its line"));
	CHECK(refuses(task, "---\na:\n  b: c\n---\n", "Line 3"));
	CHECK(refuses(task, "---\na: [[b]]\n---\n", "Line 2"));
	CHECK(refuses(task, "---\na:\n  - b:\n    - c\n---\n", "Line 4"));
	CHECK(refuses(task, "---\ntitle: [a]\n---\n", "one value"));
	CHECK(refuses(task, "---\naudience:\n  - a: b\n---\n", "Line 3"));
	CHECK(refuses(task, "---\n- a\n---\n", "Line 2"));
	CHECK(refuses(task, "---\na:\n\t- b\n---\n", "Line 3"));
	CHECK(refuses(task, "---\na: \"b\\nc\"\n---\n", "line breaks"));
	CHECK(refuses(task, "---\na: \"b\\0c\"\n---\n", "line breaks"));
	CHECK(refuses(task, "---\na: \"\\uFFFF\"\n---\n", "line breaks"));
	CHECK(refuses(task, "---\nid: a\xe2\x80\xa8title: b\n---\n", "line separator"));
	CHECK(refuses(task, "---\nid: a\xc2\x85title: b\n---\n", "line separator"));
	CHECK(refuses(task, "---\n[a]: b\n---\n", "Line 2"));
}

static void test_size(struct task *task)
{
	struct buf text = { .arena = &task->arena };
	struct front front;

	buf_puts(&text, "---\n");
	while (text.len < LIMIT_FRONT_BYTES)
		buf_puts(&text, "# long\n");
	buf_puts(&text, "---\n");
	CHECK(!frontmatter_read(task, buf_text(&text), text.len, &front));
	task_forgive(task);
}

/* The good one with a line changed. */
static bool valid_with(struct task *task, const char *line, const char *instead)
{
	const char *at = strstr(good, line);
	struct front front;
	const char *text = arena_printf(&task->arena, "%.*s%s%s", (int)(at - good), good, instead, at + strlen(line));

	return read(task, text, &front) && frontmatter_valid(task, &front, "twitter");
}

static void test_values(struct task *task)
{
	CHECK(valid_with(task, "pt-BR", "en"));
	CHECK(!valid_with(task, "pt-BR", "english"));
	CHECK(!valid_with(task, "pt-BR", "e"));
	CHECK(!valid_with(task, "twitter-x", "mastodon"));
	CHECK(!valid_with(task, "2028-02-29", "2027-02-29"));
	CHECK(!valid_with(task, "2028-02-29", "soon"));
	CHECK(!valid_with(task, "- US", "- USA"));
	CHECK(!valid_with(task, "CC-BY-4.0", "as you like"));
	CHECK(!valid_with(task, "[pharma, physician]", "[]"));
	CHECK(!valid_with(task, "funding: none\n", ""));
}

static void test_all_named(struct task *task)
{
	struct front front = { 0 };

	task_forgive(task);
	CHECK(!frontmatter_valid(task, &front, "twitter"));
	CHECK(task->err.fields.count == 11);
}

int main(void)
{
	struct task task = { 0 };

	test_good(&task);
	test_where(&task);
	test_refused(&task);
	test_size(&task);
	test_values(&task);
	test_all_named(&task);
	arena_free(&task.arena);
	return test_result();
}
