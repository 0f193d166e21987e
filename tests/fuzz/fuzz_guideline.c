/* Structure: sections lie in each other like headings do, every one of them
 * is where the page has it, recommendations stand in their sections. */
#include "base/buf.h"
#include "base/memo.h"
#include "fuzz.h"
#include "text/guideline.h"
#include "text/mark.h"
#include "text/markdown.h"

/* The next section of this level or above begins where this one ends. */
static void check_nesting(const struct guideline *g, size_t index, size_t len)
{
	const struct section *all = g->sections.items, *s = &all[index];
	size_t next = index + 1;

	MUST(s->level >= 1 && s->level <= 4);
	MUST(s->start < s->end && (size_t)s->end <= len && s->own_end > s->start && s->own_end <= s->end);
	MUST(s->own_end == (next < g->sections.count ? all[next].start : (int64_t)len) || s->own_end == s->end);
	while (next < g->sections.count && all[next].level > s->level)
		next++;
	MUST(s->end == (next < g->sections.count ? all[next].start : (int64_t)len));
}

static void check_ids(const struct guideline *g, const char *html)
{
	const struct section *all = g->sections.items;
	struct arena arena = { 0 };

	for (size_t i = 0; i < g->sections.count; i++) {
		struct buf id = { .arena = &arena };
		const char *at;

		MUST(*all[i].id && guideline_section(g, all[i].id) == &all[i]);
		buf_printf(&id, "<h%d id=\"", (int)all[i].level);
		buf_html(&id, all[i].id);
		buf_putc(&id, '"');
		at = strstr(html, buf_text(&id));
		MUST(at && !strstr(at + 1, buf_text(&id)));
		/* in the order of the text */
		html = at;
	}
	arena_free(&arena);
}

/* What a person edits is a text of its own that begins with the same heading. */
static void check_alone(struct task *task, struct text text, const struct section *s)
{
	const char *cut = section_cut(&task->arena, text.bytes, s);
	struct guideline alone = { 0 };
	const struct section *first;

	/* "[^key]:" without a text begins a source where nothing stands above */
	if (mark_defines((struct slice) { cut, strcspn(cut, "\n") }))
		return;
	if (!guideline_read(task, cut, strlen(cut), &alone)) {
		/* "---" under a heading of two lines opens front matter there */
		task_forgive(task);
		return;
	}
	first = alone.sections.items;
	if (alone.front.end || !alone.sections.count)
		return;
	MUST(first->level == s->level && first->start == 0);
}

static void check_recommendations(const struct guideline *g, size_t len)
{
	const struct recommendation *r = g->recommendations.items;

	for (size_t i = 0; i < g->recommendations.count; i++) {
		const struct section *s = r[i].section ? guideline_section(g, r[i].section) : NULL;

		MUST(*r[i].id && r[i].start < r[i].end && (size_t)r[i].end <= len);
		MUST(!s == !r[i].section);
		MUST(!s || (s->start < r[i].start && r[i].end <= s->own_end));
		MUST(!i || r[i - 1].end <= r[i].start);
	}
}

static void check_problems(const struct guideline *g, struct text text)
{
	const struct problem *p = g->problems.items;
	int64_t lines = 1;

	for (size_t i = 0; i < text.len; i++)
		lines += text.bytes[i] == '\n' || (text.bytes[i] == '\r' && text.bytes[i + 1] != '\n');
	for (size_t i = 0; i < g->problems.count; i++) {
		MUST(p[i].line >= 1 && p[i].line <= lines && *p[i].message);
		MUST(!i || p[i - 1].line <= p[i].line);
	}
}

/* What is remembered of a text is what was read of it. */
static void check_remembered(const struct guideline *g, struct text text)
{
	static struct memo *memo;
	struct task task = { .memo = memo ? memo : (memo = memo_open(1 << 20)) };
	struct guideline again = { 0 };
	const struct section *a = g->sections.items, *b;

	MUST(guideline_read(&task, text.bytes, text.len, &again) && guideline_read(&task, text.bytes, text.len, &again));
	MUST(again.sections.count == g->sections.count && again.problems.count == g->problems.count
		&& again.recommendations.count == g->recommendations.count && again.front.end == g->front.end);
	MUST_STR(again.front.title, g->front.title);
	b = again.sections.items;
	for (size_t i = 0; i < g->sections.count; i++) {
		MUST_STR(a[i].id, b[i].id);
		MUST_STR(a[i].title, b[i].title);
		MUST(a[i].start == b[i].start && a[i].end == b[i].end && a[i].own_end == b[i].own_end && a[i].level == b[i].level && a[i].number == b[i].number);
	}
	for (size_t i = 0; i < g->recommendations.count; i++) {
		const struct recommendation *x = (const struct recommendation *)g->recommendations.items + i;
		const struct recommendation *y = (const struct recommendation *)again.recommendations.items + i;

		MUST_STR(x->id, y->id);
		MUST_STR(x->text, y->text);
		MUST_STR(x->certainty, y->certainty);
		MUST(x->start == y->start && x->end == y->end);
	}
	arena_free(&task.arena);
}

static void check(struct task *task, struct text text, const struct guideline *g)
{
	const struct section *all = g->sections.items;
	struct html html;

	MUST(markdown_html(task, text.bytes, text.len, &(struct markdown_options) { 0 }, &html));
	check_ids(g, html.safe);
	for (size_t i = 0; i < g->sections.count; i++) {
		MUST(i ? all[i - 1].start < all[i].start : all[i].start >= (int64_t)g->front.end);
		check_nesting(g, i, text.len);
		if (i < 20)
			check_alone(task, text, &all[i]);
	}
	check_recommendations(g, text.len);
	check_problems(g, text);
	check_remembered(g, text);
	MUST(*section_slug(&task->arena, text.bytes));
	section_words(&task->arena, text.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct task task = { 0 };
	struct input in = { data, size };
	struct text text = input_rest(&task.arena, &in);
	struct guideline g = { 0 };

	if (guideline_read(&task, text.bytes, text.len, &g))
		check(&task, text, &g);
	else
		MUST(task.err.code == ERR_FIELDS);
	arena_free(&task.arena);
	return 0;
}
