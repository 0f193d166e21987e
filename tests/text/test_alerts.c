/* test_alerts.c: alerts, recommendations and their facts */
#include "tree.h"

static void test_alert(struct task *task)
{
	const struct node *alert = child(parse(task, "> [!warning]  \n> Text\n>\n> more\n"), 0);

	CHECK(alert->kind == NODE_ALERT);
	CHECK_STR(alert->name, "warning");
	CHECK_STR(doc_plain(&task->arena, child(alert, 0)), "Text");
	CHECK(child(alert, 1) && alert->first_line == 1 && child(alert, 0)->first_line == 2);
	alert = child(parse(task, "> [!NOTE]\n>\n> - x\n"), 0);
	CHECK(alert->kind == NODE_ALERT && child(alert, 0)->kind == NODE_LIST);
}

static void test_quotes(struct task *task)
{
	CHECK(child(parse(task, "> [!OTHER]\n> x\n"), 0)->kind == NODE_QUOTE);
	CHECK(child(parse(task, "> [!NOTE] x\n"), 0)->kind == NODE_QUOTE);
	CHECK(child(parse(task, "> [!NOTE]\n"), 0)->kind == NODE_QUOTE);
	CHECK(child(parse(task, "> **[!NOTE]**\n> x\n"), 0)->kind == NODE_QUOTE);
	CHECK(child(child(parse(task, "> > [!NOTE]\n> > x\n"), 0), 0)->kind == NODE_QUOTE);
	CHECK(!child(child(parse(task, ">\n"), 0), 0));
}

static void test_recommendation(struct task *task)
{
	const struct node *rec = child(parse(task,
		"> [!CAUTION]\n> **TW-03.** Do *not*.\n>\n> - Strength: strong\n> - Basis: see [x](y)\n> - Empty:\n"), 0);
	const struct node *facts = child(rec, 1);

	CHECK(rec->kind == NODE_RECOMMENDATION);
	CHECK_STR(rec->name, "caution");
	CHECK_STR(rec->text, "TW-03");
	CHECK_STR(rec->id, "tw-03");
	CHECK_STR(doc_plain(&task->arena, child(rec, 0)), "Do not.");
	CHECK(facts->kind == NODE_FACTS && child(facts, 0)->kind == NODE_FACT);
	CHECK_STR(child(facts, 1)->name, "Basis");
	CHECK_STR(doc_fact(&task->arena, rec, "Strength"), "strong");
	CHECK_STR(doc_fact(&task->arena, rec, "Basis"), "see x");
	CHECK_STR(doc_fact(&task->arena, rec, "Empty"), "");
	CHECK(!doc_fact(&task->arena, rec, "Nothing"));
}

static bool is_recommendation(struct task *task, const char *text)
{
	return child(parse(task, text), 0)->kind == NODE_RECOMMENDATION;
}

static void test_ids(struct task *task)
{
	CHECK(is_recommendation(task, "> [!NOTE]\n> **A-1** x\n"));
	CHECK(is_recommendation(task, "> [!NOTE]\n> **FB2-10.**\n> x\n"));
	CHECK(!is_recommendation(task, "> [!NOTE]\n> **TW.** x\n"));
	CHECK(!is_recommendation(task, "> [!NOTE]\n> **tw-03.** x\n"));
	CHECK(!is_recommendation(task, "> [!NOTE]\n> **TW-03 and more.** x\n"));
	CHECK(!is_recommendation(task, "> [!NOTE]\n> x **TW-03.**\n"));
	CHECK(!is_recommendation(task, "> **TW-03.** x\n"));
}

static void test_plain_list(struct task *task)
{
	const struct node *rec = child(parse(task, "> [!TIP]\n> **A-1.** x\n>\n> - Key: v\n> - no key\n"), 0);

	CHECK(child(rec, 1)->kind == NODE_LIST);
}

int main(void)
{
	struct task task = { 0 };

	test_alert(&task);
	test_quotes(&task);
	test_recommendation(&task);
	test_ids(&task);
	test_plain_list(&task);
	arena_free(&task.arena);
	return test_result();
}
