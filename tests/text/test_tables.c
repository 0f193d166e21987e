/* test_tables.c: tables wherever they stand */
#include "tree.h"

static const char *cell(struct task *task, const struct node *table, int row, int column)
{
	const struct node *at = child(child(table, row), column);

	return at && at->kind == NODE_CELL ? doc_plain(&task->arena, at) : NULL;
}

static void test_simple(struct task *task)
{
	const struct node *doc = parse(task, "| a | *b* |\n|:-:|--:|\n| 1 \\| 2 | `3 \\| 4` | no |\n| 5\n\nafter\n");
	const struct node *table = child(doc, 0);

	CHECK(table->kind == NODE_TABLE && table->first_line == 1 && table->last_line == 4);
	CHECK(child(table, 0)->header && child(child(table, 0), 0)->header);
	CHECK(!child(table, 1)->header && !child(table, 3));
	CHECK_STR(cell(task, table, 0, 1), "b");
	CHECK(child(child(child(table, 0), 1), 0)->kind == NODE_EMPHASIS);
	CHECK_STR(cell(task, table, 1, 0), "1 | 2");
	CHECK_STR(cell(task, table, 1, 1), "3 | 4");
	CHECK(!cell(task, table, 1, 2));
	CHECK_STR(cell(task, table, 2, 0), "5");
	CHECK_STR(cell(task, table, 2, 1), "");
	CHECK(child(child(table, 1), 0)->align == 'c' && child(child(table, 1), 1)->align == 'r');
	CHECK(child(child(table, 1), 0)->first_line == 3);
	CHECK(child(doc, 1)->kind == NODE_PARAGRAPH);
}

static void test_contained(struct task *task)
{
	const struct node *quote = child(parse(task, "> > | a | b |\n> > |---|---|\n>> | > | - x |\n"), 0);
	const struct node *item = child(child(parse(task, "1. x\n\n   a | b\n   --|--\n   1 | # 2\n"), 0), 0);
	const struct node *direct = child(child(parse(task, "- | a |\n  |---|\n  | 1 |\n"), 0), 0);

	CHECK(child(child(quote, 0), 0)->kind == NODE_TABLE);
	CHECK_STR(cell(task, child(child(quote, 0), 0), 1, 0), ">");
	CHECK_STR(cell(task, child(child(quote, 0), 0), 1, 1), "- x");
	CHECK(child(item, 1)->kind == NODE_TABLE);
	CHECK_STR(cell(task, child(item, 1), 1, 1), "# 2");
	CHECK_STR(cell(task, child(direct, 0), 1, 0), "1");
}

static void test_text_above(struct task *task)
{
	const struct node *doc = parse(task, "some *text\nand* more\n| a | b |\n|---|---|\n");

	CHECK(child(doc, 0)->kind == NODE_PARAGRAPH && child(doc, 0)->last_line == 2);
	CHECK_STR(doc_plain(&task->arena, child(doc, 0)), "some text and more");
	CHECK(child(doc, 1)->kind == NODE_TABLE && child(doc, 1)->first_line == 3);
}

static void test_line_below(struct task *task)
{
	const struct node *doc = parse(task, "| a | b |\n|---|---|\n| 1 | 2 |\n---\nx\n");

	CHECK(child(doc, 0)->kind == NODE_TABLE && child(doc, 0)->last_line == 3);
	CHECK(child(doc, 1)->kind == NODE_RULE && child(doc, 1)->first_line == 4);
	CHECK(child(doc, 2)->kind == NODE_PARAGRAPH);
}

static void test_references(struct task *task)
{
	const struct node *doc = parse(task,
		"| [x] | [y][r] |\n|---|---|\n\n> [x]: /one\n\n[r]: /two\n    'title'\n");
	const struct node *header = child(child(doc, 0), 0);

	CHECK_STR(child(child(header, 0), 0)->url, "/one");
	CHECK_STR(child(child(header, 1), 0)->url, "/two");
	CHECK_STR(child(child(header, 1), 0)->title, "title");
}

static void test_none(struct task *task)
{
	CHECK(child(parse(task, "a\n---\n"), 0)->kind == NODE_HEADING);
	CHECK(child(parse(task, "| a | b |\n|---|\n"), 0)->kind == NODE_PARAGRAPH);
	CHECK(child(parse(task, "|---|---|\n"), 0)->kind == NODE_PARAGRAPH);
	CHECK(child(parse(task, "    | a |\n    |---|\n"), 0)->kind == NODE_CODE);
}

int main(void)
{
	struct task task = { 0 };

	test_simple(&task);
	test_contained(&task);
	test_text_above(&task);
	test_line_below(&task);
	test_references(&task);
	test_none(&task);
	arena_free(&task.arena);
	return test_result();
}
