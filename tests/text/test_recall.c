/* test_recall.c: a structure that is remembered is the one that was read */
#include "../test.h"
#include "base/memo.h"
#include "text/guideline.h"

static const char text[] =
	"---\nid: t\ntitle: T\naudience: [pharma, physician]\n---\n"
	"# T\n\nintro[^lost]\n\n## A\n\n"
	"> [!IMPORTANT]\n> **TW-01.** Say *so*.[^n]\n>\n> - Strength: strong\n> - Certainty: very low\n\n"
	"[^n]: N\n";

static void check(const struct guideline *g)
{
	const struct section *s = guideline_section(g, "a");
	const struct recommendation *r = g->recommendations.items;
	const struct problem *p = g->problems.items;

	CHECK_STR(g->front.title, "T");
	CHECK(g->front.audience.count == 2 && g->front.end == strstr(text, "# T") - text);
	CHECK_STR(((const char **)g->front.audience.items)[1], "physician");
	CHECK(g->sections.count == 2 && s && s->start == strstr(text, "## A") - text && s->end == (int64_t)strlen(text) && s->number == 1);
	CHECK(g->recommendations.count == 1 && r->start == strstr(text, "> [!IMP") - text && r->end > r->start);
	CHECK_STR(r->id, "TW-01");
	CHECK_STR(r->certainty, "very low");
	CHECK_STR(r->section, "a");
	CHECK(!r->basis);
	CHECK(g->problems.count == 1 && p->line == 8);
	CHECK(strstr(p->message, "lost"));
}

static void read(struct memo *memo, int times)
{
	for (; times; times--) {
		struct task task = { .memo = memo };
		struct guideline g = { 0 };

		CHECK(guideline_read(&task, text, strlen(text), &g));
		check(&g);
		arena_free(&task.arena);
	}
}

static void test_what_cannot_be_read_stays_so(struct memo *memo)
{
	for (int i = 0; i < 2; i++) {
		struct task task = { .memo = memo };
		struct guideline g = { 0 };

		CHECK(!guideline_read(&task, "---\nid: [\n", 10, &g) && task.err.code == ERR_FIELDS);
		arena_free(&task.arena);
	}
}

int main(void)
{
	struct memo *memo = memo_open(1 << 20);

	read(NULL, 1);
	read(memo, 3);
	test_what_cannot_be_read_stays_so(memo);
	memo_close(memo);
	return test_result();
}
