/* test_inlines.c: strikes, bare addresses and boxes */
#include "tree.h"

/* The paragraph's inlines as letters: text, strike, link, emphasis, mark ... */
static const char *kinds(struct task *task, const char *text)
{
	static const char letters[] = "t_bcesklif";
	char *out = arena_alloc(&task->arena, 100), *at = out;
	const struct node *node = child(child(parse(task, text), 0), 0);

	for (; node; node = node->next)
		*at++ = letters[node->kind - NODE_TEXT];
	return out;
}

static void test_strike(struct task *task)
{
	CHECK_STR(kinds(task, "~~a~~"), "k");
	CHECK_STR(kinds(task, "a~~b~~c"), "tkt");
	CHECK_STR(kinds(task, "~~*a*~~ ~~b\nc~~"), "ktk");
	CHECK_STR(kinds(task, "~~ a~~"), "tt");
	CHECK_STR(kinds(task, "x ~~~a~~~ ~b~"), "t");
	CHECK_STR(kinds(task, "\\~~a~~"), "tt");
	CHECK_STR(kinds(task, "x ~~~~"), "t");
	CHECK_STR(kinds(task, "~~a ~~b~~ c~~"), "ttktt"); /* they do not nest */
	CHECK_STR(doc_plain(&task->arena, parse(task, "~~a ~~b~~ c~~")), "~~a b c~~");
}

static void test_addresses(struct task *task)
{
	const struct node *link = child(child(parse(task, "see https://a.example/x?a=1&b=2."), 0), 1);

	CHECK_STR(link->url, "https://a.example/x?a=1&b=2");
	CHECK_STR(kinds(task, "(http://a.example) xhttp://a"), "tlt");
	CHECK_STR(kinds(task, "[http://a.example](u)"), "l");
	CHECK(child(child(child(parse(task, "[http://a.example](u)"), 0), 0), 0)->kind == NODE_TEXT);
	CHECK_STR(kinds(task, "`http://a.example` h ht http"), "ct");
	CHECK_STR(kinds(task, "http://a\\\\b"), "t");
}

static void test_boxes(struct task *task)
{
	const struct node *list = child(parse(task, "- [ ] a\n- [x] b\n- [X] c\n- d\n- [y] e\n- [ ]f\n- [x](u)\n"), 0);

	CHECK(child(list, 0)->checked == 0);
	CHECK(child(list, 1)->checked == 1);
	CHECK(child(list, 2)->checked == 1);
	for (int i = 3; i < 7; i++)
		CHECK(child(list, i)->checked == -1);
	CHECK_STR(doc_plain(&task->arena, child(list, 1)), "b");
}

static void test_lines(struct task *task)
{
	const struct node *paragraph = child(parse(task, "x\n\na\nb [c](d)\n"), 1);

	CHECK(child(paragraph, 3)->kind == NODE_LINK && child(paragraph, 3)->first_line == 4);
}

int main(void)
{
	struct task task = { 0 };

	test_strike(&task);
	test_addresses(&task);
	test_boxes(&task);
	test_lines(&task);
	arena_free(&task.arena);
	return test_result();
}
