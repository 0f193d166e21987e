/* test_guideline.c: sections and recommendations */
#include "../test.h"
#include "text/guideline.h"

static const char text[] =
	"---\nid: t\n---\n"
	"# T\n\nintro\n\n"
	"## A\n\na\n\n"
	"### A1\n\n> [!TIP]\n> **TW-01.** Say *so*.[^n]\n>\n> And why.\n>\n> - Strength: strong\n> - Certainty: very low\n\n"
	"##### too deep\n\n"
	"## B\n\n"
	"Setext\n------\n\nend[^n]\n\n[^n]: N\n";

static void check_section(const struct guideline *g, const char *id, const char *from, const char *to)
{
	const struct section *s = guideline_section(g, id);

	CHECK(s && s->start == strstr(text, from) - text);
	CHECK(s && s->end == (to ? strstr(text, to) - text : (long)strlen(text)));
}

static void test_sections(const struct guideline *g)
{
	const struct section *all = g->sections.items;

	CHECK(g->sections.count == 5);
	check_section(g, "t", "# T", NULL);
	check_section(g, "a", "## A", "## B");
	check_section(g, "a1", "### A1", "## B");
	check_section(g, "b", "## B", "Setext");
	check_section(g, "setext", "Setext", NULL);
	CHECK(!guideline_section(g, "too-deep") && !guideline_section(g, ""));
	CHECK(all[0].own_end == all[1].start && all[1].own_end == all[2].start);
	CHECK(all[2].own_end == all[2].end && all[4].own_end == all[4].end);
	CHECK(all[0].number == 0 && all[1].number == 1 && all[2].number == 0 && all[4].number == 3);
	CHECK_STR(all[2].title, "A1");
	CHECK(all[2].level == 3);
}

static void test_recommendation(const struct guideline *g)
{
	const struct recommendation *r = g->recommendations.items;

	CHECK(g->recommendations.count == 1);
	CHECK_STR(r->id, "TW-01");
	CHECK_STR(r->anchor, "tw-01");
	CHECK_STR(r->text, "Say so. And why.");
	CHECK_STR(r->strength, "strong");
	CHECK_STR(r->certainty, "very low");
	CHECK(!r->direction && !r->basis && !r->audience && !r->jurisdiction);
	CHECK_STR(r->section, "a1");
	CHECK(r->start == strstr(text, "> [!TIP]") - text);
	CHECK(r->end == strstr(text, "\n##### too") - text);
}

static void test_refused(struct task *task)
{
	struct guideline g;

	CHECK(!guideline_read(task, "a\x01", 2, &g));
	task_forgive(task);
	CHECK(!guideline_read(task, "---\na", 5, &g));
	task_forgive(task);
	CHECK(guideline_read(task, "", 0, &g) && !g.sections.count);
}

int main(void)
{
	struct task task = { 0 };
	struct guideline g;

	CHECK(guideline_read(&task, text, strlen(text), &g));
	CHECK_STR(g.front.id, "t");
	CHECK(g.problems.count == 0);
	test_sections(&g);
	test_recommendation(&g);
	test_refused(&task);
	arena_free(&task.arena);
	return test_result();
}
