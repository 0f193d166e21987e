/* test_problems.c: what authors are told */
#include "../test.h"
#include "text/guideline.h"

static void test_each(struct task *task)
{
	static const struct {
		const char *text;
		int64_t line;
		bool error;
		const char *words;
	} cases[] = {
		{ "a\n\n[b](#nowhere)\n", 3, true, "#nowhere" },
		{ "a\nb [^x]\n", 2, true, "[^x]" },
		{ "a\n\n[^x]: b\n", 3, false, "[^x]" },
		{ "a[^x]\n\n[^x]: b\n[^x]: c\n", 4, true, "twice" },
		{ "> [!TIP]\n> **A-1.** x\n\n> [!TIP]\n> **A-1.** y\n", 4, true, "A-1" },
		{ "a [b](javascript:x)\n", 1, true, "“b”" },
		{ "| a |\n|---|\n| [b](#c) |\n", 3, true, "#c" },
		{ "---\nid: a\n---\n[b](#c)\n", 4, true, "#c" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct guideline g;
		const struct problem *p;

		CHECK(guideline_read(task, cases[i].text, strlen(cases[i].text), &g));
		CHECK(g.problems.count == 1);
		p = g.problems.items;
		CHECK(p && p->line == cases[i].line && p->error == cases[i].error);
		CHECK(p && strstr(p->message, cases[i].words));
	}
}

static void test_none(struct task *task)
{
	const char *text = "# A b\n\n[a](#a-b) [r](#r-1) [n](#fn-n) [o](other.md#x) [^n] [top](#)\n\n"
		"> [!TIP]\n> **R-1.** x\n\n[^n]: y\n";
	struct guideline g;

	CHECK(guideline_read(task, text, strlen(text), &g));
	CHECK(g.problems.count == 0);
}

static void test_order(struct task *task)
{
	const char *text = "x [^b]\n\n[a](#a)\n\n[^z]: u\n";
	const struct problem *p;
	struct guideline g;

	CHECK(guideline_read(task, text, strlen(text), &g));
	p = g.problems.items;
	CHECK(g.problems.count == 3 && p[0].line == 1 && p[1].line == 3 && p[2].line == 5);
}

int main(void)
{
	struct task task = { 0 };

	test_each(&task);
	test_none(&task);
	test_order(&task);
	arena_free(&task.arena);
	return test_result();
}
