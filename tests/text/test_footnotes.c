/* test_footnotes.c: marks, definitions, numbers */
#include "tree.h"

static const struct node *last(const struct node *doc)
{
	const struct node *at = doc->first;

	while (at && at->next)
		at = at->next;
	return at;
}

static void test_order(struct task *task)
{
	const struct node *doc = parse(task, "x[^b] y[^a] z[^b]\n\n[^a]: A\n[^b]: B[^c]\n[^c]: C\n[^d]: D\n");
	const struct node *notes = last(doc);

	CHECK(notes->kind == NODE_FOOTNOTES);
	CHECK_STR(child(notes, 0)->id, "b");
	CHECK_STR(child(notes, 1)->id, "a");
	CHECK_STR(child(notes, 2)->id, "c"); /* used by a footnote only */
	CHECK_STR(child(notes, 3)->id, "d"); /* not used */
	CHECK(child(notes, 0)->number == 1 && child(notes, 0)->mark == 2);
	CHECK(child(notes, 2)->number == 3 && child(notes, 3)->number == 0);
	CHECK(child(notes, 1)->first_line == 3 && child(notes, 1)->last_line == 3);
	CHECK(child(child(doc, 0), 1)->kind == NODE_FOOTNOTE_MARK);
	CHECK(child(child(doc, 0), 5)->mark == 2);
}

/* cmark alone would take "[^a]: word" for the address of a link. */
static void test_one_word(struct task *task)
{
	const struct node *notes = last(parse(task, "x[^a]\n\n[^a]: word\n"));

	CHECK_STR(doc_plain(&task->arena, child(notes, 0)), "word");
}

static void test_long(struct task *task)
{
	const char *text = "x[^a]\n\n[^a]: One\nlazy\n\n    Two\n\n    - three\n\nafter\n";
	const struct node *doc = parse(task, text);
	const struct node *note = child(last(doc), 0);

	CHECK_STR(doc_plain(&task->arena, child(note, 0)), "One lazy");
	CHECK(!child(note, 0)->tight);
	CHECK_STR(doc_plain(&task->arena, child(note, 1)), "Two");
	CHECK(child(note, 2)->kind == NODE_LIST);
	CHECK(note->first_line == 3 && note->last_line == 8);
	CHECK_STR(doc_plain(&task->arena, child(doc, 1)), "after");
	CHECK(!memcmp(text + note->begin, "[^a]: One", 9));
}

static void test_begins_with_list(struct task *task)
{
	const struct node *note = child(last(parse(task, "x[^a]\n\n[^a]: - b\n    - c\n")), 0);

	CHECK(child(note, 0)->kind == NODE_LIST && child(child(note, 0), 1));
}

static void test_below_others(struct task *task)
{
	const struct node *doc = parse(task, "x[^a]\n[^a]: A\n\n- item\n[^b]: B\n");

	CHECK(child(doc, 0)->kind == NODE_PARAGRAPH && child(doc, 1)->kind == NODE_LIST);
	CHECK_STR(doc_plain(&task->arena, child(doc, 1)), "item");
	CHECK(child(last(doc), 1) && !child(last(doc), 2));
}

static void test_not_in_code(struct task *task)
{
	const struct node *doc = parse(task, "```\n[^a]: x\n```\n\n`[^a]` [^a]\n\n    [^a]: y\n");

	CHECK_STR(child(doc, 0)->text, "[^a]: x\n");
	CHECK_STR(doc_plain(&task->arena, child(doc, 1)), "[^a] [^a]");
	CHECK_STR(child(doc, 2)->text, "[^a]: y\n");
	CHECK(last(doc)->kind != NODE_FOOTNOTES);
}

static void test_undefined(struct task *task)
{
	const char *text = "a\n\nb\nc [^none] [l [^none]](u) \\[^no]\n\n[^A]: x\n";
	struct list undefined = { 0 };
	struct node *const *marks;

	doc_parse(&task->arena, text, strlen(text), 0, &undefined);
	marks = undefined.items;
	CHECK(undefined.count == 1);
	CHECK(undefined.count && marks[0]->first_line == 4);
	CHECK(undefined.count && !strcmp(marks[0]->id, "none"));
	CHECK(child(child(parse(task, "x[^a]\n\n[^A]: x\n"), 0), 1)->kind == NODE_FOOTNOTE_MARK);
}

static void test_twice(struct task *task)
{
	const struct node *notes = last(parse(task, "x[^a]\n\n[^a]: one\n[^a]: two\n"));

	CHECK_STR(doc_plain(&task->arena, child(notes, 0)), "one");
	CHECK(child(notes, 1)->number == 0);
}

int main(void)
{
	struct task task = { 0 };

	test_order(&task);
	test_one_word(&task);
	test_long(&task);
	test_begins_with_list(&task);
	test_below_others(&task);
	test_not_in_code(&task);
	test_undefined(&task);
	test_twice(&task);
	arena_free(&task.arena);
	return test_result();
}
