/* test_sections.c: a section goes out and comes back, and nothing else moves
 *
 * With files as arguments the same is checked for each section of each, as it
 * is, with CRLF, and without its last newline. */
#include <ctype.h>

#include "../test.h"
#include "base/buf.h"
#include "text/guideline.h"
#include "text/lines.h"

struct text {
	const char *bytes;
	size_t len;
};

static struct text put(struct arena *arena, struct text text,
	const struct section *section, const char *fresh)
{
	struct buf out = { .arena = arena };

	section_put(text.bytes, text.len, section, fresh, &out);
	return (struct text) { buf_text(&out), out.len };
}

static bool same(struct text a, struct text b)
{
	return a.len == b.len && !memcmp(a.bytes, b.bytes, a.len);
}

static void test_cut(struct arena *arena)
{
	struct section s = { .start = 2, .end = 13 };

	CHECK_STR(section_cut(arena, "x\n## A\r\n b\n\n y\n", &s), "## A\n b");
	s = (struct section) { .start = 0, .end = 8 };
	CHECK_STR(section_cut(arena, "# A\n\n \t\n", &s), "# A");
	s = (struct section) { 0 };
	CHECK_STR(section_cut(arena, "", &s), "");
}

static void test_put(struct arena *arena)
{
	struct section s = { .start = 2, .end = 10 };
	struct text text = { "x\n## A\n\n\n## B", 13 };

	s.end = 9;
	CHECK_STR(put(arena, text, &s, "## New\r\n\r\ntext\r\r\n\r\n").bytes, "x\n## New\n\ntext\n\n\n## B");
	CHECK_STR(put(arena, text, &s, "").bytes, "x\n\n\n\n## B");
	text = (struct text) { "x\r\n## A\r\n", 9 };
	s = (struct section) { .start = 3, .end = 9 };
	CHECK_STR(put(arena, text, &s, "## A\nb").bytes, "x\r\n## A\r\nb\r\n");
	text = (struct text) { "# A", 3 };
	s = (struct section) { .start = 0, .end = 3 };
	CHECK_STR(put(arena, text, &s, "# A\nb\n").bytes, "# A\nb");
}

/* The section with one letter more in its middle word; NULL without words. */
static const char *edited(struct arena *arena, const char *cut)
{
	struct buf out = { .arena = arena };
	size_t at = strlen(cut) / 2;

	while (cut[at] && !(isalpha((unsigned char)cut[at]) && isalpha((unsigned char)cut[at + 1])))
		at++;
	if (!cut[at])
		return NULL;
	buf_add(&out, cut, at + 1);
	buf_putc(&out, 'x');
	buf_puts(&out, cut + at + 1);
	return buf_text(&out);
}

static bool same_line(const struct lines *a, const struct lines *b, int number)
{
	size_t begin = lines_begin(a, number), len = lines_begin(a, number + 1) - begin;

	return len == lines_begin(b, number + 1) - lines_begin(b, number)
		&& !memcmp(a->text + begin, b->text + lines_begin(b, number), len);
}

/* One line differs, and it lies in the section. */
static bool one_line(struct arena *arena, struct text before, struct text after,
	const struct section *section)
{
	struct lines a = lines_make(arena, before.bytes, before.len);
	struct lines b = lines_make(arena, after.bytes, after.len);
	int differ = 0, where = 0;

	if (a.count != b.count)
		return false;
	for (int i = 1; i <= a.count; i++)
		if (!same_line(&a, &b, i))
			differ++, where = i;
	return differ == 1 && lines_begin(&a, where) >= (size_t)section->start
		&& lines_begin(&a, where) < (size_t)section->end;
}

static void check_section(struct arena *arena, struct text text,
	const struct section *section)
{
	const char *cut = section_cut(arena, text.bytes, section);
	const char *more = edited(arena, cut);
	struct text changed;

	CHECK(!strchr(cut, '\r'));
	CHECK(same(put(arena, text, section, cut), text));
	CHECK(same(put(arena, text, section, arena_printf(arena, "%s\n\n", cut)), text));
	if (!more)
		return;
	changed = put(arena, text, section, more);
	CHECK(one_line(arena, text, changed, section));
}

/* Sections follow each other without a gap. */
static void check_text(struct text text, const char *name)
{
	struct task task = { 0 };
	struct guideline g = { 0 };
	const struct section *all;

	CHECK(guideline_read(&task, text.bytes, text.len, &g));
	CHECK(g.sections.count > 1);
	all = g.sections.items;
	for (size_t i = 0; i < g.sections.count; i++) {
		CHECK(i + 1 == g.sections.count || all[i].own_end == all[i + 1].start);
		check_section(&task.arena, text, &all[i]);
	}
	if (test_failures)
		fprintf(stderr, "in %s\n", name);
	arena_free(&task.arena);
}

static struct text with_crlf(struct arena *arena, struct text text)
{
	struct buf out = { .arena = arena };

	for (size_t i = 0; i < text.len; i++)
		buf_puts(&out, text.bytes[i] == '\n' ? "\r\n" : (char[]) { text.bytes[i], '\0' });
	return (struct text) { buf_text(&out), out.len };
}

static struct text read_file(struct arena *arena, const char *name)
{
	struct buf out = { .arena = arena };
	FILE *file = fopen(name, "rb");
	char bytes[4096];
	size_t len;

	while (file && (len = fread(bytes, 1, sizeof(bytes), file)))
		buf_add(&out, bytes, len);
	CHECK(file);
	if (file)
		fclose(file);
	return (struct text) { buf_text(&out), out.len };
}

static void check_file(struct arena *arena, const char *name)
{
	struct text text = read_file(arena, name), short_text = text;

	while (short_text.len && isspace((unsigned char)text.bytes[short_text.len - 1]))
		short_text.len--;
	check_text(text, name);
	check_text(with_crlf(arena, text), name);
	check_text(short_text, name);
	check_text(with_crlf(arena, short_text), name);
}

static void test_small(void)
{
	static const char text[] = "intro\n\n# A\n\ntext here\n\n\n## B\n- one\n- two\n### C ###\n\nD\n=\nend";

	check_text((struct text) { text, strlen(text) }, "small");
}

int main(int argc, char **argv)
{
	struct arena arena = { 0 };

	test_cut(&arena);
	test_put(&arena);
	test_small();
	for (int i = 1; i < argc; i++)
		check_file(&arena, argv[i]);
	arena_free(&arena);
	return test_result();
}
