/* test_buf.c: growing bytes and the two ways of escaping */
#include "../test.h"
#include "base/arena.h"
#include "base/buf.h"

static void test_grows(struct arena *arena)
{
	struct buf buf = { .arena = arena };

	CHECK_STR(buf_text(&buf), "");
	for (int i = 0; i < 10000; i++)
		buf_printf(&buf, "%04d ", i);
	CHECK(buf.len == 50000);
	CHECK(strlen(buf.bytes) == 50000);
	CHECK(!memcmp(buf.bytes + 49995, "9999 ", 5));
}

static void test_html(struct arena *arena)
{
	struct buf buf = { .arena = arena };

	buf_html(&buf, "<b title=\"x\" alt='y'>&amp;</b> ünï");
	CHECK_STR(buf_text(&buf), "&lt;b title=&quot;x&quot; alt=&#39;y&#39;&gt;&amp;amp;&lt;/b&gt; ünï");
	buf.len = 0;
	buf_html_len(&buf, "<<<", 2);
	CHECK_STR(buf_text(&buf), "&lt;&lt;");
}

static void test_url(struct arena *arena)
{
	struct buf buf = { .arena = arena };

	buf_url(&buf, "a b&c=d/e?f#g%h+é~_-.");
	CHECK_STR(buf_text(&buf), "a%20b%26c%3Dd%2Fe%3Ff%23g%25h%2B%C3%A9~_-.");
}

static void test_bytes(struct arena *arena)
{
	struct buf buf = { .arena = arena };

	buf_add(&buf, "a\0b", 3);
	buf_putc(&buf, 'c');
	CHECK(buf.len == 4 && !memcmp(buf.bytes, "a\0bc", 5));
}

int main(void)
{
	struct arena arena = { 0 };

	test_grows(&arena);
	test_html(&arena);
	test_url(&arena);
	test_bytes(&arena);
	arena_free(&arena);
	return test_result();
}
