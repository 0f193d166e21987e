/* test_headings.c: ids and numbers */
#include "tree.h"

static void test_ids(struct task *task)
{
	const struct node *doc = parse(task, "# A b\n\n## A b\n\n### A b\n\n## A b 2\n\n## !\n\n## *Em* [l](u)[^n]\n\n[^n]: x\n");

	CHECK_STR(child(doc, 0)->id, "a-b");
	CHECK_STR(child(doc, 1)->id, "a-b-2");
	CHECK_STR(child(doc, 2)->id, "a-b-3");
	CHECK_STR(child(doc, 3)->id, "a-b-2-2");
	CHECK_STR(child(doc, 4)->id, "section");
	CHECK_STR(child(doc, 5)->id, "em-l");
	CHECK(child(doc, 0)->number == 0 && child(doc, 1)->number == 1);
	CHECK(child(doc, 2)->number == 0 && child(doc, 5)->number == 4);
}

static void test_taken(struct task *task)
{
	const struct node *doc = parse(task, "## TW-03\n\n> [!NOTE]\n> **TW-03.** x\n\n> [!NOTE]\n> **TW-03.** y\n\n## Fn x\n\n## Main\n");

	CHECK_STR(child(doc, 0)->id, "tw-03-3");
	CHECK_STR(child(doc, 1)->id, "tw-03");
	CHECK_STR(child(doc, 2)->id, "tw-03-2");
	CHECK_STR(child(doc, 3)->id, "section-fn-x");
	CHECK_STR(child(doc, 4)->id, "main-2");
}

static void test_not_sections(struct task *task)
{
	const struct node *doc = parse(task, "> ## a\n\n- ## b\n\n## c\n");

	CHECK(!child(child(doc, 0), 0)->section && child(child(doc, 0), 0)->number == 0);
	CHECK(!child(child(child(doc, 1), 0), 0)->section);
	CHECK(child(doc, 2)->section && child(doc, 2)->number == 1);
}

int main(void)
{
	struct task task = { 0 };

	test_ids(&task);
	test_taken(&task);
	test_not_sections(&task);
	arena_free(&task.arena);
	return test_result();
}
