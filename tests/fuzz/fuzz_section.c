/* A section goes out and comes back: every byte around it stays, and what was
 * put in is read out again.
 *
 * Input: which section; its new text; the file. */
#include "base/buf.h"
#include "fuzz.h"
#include "text/guideline.h"

static struct text put(struct arena *arena, struct text file, const struct section *s, const char *fresh)
{
	struct buf out = { .arena = arena };

	section_put(file.bytes, file.len, s, fresh, &out);
	return (struct text) { buf_text(&out), out.len };
}

static size_t blank_end(const char *bytes, size_t len)
{
	while (len && strchr(" \t\r\n", bytes[len - 1]) && bytes[len - 1])
		len--;
	return len;
}

/* CRLF and CR as LF, blank lines at the end gone: slowly, byte by byte. */
static struct text plain(struct arena *arena, struct text text)
{
	struct buf out = { .arena = arena };

	for (size_t i = 0; i < text.len; i++) {
		if (text.bytes[i] == '\r' && i + 1 < text.len && text.bytes[i + 1] == '\n')
			continue;
		buf_putc(&out, text.bytes[i] == '\r' ? '\n' : text.bytes[i]);
	}
	return (struct text) { buf_text(&out), out.len };
}

/* What a person typed, but for the white space at its end. */
static bool same_words(struct arena *arena, struct text a, struct text b)
{
	a = plain(arena, a);
	b = plain(arena, b);
	a.len = blank_end(a.bytes, a.len);
	b.len = blank_end(b.bytes, b.len);
	return text_same(a, b);
}

static void check_around(struct text before, struct text after, const struct section *s)
{
	size_t start = (size_t)s->start, behind = before.len - (size_t)s->end;

	MUST(after.len >= start + behind);
	MUST(!memcmp(after.bytes, before.bytes, start));
	MUST(!memcmp(after.bytes + after.len - behind, before.bytes + s->end, behind));
}

/* The blank lines that end the section are no part of what is edited. */
static void check_tail(struct text before, struct text after, const struct section *s)
{
	size_t content = (size_t)s->start + blank_end(before.bytes + s->start, (size_t)(s->end - s->start));
	size_t tail = before.len - content;

	/* its last line may have ended in blanks, which were of the content */
	while (tail && !strchr("\r\n", before.bytes[before.len - tail]))
		tail--;
	MUST(after.len >= tail && !memcmp(after.bytes + after.len - tail, before.bytes + before.len - tail, tail));
}

static void check(struct task *task, struct text file, const struct section *s, struct text fresh)
{
	struct arena *arena = &task->arena;
	const char *cut = section_cut(arena, file.bytes, s);
	struct text after = put(arena, file, s, fresh.bytes);
	struct section now = *s;
	const char *back;

	MUST(!strchr(cut, '\r'));
	check_around(file, after, s);
	check_tail(file, after, s);
	now.end += (int64_t)after.len - (int64_t)file.len;
	back = section_cut(arena, after.bytes, &now);
	MUST(same_words(arena, (struct text) { back, strlen(back) }, fresh));
	/* and again: nothing moves any more */
	MUST(text_same(put(arena, after, &now, back), after));
	MUST(same_words(arena, put(arena, after, &now, cut), file));
}

/* Unchanged, a section with one kind of newline leaves no trace. */
static void check_untouched(struct arena *arena, struct text file, const struct section *s)
{
	const char *crlf = strstr(file.bytes, "\r\n");
	bool mixed = false;

	for (size_t i = 0; i < file.len; i++) {
		bool lf = file.bytes[i] == '\n' && (!i || file.bytes[i - 1] != '\r');
		bool cr = file.bytes[i] == '\r' && file.bytes[i + 1] != '\n';

		mixed = mixed || cr || (crlf && lf);
	}
	MUST(mixed || text_same(put(arena, file, s, section_cut(arena, file.bytes, s)), file));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct task task = { 0 };
	struct input in = { data, size };
	size_t which = input_byte(&in);
	struct text fresh = input_text(&task.arena, &in), file = input_rest(&task.arena, &in);
	struct guideline g = { 0 };

	fresh.len = strlen(fresh.bytes);
	if (guideline_read(&task, file.bytes, file.len, &g) && g.sections.count) {
		const struct section *s = (const struct section *)g.sections.items + which % g.sections.count;

		check(&task, file, s, fresh);
		check_untouched(&task.arena, file, s);
	}
	arena_free(&task.arena);
	return 0;
}
