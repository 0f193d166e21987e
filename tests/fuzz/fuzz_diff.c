/* Comparisons: of the HTML, without <del> the new text is left, without <ins>
 * the old one; nothing that differs goes unseen. Input: before, after. */
#include "html.h"
#include "text/diff.h"
#include "text/frontmatter.h"
#include "text/markdown.h"

static bool readable(struct task *task, struct text text, const char **bare)
{
	struct html html = { NULL };
	bool good = markdown_html(task, text.bytes, text.len, &(struct markdown_options) { .bare = true }, &html);

	task_forgive(task);
	*bare = html.safe;
	return good;
}

static bool is_footnotes(const char *html)
{
	return !strncmp(html, "<section class=\"footnotes\"", 26);
}

/* Front matter and what readers never see are told in words of their own. */
static bool is_text(const struct diff_part *part)
{
	return !(part->place && (strstr(part->place, "not shown") || !strcmp(part->place, "About this guide")))
	       && !is_footnotes(part->html.safe);
}

/* Without what the service says itself and facts, which are compared by name. */
static const char *without(struct arena *arena, const char *html, const char *open, const char *close)
{
	struct buf out = { .arena = arena };
	const char *at;

	while ((at = strstr(html, open))) {
		buf_add(&out, html, (size_t)(at - html));
		at = strstr(at, close);
		MUST(at);
		html = at + strlen(close);
	}
	buf_puts(&out, html);
	return buf_text(&out);
}

/* A no-break space is a blank, and blanks do not count. */
static const char *without_nbsp(struct arena *arena, const char *html)
{
	struct buf out = { .arena = arena };
	const char *at;

	while ((at = strstr(html, "\xc2\xa0"))) {
		buf_add(&out, html, (size_t)(at - html));
		html = at + 2;
	}
	buf_puts(&out, html);
	return buf_text(&out);
}

static void put_utf8(struct buf *out, unsigned long c)
{
	if (c < 0x80) {
		buf_putc(out, (char)c);
		return;
	}
	if (c >= 0x10000) {
		buf_putc(out, (char)(0xf0 | c >> 18));
		buf_putc(out, (char)(0x80 | (c >> 12 & 0x3f)));
	} else if (c >= 0x800) {
		buf_putc(out, (char)(0xe0 | c >> 12));
	}
	buf_putc(out, (char)(c >= 0x800 ? 0x80 | (c >> 6 & 0x3f) : 0xc0 | c >> 6));
	buf_putc(out, (char)(0x80 | (c & 0x3f)));
}

/* The service's word for an image that has none. */
static const char *without_image(struct arena *arena, const char *html)
{
	struct buf out = { .arena = arena };
	const char *at;

	while ((at = strstr(html, ">image</a>"))) {
		buf_add(&out, html, (size_t)(at + 1 - html));
		html = at + strlen(">image");
	}
	buf_puts(&out, html);
	return buf_text(&out);
}

/* A character that shows nothing is named in a change: here it is again. */
static const char *with_invisible(struct arena *arena, const char *html)
{
	static const char chip[] = "<span class=\"chip warn\">U+";
	struct buf out = { .arena = arena };
	const char *at;

	while ((at = strstr(html, chip))) {
		buf_add(&out, html, (size_t)(at - html));
		put_utf8(&out, strtoul(at + strlen(chip), NULL, 16));
		html = strstr(at, "</span>") + strlen("</span>");
	}
	buf_puts(&out, html);
	return buf_text(&out);
}

static const char *words(struct arena *arena, const char *html, const char *drop)
{
	struct buf out = { .arena = arena };

	html = without_nbsp(arena, without_image(arena, with_invisible(arena, html)));
	html = without(arena, html, "<span class=\"vh\"", "</span>");
	html = without(arena, html, "<span class=\"linknote\"", "</span>");
	html = without(arena, html, "<sup", "</sup>");
	if (drop && !strcmp(drop, "ins"))
		html = without(arena, html, "<dl class=\"facts\">", "</dl>");
	html_must(HTML_DIFF, html, drop, &out);
	return buf_text(&out);
}

static const char *side_of(struct arena *arena, const struct diff *diff, const char *drop)
{
	const struct diff_part *parts = diff->parts.items;
	struct buf out = { .arena = arena };

	for (size_t i = 0; i < diff->parts.count; i++)
		if (is_text(&parts[i]))
			buf_puts(&out, words(arena, parts[i].html.safe, drop));
	return buf_text(&out);
}

