/* Guides changed at random: whatever was done to them, the comparison must be
 * well-formed HTML that shows the new text without <del> and the old one
 * without <ins>. */
#include "text/diff.h"

#include "base/limit.h"
#include "rendered.h"
#include "text/markdown.h"

#define ROUNDS 15

struct guide {
	char *text;
	size_t len;
};

static struct guide load(const char *slug)
{
	char path[512];
	struct guide guide;
	FILE *file;

	snprintf(path, sizeof(path), GUIDEHALL_GUIDES "/%s/en.md", slug);
	file = fopen(path, "rb");
	if (!file) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	guide.text = calloc(1, LIMIT_PAGE_BYTES + 1);
	guide.len = fread(guide.text, 1, LIMIT_PAGE_BYTES, file);
	fclose(file);
	return guide;
}

static size_t below(size_t count)
{
	return count ? (size_t)rand() % count : 0;
}

/* The lines of a text, to be shuffled and written out again. */
struct draft {
	struct arena *arena;
	struct list lines; /* const char * */
};

static const char **line(struct draft *d, size_t index)
{
	return (const char **)d->lines.items + index;
}

static struct draft draft_of(struct arena *arena, const struct guide *guide)
{
	struct draft d = { .arena = arena };
	const char *at = guide->text, *end;

	for (; (end = strchr(at, '\n')); at = end + 1)
		*(const char **)list_add(arena, &d.lines, sizeof(at)) = arena_strndup(arena, at, (size_t)(end - at));
	return d;
}

static const char *written(struct draft *d)
{
	struct buf out = { .arena = d->arena };

	for (size_t i = 0; i < d->lines.count; i++) {
		buf_puts(&out, *line(d, i));
		buf_putc(&out, '\n');
	}
	return buf_text(&out);
}

/* Where the body starts: random front matter would only be refused. */
static size_t body(struct draft *d)
{
	size_t i = 1;

	while (strcmp(*line(d, i), "---") != 0)
		i++;
	return i + 1;
}

static size_t some_line(struct draft *d)
{
	size_t first = body(d);

	return first + below(d->lines.count - first);
}

static void drop_line(struct draft *d, size_t index)
{
	memmove(line(d, index), line(d, index + 1), (d->lines.count - index - 1) * sizeof(char *));
	d->lines.count--;
}

static void insert_line(struct draft *d, size_t index, const char *text)
{
	list_add(d->arena, &d->lines, sizeof(text));
	memmove(line(d, index + 1), line(d, index), (d->lines.count - index - 1) * sizeof(char *));
	*line(d, index) = text;
}

/* Put `with` in the place of a word, or before it. */
static void change_word(struct draft *d, const char *with, bool keep)
{
	const char **text = line(d, some_line(d)), *word = *text, *end;

	for (size_t skip = below(20); skip && strchr(word, ' '); skip--)
		word = strchr(word, ' ') + 1;
	end = keep ? word : word + strcspn(word, " ");
	*text = arena_printf(d->arena, "%.*s%s%s", (int)(word - *text), *text, with, end);
}

static void drop_cell(struct draft *d)
{
	const char **text, *bar;

	for (int tries = 0; tries < 50; tries++) {
		text = line(d, some_line(d));
		bar = strchr(*text + (**text != '\0'), '|');
		if (**text != '|' || !bar)
			continue;
		*text = bar;
		return;
	}
}

static void move_block(struct draft *d)
{
	size_t first = some_line(d), count = 0, to;
	const char *moved[32];

	while (first + count < d->lines.count && count < 32 && **line(d, first + count))
		count++;
	for (size_t i = 0; i < count; i++) {
		moved[i] = *line(d, first);
		drop_line(d, first);
	}
	to = some_line(d);
	insert_line(d, to, "");
	for (size_t i = count; i-- > 0;)
		insert_line(d, to, moved[i]);
	insert_line(d, to, "");
}

static void change_something(struct draft *d)
{
	switch (below(11)) {
	case 0: change_word(d, "", false); break;
	case 1: change_word(d, "zebra", false); break;
	case 2: change_word(d, "not ", true); break;
	case 3: change_word(d, "**bold** and [a link](https://example.org/x) ", true); break;
	case 4: change_word(d, "`code` 1,000 ", true); break;
	case 5: drop_line(d, some_line(d)); break;
	case 6: insert_line(d, some_line(d), "- a new point"); break;
	case 7: insert_line(d, some_line(d), ""); break;
	case 8: insert_line(d, some_line(d), *line(d, some_line(d))); break;
	case 9: drop_cell(d); break;
	case 10: move_block(d); break;
	}
}

static bool is_shown(const struct diff_part *part)
{
	const char *html = part->html.safe;

	return !(part->place && strstr(part->place, "not shown"))
		&& strncmp(html, "<section class=\"footnotes\"", 26) != 0;
}

/* Facts are compared by name and stand in the order of the new text. */
static const char *without_facts(struct arena *arena, const char *html)
{
	struct buf out = { .arena = arena };
	const char *facts;

	while ((facts = strstr(html, "<dl class=\"facts\">"))) {
		buf_add(&out, html, (size_t)(facts - html));
		html = strstr(facts, "</dl>") + strlen("</dl>");
	}
	buf_puts(&out, html);
	return buf_text(&out);
}

/* What the comparison shows of one side, sources left out; of the old side
 * the facts, too. */
static const char *shown(struct task *task, const struct diff *diff, bool old)
{
	const struct diff_part *parts = diff->parts.items;
	struct buf out = { .arena = &task->arena };

	for (size_t i = 0; i < diff->parts.count; i++) {
		const char *html = parts[i].html.safe;

		if (!is_shown(&parts[i]))
			continue;
		if (old)
			html = without_facts(&task->arena, html);
		buf_puts(&out, rendered(&task->arena, html, old ? "ins" : "del"));
	}
	return buf_text(&out);
}

