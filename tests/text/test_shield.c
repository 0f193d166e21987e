/* test_shield.c: escapes come through, and back */
#include "../test.h"
#include "base/arena.h"
#include "base/buf.h"
#include "text/shield.h"

static const char *there_and_back(struct arena *arena, const char *text, bool code)
{
	struct buf out = { .arena = arena };

	shield_put(&out, text, strlen(text));
	return shield_lift(arena, buf_text(&out), code);
}

int main(void)
{
	struct arena arena = { 0 };
	struct buf out = { .arena = &arena };

	CHECK_STR(there_and_back(&arena, "a \\[^b] \\~~ \\[c]", false), "a [^b] ~~ \\[c]");
	CHECK_STR(there_and_back(&arena, "a \\[^b] \\~~ \\[c]", true), "a \\[^b] \\~~ \\[c]");
	/* an escaped backslash escapes nothing */
	CHECK_STR(there_and_back(&arena, "\\\\[^b] \\\\~", false), "\\\\[^b] \\\\~");
	CHECK_STR(there_and_back(&arena, "\\", false), "\\");
	CHECK_STR(there_and_back(&arena, "", false), "");
	/* other characters of the last plane are none of ours */
	CHECK_STR(there_and_back(&arena, "\xf4\x8f\xbf\xbd \\~", false), "\xf4\x8f\xbf\xbd ~");
	CHECK(!shield_lift(&arena, NULL, false));
	shield_put(&out, "\\[^", 3);
	CHECK(!strchr(buf_text(&out), '['));
	arena_free(&arena);
	return test_result();
}
