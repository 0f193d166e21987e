/* test_doc.c: kinds, places and plain text of the tree (doc.c, copy.c) */
#include "tree.h"
#include "base/buf.h"

/* Whether the block's bytes are these. */
static bool covers(const char *text, const struct node *block, const char *part)
{
	return block && block->end - block->begin == strlen(part)
		&& !memcmp(text + block->begin, part, strlen(part));
}

static void test_kinds(struct task *task)
{
	const struct node *doc = parse(task, "# a\n\nb\n\n> c\n\n- d\n\n    e\n\n---\n");

	CHECK(child(doc, 0)->kind == NODE_HEADING && child(doc, 0)->level == 1);
	CHECK(child(doc, 1)->kind == NODE_PARAGRAPH);
	CHECK(child(doc, 2)->kind == NODE_QUOTE);
	CHECK(child(doc, 3)->kind == NODE_LIST);
	CHECK(child(child(doc, 3), 0)->kind == NODE_ITEM);
	CHECK(child(doc, 4)->kind == NODE_RULE);
	CHECK(!child(doc, 5));
}

static void test_places(struct task *task)
{
	const char *text = "# a\n\nb\nb\n\n- c\n\n  d\n- e\n\n\n\n> f\ng\n\n```\nh\n\n```\n\n    i\n\nlast";
	const struct node *doc = parse(task, text);
	const struct node *list = child(doc, 2);

	CHECK(covers(text, child(doc, 0), "# a\n"));
	CHECK(covers(text, child(doc, 1), "b\nb\n"));
	CHECK(covers(text, list, "- c\n\n  d\n- e\n"));
	CHECK(covers(text, child(list, 0), "- c\n\n  d\n"));
	CHECK(covers(text, child(list, 1), "- e\n"));
	CHECK(covers(text, child(doc, 3), "> f\ng\n"));
	CHECK(covers(text, child(doc, 4), "```\nh\n\n```\n"));
	CHECK(covers(text, child(doc, 5), "    i\n"));
	CHECK(covers(text, child(doc, 6), "last"));
	CHECK(child(doc, 6)->first_line == 23 && child(doc, 6)->last_line == 23);
}

/* cmark gives an open fence a line of the next block. */
static void test_open_fence(struct task *task)
{
	const char *text = "> ```\n> a\nb\n";
	const struct node *doc = parse(task, text);

	CHECK(covers(text, child(doc, 0), "> ```\n> a\n"));
	CHECK(covers(text, child(child(doc, 0), 0), "> ```\n> a\n"));
	CHECK(covers(text, child(doc, 1), "b\n"));
}

static void test_newlines(struct task *task)
{
	const char *text = "a\r\n\r\n- b\r\n\r\nc\r\rd";
	const struct node *doc = parse(task, text);

	CHECK(covers(text, child(doc, 0), "a\r\n"));
	CHECK(covers(text, child(doc, 1), "- b\r\n"));
	CHECK(covers(text, child(doc, 2), "c\r"));
	CHECK(covers(text, child(doc, 3), "d"));
}

static void test_front_matter(struct task *task)
{
	const char *text = "---\ntitle: x\n---\n\n# a\n";
	const struct node *doc = doc_parse(&task->arena, text, strlen(text), 17, NULL);

	CHECK(doc->begin == 17);
	CHECK(covers(text, child(doc, 0), "# a\n") && child(doc, 0)->first_line == 5);
	CHECK(!doc_parse(&task->arena, text, 17, 17, NULL)->first);
	CHECK(!doc_parse(&task->arena, "", 0, 0, NULL)->first);
}

static void test_plain(struct task *task)
{
	const struct node *doc = parse(task,
		"a *b* `c`\nd ~~e~~[^f] \\[^g] ![h](i)\n\n- j\n- k\n\n[^f]: l\n");

	CHECK_STR(doc_plain(&task->arena, child(doc, 0)), "a b c d e [^g] h");
	CHECK_STR(doc_plain(&task->arena, child(doc, 1)), "j k");
}

/* Deeper than the path is long: all text stays, the stack too. */
static void test_deep_inlines(struct task *task)
{
	struct buf text = { .arena = &task->arena };
	const struct node *doc;

	for (int i = 0; i < 50000; i++)
		buf_putc(&text, '*');
	buf_putc(&text, 'a');
	for (int i = 0; i < 50000; i++)
		buf_putc(&text, '*');
	doc = parse(task, buf_text(&text));
	CHECK_STR(doc_plain(&task->arena, doc), "a");
}

static void test_raw_html(struct task *task)
{
	const struct node *doc = parse(task, "<div>\nx\n</div>\n\na <b>c</b>\n");

	CHECK(child(doc, 0)->kind == NODE_PARAGRAPH && !child(doc, 1));
	CHECK_STR(doc_plain(&task->arena, doc), "a c");
}

/* Blocks lie in their parents, one after the other; no text is shielded. */
static bool is_sound(const struct node *parent)
{
	int line = parent->first_line;

	for (const struct node *node = parent->first; node; node = node->next) {
		if (node->text && strstr(node->text, "\xf4\x8f\xbf"))
			return false;
		if (node->kind < NODE_TEXT && node->kind != NODE_FOOTNOTES) {
			if (node->first_line < line || node->last_line < node->first_line
					|| node->last_line > parent->last_line || node->begin >= node->end)
				return false;
			line = parent->kind == NODE_ROW ? line : node->last_line + 1;
		}
		if (node->kind != NODE_FOOTNOTES && !is_sound(node))
			return false;
	}
	return true;
}

static const char *random_text(struct arena *arena, unsigned int *seed)
{
	static const char *const pieces[] = {
		"a", " ", "*", "`", "~~", "[", "]", "(u)", "[^n]", "\n[^n]: ", "\\", "<b>", "\n<div>\n", "\n", "\n", "\n\n",
		"\n- ", "\n1. ", "\n> ", "\n    ", "\n  ", "|", "\n|-|-|\n", "\n|a|b|\n", "\n# ", "\n```\n", "\n---\n", "\n===\n",
		"\n> [!TIP]\n> **A-1.** ", "\r\n", "\r", "\t", "\\[^n]", "\\~~", "http://a.example/",
	};
	struct buf out = { .arena = arena };

	for (int i = 0; i < 30; i++) {
		*seed = *seed * 1103515245 + 12345;
		buf_puts(&out, pieces[(*seed >> 16) % (sizeof(pieces) / sizeof(*pieces))]);
	}
	return buf_text(&out);
}

static void test_random(void)
{
	unsigned int seed = 1;

	for (int i = 0; i < 5000; i++) {
		struct task task = { 0 };
		const char *text = random_text(&task.arena, &seed);
		bool sound = is_sound(parse(&task, text));

		CHECK(sound);
		if (!sound)
			fprintf(stderr, "---\n%s\n", text);
		arena_free(&task.arena);
	}
}

int main(void)
{
	struct task task = { 0 };

	test_kinds(&task);
	test_places(&task);
	test_open_fence(&task);
	test_newlines(&task);
	test_front_matter(&task);
	test_plain(&task);
	test_deep_inlines(&task);
	test_raw_html(&task);
	test_random();
	arena_free(&task.arena);
	return test_result();
}
