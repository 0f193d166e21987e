/* The largest texts, made to hurt. Times are printed, not judged: machines
 * differ. What is checked is that an answer comes and that it is right. */
#include "text/diff.h"

#include <time.h>

#include "base/buf.h"
#include "base/limit.h"

#include "../test.h"

/* Writes one side of a case: `side` is 0 or 1. */
typedef void writer(struct buf *out, int side);

static bool room(const struct buf *out)
{
	return out->len + 200 < LIMIT_PAGE_BYTES;
}

static void word(struct buf *out, unsigned int vocabulary)
{
	buf_printf(out, "%c%u ", 'a' + rand() % 26, (unsigned int)rand() % vocabulary);
}

/* Nothing in common. */
static void strangers(struct buf *out, int side)
{
	for (int n = 0; room(out); n++)
		buf_printf(out, "word%d%c%s", n, 'a' + side, n % 60 ? " " : "\n\n");
}

/* The same few words in another order: everything is like everything. */
static void shuffled(struct buf *out, int side)
{
	(void)side;
	for (int n = 1; room(out); n++) {
		word(out, 3);
		if (n % 40 == 0)
			buf_puts(out, "\n\n");
	}
}

static void one_paragraph(struct buf *out, int side)
{
	(void)side;
	while (room(out))
		word(out, 3);
}

static void two_words(struct buf *out, int side)
{
	(void)side;
	while (room(out))
		buf_puts(out, rand() % 2 ? "a " : "b ");
}

static void short_paragraphs(struct buf *out, int side)
{
	(void)side;
	while (room(out)) {
		word(out, 1000);
		buf_puts(out, "x y\n\n");
	}
}

/* Every tenth word differs. */
static void tenths(struct buf *out, int side)
{
	for (int n = 1; room(out); n++)
		buf_printf(out, "%s%d%s", n % 10 || !side ? "w" : "v", n, n % 100 ? " " : "\n\n");
}

static void items(struct buf *out, int side)
{
	for (int n = 0; room(out); n++)
		buf_printf(out, "- point %d %c%d\n", rand() % 100, 'a' + side, n);
}

static void nested(struct buf *out, int side)
{
	for (int n = 0; room(out); n++) {
		for (int depth = 0; depth < n % 30; depth++)
			buf_puts(out, "> ");
		buf_printf(out, "%c%d\n%s", 'a' + side, rand() % 50, n % 30 == 29 ? "\n" : "");
	}
}

/* On every level two items to choose from, one with all the rest in it. */
static void deep(struct buf *out, int side)
{
	for (int depth = 0; depth < 15; depth++)
		buf_printf(out, "%*s- other %d%c\n%*s- this %d%c\n", depth * 2, "", depth, 'c' - side,
			depth * 2, "", depth, 'a' + side);
	for (int n = 0; room(out); n++)
		buf_printf(out, "%30s- word %d%c\n", "", rand() % 100, 'a' + side);
}

static void cells(struct buf *out, int side)
{
	buf_puts(out, side ? "| a | b | c | d |\n|---|---|---|---|\n" : "| a | b | d |\n|---|---|---|\n");
	for (int n = 0; n < 4800 && room(out); n++)
		buf_printf(out, "| %d | %d | %d |%s\n", rand() % 9, rand() % 9, rand() % 9, side ? " x |" : "");
}

static void links(struct buf *out, int side)
{
	while (room(out))
		buf_printf(out, "<https://example.org/%d%c> ", rand() % 99, 'a' + side);
}

static void sources(struct buf *out, int side)
{
	for (int n = 0; room(out); n++)
		buf_printf(out, "t%d[^k%d]\n\n[^k%d]: book %d\n\n", n, n + side, n + side, rand() % 9);
}

static void code(struct buf *out, int side)
{
	buf_puts(out, "```\n");
	while (room(out))
		buf_printf(out, "%d%s", rand() % (3 + side), rand() % 8 ? "  " : "\n");
	buf_puts(out, "\n```\n");
}

static void measure(const char *name, writer *write)
{
	struct task task = { 0 };
	struct buf old = { .arena = &task.arena }, new = { .arena = &task.arena };
	struct diff diff = { 0 };
	clock_t begin;

	write(&old, 0);
	write(&new, 1);
	begin = clock();
	if (!diff_texts(&task, buf_text(&old), old.len, buf_text(&new), new.len, &diff))
		fprintf(stderr, "%s: %s\n", name, task.err.message);
	CHECK(!task.err.code && diff.changes > 0);
	printf("%-18s %5.0f ms, %zu parts\n", name,
		1000.0 * (double)(clock() - begin) / CLOCKS_PER_SEC, diff.parts.count);
	arena_free(&task.arena);
}

int main(void)
{
	static const struct {
		const char *name;
		writer *write;
	} cases[] = {
		{ "strangers", strangers }, { "shuffled", shuffled },
		{ "one paragraph", one_paragraph }, { "two words", two_words },
		{ "short paragraphs", short_paragraphs }, { "tenths", tenths },
		{ "items", items }, { "nested", nested }, { "deep", deep }, { "cells", cells },
		{ "links", links }, { "sources", sources }, { "code", code },
	};

	srand(1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		measure(cases[i].name, cases[i].write);
	return test_result();
}
