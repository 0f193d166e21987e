/* extent.c: how much was changed, by reading only what was
 *
 * Most suggestions change a few words of one section. The sections around it
 * are the same on both sides, and compare as such: they are left out, where
 * nothing in the section depends on them. */
#include "text/diff.h"

#include <string.h>

#include "text/guideline.h"
#include "text/lines.h"
#include "text/mark.h"

/* A text, and the part of it that is compared. */
struct cut {
	const char *text;
	size_t len, begin, end;
};

/* ---- where to cut ---- */

static size_t same_begin(const struct cut *a, const struct cut *b)
{
	size_t at = 0;

	while (at < a->len && at < b->len && a->text[at] == b->text[at])
		at++;
	return at;
}

static size_t same_end(const struct cut *a, const struct cut *b, size_t begin)
{
	size_t count = 0;

	while (begin + count < a->len && begin + count < b->len && a->text[a->len - 1 - count] == b->text[b->len - 1 - count])
		count++;
	return count;
}

static bool starts_at(const struct guideline *g, int64_t at)
{
	const struct section *s = g->sections.items;

	for (size_t i = 0; i < g->sections.count; i++)
		if (s[i].start == at)
			return true;
	return false;
}

/* To sections that begin in the same place on both sides: a heading ends
 * whatever stands before it. */
static void cut_both(struct cut *a, const struct guideline *ga, struct cut *b, const struct guideline *gb)
{
	const struct section *s = ga->sections.items;
	const int64_t longer = (int64_t)b->len - (int64_t)a->len;
	const size_t begin = same_begin(a, b), end = same_end(a, b, begin);

	a->begin = b->begin = 0;
	a->end = a->len;
	b->end = b->len;
	for (size_t i = 0; i < ga->sections.count && (size_t)s[i].start <= begin; i++)
		if (starts_at(gb, s[i].start))
			a->begin = b->begin = (size_t)s[i].start;
	for (size_t i = ga->sections.count; i-- > 0 && (size_t)s[i].start >= a->len - end;)
		if (starts_at(gb, s[i].start + longer)) {
			a->end = (size_t)s[i].start;
			b->end = (size_t)(s[i].start + longer);
		}
}

/* ---- what depends on the rest ---- */

/* Up to and with the byte, in the same line; else what there is of it. */
static size_t through(const char *at, const char *end, char last)
{
	size_t len = 0;

	while (at + len < end && at[len] != last && at[len] != '\n')
		len++;
	return len + (at + len < end && at[len] == last);
}

/* "[ ]", "[x]", "[!NOTE]": complete in themselves, as "[text](address)" is. */
static bool stands_alone(const char *at, size_t len, const char *end)
{
	return (len == 3 && strchr(" xX", at[1])) || (len > 2 && at[1] == '!') || (at + len < end && at[len] == '(');
}

static bool is_mark(const char *at, size_t len)
{
	return mark_len((struct slice) { at, len }) == len;
}

/* Copies what begins with a bracket to `marks`. False when its meaning is
 * given elsewhere, or it gives others theirs: "[name]", "[^key]: text". */
static bool take_bracket(const char **at, const char *end, struct buf *marks)
{
	size_t len = through(*at, end, ']');
	bool mark = is_mark(*at, len);

	if (mark ? *at + len < end && (*at)[len] == ':' : !stands_alone(*at, len, end))
		return false;
	if (!mark && *at + len < end && (*at)[len] == '(')
		len += through(*at + len, end, ')');
	buf_add(marks, *at, len);
	buf_putc(marks, '\n');
	*at += len;
	return true;
}

/* All that could make a mark of a word, or a word of a mark. */
static bool take_marks(const struct cut *cut, struct buf *marks)
{
	const char *end = cut->text + cut->end;

	for (const char *at = cut->text + cut->begin; at < end;) {
		if (*at == '[') {
			if (!take_bracket(&at, end, marks))
				return false;
			continue;
		}
		if (strchr("`<\\~", *at))
			buf_putc(marks, *at);
		at++;
	}
	buf_putc(marks, '\n');
	return true;
}

/* ---- comparing ---- */

/* What is defined elsewhere, and the part: it begins with a heading, and what
 * it leaves open stays open. */
static struct buf part_of(struct arena *arena, const struct cut *cut)
{
	struct lines lines = lines_make(arena, cut->text, cut->len);
	struct buf out = { .arena = arena };

	for (int i = 1; i <= lines.count; i++) {
		struct slice line = lines_get(&lines, i);
		size_t len = mark_defines(line);

		if (len)
			buf_printf(&out, "%.*s Source.\n\n", (int)len, line.bytes);
	}
	buf_add(&out, cut->text + cut->begin, cut->end - cut->begin);
	return out;
}

static bool measure(struct task *task, const struct buf *before, const struct buf *after, struct diff_extent *out)
{
	struct diff diff = { 0 };

	if (!diff_texts(task, before->bytes, before->len, after->bytes, after->len, &diff))
		return false;
	*out = (struct diff_extent) { diff.words_added, diff.words_removed, false };
	for (size_t i = 0; i < diff.parts.count; i++) {
		const struct diff_part *part = (const struct diff_part *)diff.parts.items + i;

		out->careful = out->careful || (part->changed && (part->warning || strcmp(part->kind, "edited")));
	}
	return true;
}

bool diff_extent(struct task *task, const char *before, size_t before_len,
	const char *after, size_t after_len, struct diff_extent *out)
{
	struct cut a = { before, before_len, 0, before_len }, b = { after, after_len, 0, after_len };
	struct buf a_marks = { .arena = &task->arena }, b_marks = { .arena = &task->arena };
	struct buf a_part = { .bytes = (char *)(uintptr_t)before, .len = before_len };
	struct buf b_part = { .bytes = (char *)(uintptr_t)after, .len = after_len };
	struct guideline ga = { 0 }, gb = { 0 };

	if (!guideline_read(task, before, before_len, &ga) || !guideline_read(task, after, after_len, &gb))
		return false;
	cut_both(&a, &ga, &b, &gb);
	if (a.begin && take_marks(&a, &a_marks) && take_marks(&b, &b_marks)
		&& a_marks.len == b_marks.len && !memcmp(buf_text(&a_marks), buf_text(&b_marks), a_marks.len)) {
		a_part = part_of(&task->arena, &a);
		b_part = part_of(&task->arena, &b);
	}
	return measure(task, &a_part, &b_part, out);
}