static const char *expected(struct task *task, const char *text, bool old)
{
	const struct markdown_options options = { .bare = true };
	struct html html = { "" };
	char *sources;

	CHECK(markdown_html(task, text, strlen(text), &options, &html));
	sources = arena_strdup(&task->arena, html.safe);
	if (strstr(sources, "<section class=\"footnotes\""))
		*strstr(sources, "<section class=\"footnotes\"") = '\0';
	return rendered(&task->arena, old ? without_facts(&task->arena, sources) : sources, NULL);
}

static bool has_moves(const struct diff *diff)
{
	const struct diff_part *parts = diff->parts.items;

	for (size_t i = 0; i < diff->parts.count; i++)
		if (parts[i].kind && !strcmp(parts[i].kind, "moved"))
			return true;
	return false;
}

static void same_text(const char *is, const char *should)
{
	size_t at = 0;

	if (!strcmp(is, should))
		return;
	while (is[at] && is[at] == should[at])
		at++;
	CHECK(!"the same text");
	at = at > 40 ? at - 40 : 0;
	fprintf(stderr, "is     %.120s\nshould %.120s\n", is + at, should + at);
}

static bool is_careful(const struct diff *diff)
{
	const struct diff_part *parts = diff->parts.items;

	for (size_t i = 0; i < diff->parts.count; i++)
		if (parts[i].changed && (parts[i].warning || strcmp(parts[i].kind, "edited") != 0))
			return true;
	return false;
}

/* What was left out of the reading makes no difference. */
static void check_extent(const char *before, const char *after)
{
	struct task task = { 0 };
	struct diff diff = { 0 };
	struct diff_extent extent = { 0 };
	bool good = diff_texts(&task, before, strlen(before), after, strlen(after), &diff);

	CHECK(diff_extent(&task, before, strlen(before), after, strlen(after), &extent) == good);
	if (good)
		CHECK(extent.words_added == diff.words_added && extent.words_removed == diff.words_removed && extent.careful == is_careful(&diff));
	arena_free(&task.arena);
}

static void check_sides(const char *before, const char *after)
{
	struct task task = { 0 };
	struct diff diff = { 0 };

	if (diff_texts(&task, before, strlen(before), after, strlen(after), &diff)) {
		same_text(shown(&task, &diff, false), expected(&task, after, false));
		/* what moved is shown once, where it is now */
		if (!has_moves(&diff))
			same_text(shown(&task, &diff, true), expected(&task, before, true));
	} else {
		CHECK(task.err.code == ERR_FIELDS);
	}
	arena_free(&task.arena);
}

static void test_changed(const struct guide *guide)
{
	for (int round = 0; round < ROUNDS; round++) {
		struct arena arena = { 0 };
		struct draft d = draft_of(&arena, guide);

		for (size_t i = below(12) + 1; i; i--)
			change_something(&d);
		check_sides(guide->text, written(&d));
		check_sides(written(&d), guide->text);
		check_extent(guide->text, written(&d));
		arena_free(&arena);
	}
}

static void test_changed_once(const struct guide *guide)
{
	for (int round = 0; round < 10 * ROUNDS; round++) {
		struct arena arena = { 0 };
		struct draft d = draft_of(&arena, guide);

		change_something(&d);
		check_extent(guide->text, written(&d));
		check_extent(written(&d), guide->text);
		arena_free(&arena);
	}
}

static void test_same(const struct guide *guide)
{
	struct task task = { 0 };
	struct diff diff = { 0 };

	CHECK(diff_texts(&task, guide->text, guide->len, guide->text, guide->len, &diff));
	CHECK(diff.changes == 0 && diff.words_added == 0 && diff.words_removed == 0);
	arena_free(&task.arena);
}

/* A word of small letters between spaces, in a line of prose. */
static char *some_word(char *text, size_t *len)
{
	for (;;) {
		size_t lines = below(400);
		char *at = strstr(text + 4, "\n---\n");

		while (lines-- && (at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL))
			;
		if (!at || !isupper((unsigned char)*at))
			continue;
		for (size_t skip = below(12) + 1; skip && at; skip--)
			at = strpbrk(at + 1, " \n");
		if (!at || *at != ' ')
			continue;
		*len = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz");
		if (*len > 2 && at[1 + *len] == ' ')
			return at + 1;
	}
}

/* One word for another: one change, one word in, one out. */
static void test_one_word(struct guide *guide)
{
	for (int round = 0; round < ROUNDS; round++) {
		struct task task = { 0 };
		struct diff diff = { 0 };
		size_t len;
		char *word = some_word(guide->text, &len);
		char *after = arena_printf(&task.arena, "%.*szebra%s",
			(int)(word - guide->text), guide->text, word + len);

		CHECK(diff_texts(&task, guide->text, guide->len, after, strlen(after), &diff));
		CHECK(diff.changes == 1 && diff.words_added == 1 && diff.words_removed == 1);
		arena_free(&task.arena);
	}
}

int main(void)
{
	static const char *const slugs[] = { "blogs", "facebook", "twitter", "wikipedia", "youtube" };

	srand(20261123);
	for (size_t i = 0; i < sizeof(slugs) / sizeof(slugs[0]); i++) {
		struct guide guide = load(slugs[i]);

		test_same(&guide);
		test_one_word(&guide);
		test_changed(&guide);
		test_changed_once(&guide);
		free(guide.text);
	}
	return test_result();
}