/* `drop` "ins": the old side, whose facts do not count. */
static const char *expected(struct arena *arena, const char *bare, const char *drop)
{
	char *text = arena_strdup(arena, bare);

	for (char *at = text; (at = strstr(at, "<section class=\"footnotes\"")); at++)
		*at = '\0';
	return words(arena, text, drop);
}

/* What moved is shown once, where it is now; that a box was another one, or a
 * recommendation had another id, is said in words. */
static bool tells_in_words(const struct diff *diff)
{
	const struct diff_part *parts = diff->parts.items;

	for (size_t i = 0; i < diff->parts.count; i++)
		if ((parts[i].kind && !strcmp(parts[i].kind, "moved")) || strstr(parts[i].html.safe, "<span class=\"linknote\">this was "))
			return true;
	return false;
}

static void check_part(const struct diff_part *part, struct text before, struct text after)
{
	html_must(HTML_DIFF, part->html.safe, NULL, NULL);
	if (!part->changed) {
		MUST(part->count > 0 && !part->kind);
		MUST(!strstr(part->html.safe, "<ins>") && !strstr(part->html.safe, "<del>"));
		return;
	}
	MUST(part->count == 1 && part->kind && part->place && (part->before || part->after));
	MUST(!part->before == !strcmp(part->kind, "added") || strstr(part->place, "not shown"));
	MUST(!part->after == !strcmp(part->kind, "removed") || strstr(part->place, "not shown"));
	if (strstr(part->place, "not shown"))
		return;
	/* the sources are pieces of the files */
	MUST(!part->before || strstr(before.bytes, part->before));
	MUST(!part->after || strstr(after.bytes, part->after));
}

static bool same_but_blanks(struct text a, struct text b)
{
	const char *x = a.bytes, *y = b.bytes;

	for (;; x++, y++) {
		x += strspn(x, " \t\r\n");
		y += strspn(y, " \t\r\n");
		if (*x != *y || !*x)
			return *x == *y;
	}
}

/* Reading only what differs comes to the same figures. */
static void check_extent(struct task *task, struct text before, struct text after, const struct diff *diff)
{
	struct diff_extent extent = { 0 };

	MUST(diff_extent(task, before.bytes, before.len, after.bytes, after.len, &extent));
	MUST(extent.words_added == diff->words_added && extent.words_removed == diff->words_removed);
}

/* Behind the front matter, where the same can be said in several ways. */
static struct text body(struct task *task, struct text text)
{
	struct front front = { 0 };

	MUST(frontmatter_read(task, text.bytes, text.len, &front));
	return (struct text) { text.bytes + front.end, text.len - (size_t)front.end };
}

static void check(struct task *task, struct text before, struct text after, const char *const bare[2])
{
	struct arena *arena = &task->arena;
	struct diff diff = { 0 }, nothing = { 0 };
	int64_t changes = 0;

	MUST(diff_texts(task, before.bytes, before.len, after.bytes, after.len, &diff));
	for (size_t i = 0; i < diff.parts.count; i++) {
		const struct diff_part *part = (const struct diff_part *)diff.parts.items + i;

		check_part(part, before, after);
		changes += part->changed;
		MUST(!part->changed || part->id == changes);
	}
	MUST(changes == diff.changes);
	check_extent(task, before, after, &diff);
	MUST(changes || same_but_blanks(body(task, before), body(task, after)));
	MUST_STR(side_of(arena, &diff, "del"), expected(arena, bare[1], "del"));
	if (!tells_in_words(&diff))
		MUST_STR(side_of(arena, &diff, "ins"), expected(arena, bare[0], "ins"));
	MUST(diff_texts(task, after.bytes, after.len, after.bytes, after.len, &nothing));
	MUST(nothing.changes == 0 && nothing.words_added == 0 && nothing.words_removed == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct task task = { 0 };
	struct input in = { data, size };
	struct text before = input_text(&task.arena, &in), after = input_rest(&task.arena, &in);
	const char *bare[2];
	bool good = readable(&task, before, &bare[0]), also = readable(&task, after, &bare[1]);
	struct diff diff = { 0 };

	if (good && also)
		check(&task, before, after, bare);
	else
		MUST(!diff_texts(&task, before.bytes, before.len, after.bytes, after.len, &diff) && task.err.code == ERR_FIELDS);
	arena_free(&task.arena);
	return 0;
}
