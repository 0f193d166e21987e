/* Three-way merges of texts.
 *
 * merge(x, x, y) = y, merge(x, y, x) = y, merge(x, y, y) = y; both orders
 * clash or neither does; what does not clash is the same in both orders; no
 * line comes from nowhere. Input: base, mine, theirs. */
#include "fuzz.h"
#include "git/change.h"
#include "git/repo.h"

struct merged {
	bool clash;
	struct text text;
};

static struct merged merge(struct task *task, struct text base, struct text mine, struct text theirs)
{
	struct merged out;

	MUST(change_merge_text(task, base.bytes, mine.bytes, theirs.bytes, &out.clash, &out.text.bytes));
	out.text.len = strlen(out.text.bytes);
	return out;
}

static void must_be(struct merged merged, struct text text)
{
	MUST(!merged.clash && text_same(merged.text, text));
}

/* Where the others end in CRLF, libgit2 gives a last line without an end that,
 * too. */
static size_t without_cr(const char *line, size_t len)
{
	while (len && line[len - 1] == '\r')
		len--;
	return len;
}

static bool has_line(struct text text, const char *line, size_t len)
{
	const char *at = text.bytes, *end = text.bytes + text.len;

	len = without_cr(line, len);
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((stop ? stop : end) - at);

		if (without_cr(at, n) == len && !memcmp(at, line, len))
			return true;
		at += n + 1;
	}
	return false;
}

/* Each line of `text` stands in one of the sides. */
static void check_lines(struct text text, struct text mine, struct text theirs)
{
	const char *at = text.bytes, *end = text.bytes + text.len;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop ? stop : end) - at);

		MUST(!without_cr(at, len) || has_line(mine, at, len) || has_line(theirs, at, len));
		at += len + 1;
	}
}

/* What both put in is in what they are shown after a clash. */
static void check_union(struct merged both, struct text base, struct text side)
{
	const char *at = side.bytes, *end = side.bytes + side.len;

	while (both.clash && at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop ? stop : end) - at);

		MUST(has_line(base, at, len) || has_line(both.text, at, len));
		at += len + 1;
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	repo_init();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct task task = { 0 };
	struct input in = { data, size };
	struct text x = input_text(&task.arena, &in), y = input_text(&task.arena, &in), z = input_rest(&task.arena, &in);
	struct merged one, other;

	x.len = strlen(x.bytes);
	y.len = strlen(y.bytes);
	z.len = strlen(z.bytes);
	must_be(merge(&task, x, x, y), y);
	must_be(merge(&task, x, y, x), y);
	must_be(merge(&task, x, y, y), y);
	one = merge(&task, x, y, z);
	other = merge(&task, x, z, y);
	MUST(one.clash == other.clash);
	MUST(one.clash || text_same(one.text, other.text));
	check_lines(one.text, y, z);
	check_union(one, x, y);
	check_union(one, x, z);
	arena_free(&task.arena);
	return 0;
}
