/* test_slug.c: titles as addresses */
#include "../test.h"
#include "base/arena.h"
#include "text/guideline.h"

int main(void)
{
	struct arena arena = { 0 };

	CHECK_STR(section_slug(&arena, "Before your first post"), "before-your-first-post");
	CHECK_STR(section_slug(&arena, "TW-03 Benefit & risk: together!"), "tw-03-benefit-risk-together");
	CHECK_STR(section_slug(&arena, "  What we don't, and don’t, do  "), "what-we-dont-and-dont-do");
	CHECK_STR(section_slug(&arena, "ÄRZTE, ÉTUDE, ŐRSÉG, ЖУРНАЛ, ΑΘΗΝΑ"), "ärzte-étude-őrség-журнал-αθηνα");
	CHECK_STR(section_slug(&arena, "副作用 の 報告"), "副作用-の-報告");
	CHECK_STR(section_slug(&arena, "العربية"), "العربية");
	CHECK_STR(section_slug(&arena, "Emoji 🙂 — “quoted”"), "emoji-quoted");
	CHECK_STR(section_slug(&arena, "!?"), "section");
	CHECK_STR(section_slug(&arena, ""), "section");
	CHECK_STR(section_slug(&arena, "a_b/c.d"), "a-b-c-d");
	CHECK(strlen(section_slug(&arena, "ab cd ab cd ab cd ab cd ab cd ab cd ab cd ab cd ab cd ab cd ab cd ab cd ab cd ab cd ab cd ab cd")) <= 84);
	arena_free(&arena);
	return test_result();
}
