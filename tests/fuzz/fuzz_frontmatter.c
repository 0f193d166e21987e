/* Front matter: where it ends, what its values may hold, and that a line the
 * service writes is read back while all others stay. */
#include "base/utf8.h"
#include "fuzz.h"
#include "text/frontmatter.h"

/* A value stands in feeds and headers: words, in one line. */
static void check_value(const char *value)
{
	if (!value)
		return;
	MUST(utf8_valid(value, strlen(value)));
	MUST(!strstr(value, "\xef\xbf\xbe") && !strstr(value, "\xef\xbf\xbf")); /* no XML can hold them */
	for (; *value; value++)
		MUST(*value == '\t' || ((unsigned char)*value >= 0x20 && *value != 0x7f));
}

static void check_list(const struct list *list)
{
	for (size_t i = 0; i < list->count; i++)
		check_value(((const char *const *)list->items)[i]);
}

static void check_values(const struct front *f)
{
	const char *const values[] = { f->id, f->title, f->description, f->platform, f->language,
		f->licence, f->owner, f->review_by, f->funding };

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		check_value(values[i]);
	check_list(&f->audience);
	check_list(&f->jurisdiction);
	check_list(&f->keywords);
}

/* The block begins with a line "---" and ends with one, or "...". */
static void check_end(struct text text, size_t end)
{
	const char *start = text.bytes + (text.len >= 3 && !memcmp(text.bytes, "\xef\xbb\xbf", 3) ? 3 : 0);
	size_t line = end;

	MUST(end <= text.len);
	if (!end)
		return;
	MUST(!strncmp(start, "---", 3));
	while (line && strchr("\r\n", text.bytes[line - 1]) && text.bytes[line - 1])
		line--;
	while (line && !strchr("\r\n", text.bytes[line - 1]))
		line--;
	MUST(!strncmp(text.bytes + line, "---", 3) || !strncmp(text.bytes + line, "...", 3));
	MUST(text.bytes + line > start);
}

static void check_same(const struct front *a, const struct front *b)
{
	MUST_STR(a->title, b->title);
	MUST_STR(a->description, b->description);
	MUST_STR(a->platform, b->platform);
	MUST_STR(a->language, b->language);
	MUST_STR(a->licence, b->licence);
	MUST_STR(a->review_by, b->review_by);
	MUST_STR(a->funding, b->funding);
	MUST(a->audience.count == b->audience.count && a->keywords.count == b->keywords.count);
}

static bool is_line(struct text text)
{
	uint32_t c;

	for (size_t at = 0; at < text.len;)
		if (!utf8_next(text.bytes, text.len, &at, &c) || !utf8_for_people(c) || c == '\n' || c == '\r')
			return false;
	return text.len && text.len < 1000;
}

/* A stamped value is read back, the rest of the file stays as it was. */
static void check_stamp(struct task *task, struct text text, const struct front *before, struct text value)
{
	const struct stamp stamps[] = { { "id", value.bytes, false }, { "owner", "nobody", false } };
	struct buf out = { .arena = &task->arena };
	struct front after = { 0 };
	size_t end = (size_t)before->end;
	size_t bom = !before->end && text.len >= 3 && !memcmp(text.bytes, "\xef\xbb\xbf", 3) ? 3 : 0;
	size_t rest = text.len - end - bom;

	MUST(frontmatter_stamp(task, text.bytes, text.len, stamps, 2, &out));
	MUST(out.len >= rest && !memcmp(out.bytes + out.len - rest, text.bytes + end + bom, rest));
	/* what ends a line, or tabulates it, becomes a space */
	if (!is_line(value) || strchr(value.bytes, '\t') || strstr(value.bytes, "\xe2\x80\xa8") || strstr(value.bytes, "\xe2\x80\xa9"))
		return;
	if (!frontmatter_read(task, buf_text(&out), out.len, &after)) {
		/* the lines that came in may have made it too long */
		MUST(end + value.len * 4 + 100 > 16 * 1024 || before->end);
		task_forgive(task);
		return;
	}
	MUST_STR(after.id, value.bytes);
	MUST_STR(after.owner, "nobody");
	check_same(before, &after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct task task = { 0 };
	struct input in = { data, size };
	struct text value = input_text(&task.arena, &in), text = input_rest(&task.arena, &in);
	struct front front = { 0 };

	if (frontmatter_read(&task, text.bytes, text.len, &front)) {
		check_end(text, (size_t)front.end);
		check_values(&front);
		check_stamp(&task, text, &front, value);
		if (!frontmatter_valid(&task, &front, value.bytes))
			MUST(task.err.code == ERR_FIELDS);
		else
			MUST_STR(front.id, value.bytes);
	} else {
		MUST(task.err.code == ERR_FIELDS);
	}
	arena_free(&task.arena);
	return 0;
}
