/* stamp.c: lines of the front matter that only the service writes
 *
 * The file is not parsed and written again, which would lose comments and
 * quotes: lines go and come, all others are copied. */
#include "text/frontmatter.h"

#include <string.h>

#include "base/limit.h"
#include "text/front.h"
#include "text/lines.h"

#define BOM "\xef\xbb\xbf"

static bool is_fence(struct slice line, const char *fence)
{
	return line.len >= 3 && !memcmp(line.bytes, fence, 3)
		&& slice_is_blank(slice_from(line, 3));
}

static size_t bom_bytes(const char *text, size_t len)
{
	return len >= 3 && !memcmp(text, BOM, 3) ? 3 : 0;
}

bool front_find(struct task *task, const char *text, size_t len,
	struct front_place *out)
{
	size_t skip = bom_bytes(text, len);
	size_t seen = len < skip + LIMIT_FRONT_BYTES ? len : skip + LIMIT_FRONT_BYTES;
	struct lines lines = lines_make(&task->arena, text, seen);

	*out = (struct front_place) { 0 };
	if (!lines.count || !is_fence(slice_from(lines_get(&lines, 1), skip), "---"))
		return true;
	for (int i = 2; i <= lines.count; i++) {
		struct slice line = lines_get(&lines, i);

		/* the last line may be cut off by the limit */
		if (i == lines.count && seen < len)
			break;
		if (!is_fence(line, "---") && !is_fence(line, "..."))
			continue;
		out->first = lines_begin(&lines, 2);
		out->last = lines_begin(&lines, i);
		out->end = lines_begin(&lines, i + 1);
		return true;
	}
	return wrong(task, "text",
		"The front matter that line 1 opens is longer than %d KiB or never closed: a line `---` is missing.",
		LIMIT_FRONT_BYTES / 1024);
}

/* Text between the marks of a file: its first newline, LF when it has none. */
static const char *newline_of(const char *text, size_t len)
{
	const char *cr = memchr(text, '\r', len), *lf = memchr(text, '\n', len);

	if (cr && lf == cr + 1)
		return "\r\n";
	return cr && (!lf || cr < lf) ? "\r" : "\n";
}

/* Whether the line is `key:` with something or nothing behind it. */
static bool is_key(struct slice line, const char *key)
{
	size_t len = strlen(key);

	return line.len > len && !memcmp(line.bytes, key, len) && line.bytes[len] == ':'
		&& (line.len == len + 1 || line.bytes[len + 1] == ' ' || line.bytes[len + 1] == '\t');
}

static bool is_stamped(struct slice line, const struct stamp *stamps, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_key(line, stamps[i].key))
			return true;
	return false;
}

/* Indented lines and `- item` lines belong to the key above. */
static bool continues(struct slice line)
{
	return line.len && strchr(" \t-", line.bytes[0]);
}

/* Blank lines and comments belong to nobody: a value may stand below them. */
static bool is_between(struct slice line)
{
	return slice_is_blank(line) || line.bytes[0] == '#';
}

struct writer {
	const struct stamp *stamps;
	size_t count;
	const char *newline;
	struct buf *out;
};

static void copy_others(const struct writer *w, const struct lines *block)
{
	bool dropping = false;

	for (int i = 1; i <= block->count; i++) {
		struct slice line = lines_get(block, i);
		size_t begin = lines_begin(block, i);

		if (!continues(line) && !is_between(line))
			dropping = is_stamped(line, w->stamps, w->count);
		if (!dropping || is_between(line))
			buf_add(w->out, block->text + begin, lines_begin(block, i + 1) - begin);
	}
}

/* Words that YAML reads as themselves; all else goes in quotes. */
static bool is_plain(const char *value)
{
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ._/+@-";

	return *value && *value != ' ' && *value != '-' && *value != '@'
		&& value[strlen(value) - 1] != ' ' && !value[strspn(value, safe)];
}

/* Bytes of a character that ends a line for YAML (NEL, LS and PS do), or that
 * no line holds; else 0. */
static size_t odd_len(const char *at)
{
	if ((unsigned char)*at < 0x20 || *at == 0x7f)
		return 1;
	if (!strncmp(at, "\xc2\x85", 2))
		return 2;
	return strncmp(at, "\xe2\x80\xa8", 3) && strncmp(at, "\xe2\x80\xa9", 3) ? 0 : 3;
}

static void put_value(struct buf *out, const char *value)
{
	size_t odd;

	if (is_plain(value)) {
		buf_puts(out, value);
		return;
	}
	buf_putc(out, '"');
	for (; *value; value += odd ? odd : 1) {
		odd = odd_len(value);
		if (*value == '"' || *value == '\\')
			buf_printf(out, "\\%c", *value);
		else
			buf_putc(out, (char)(odd ? ' ' : *value));
	}
	buf_putc(out, '"');
}

static void put_stamps(const struct writer *w)
{
	for (size_t i = 0; i < w->count; i++) {
		buf_printf(w->out, "%s: ", w->stamps[i].key);
		if (w->stamps[i].verbatim)
			buf_puts(w->out, w->stamps[i].value);
		else
			put_value(w->out, w->stamps[i].value);
		buf_puts(w->out, w->newline);
	}
}

bool frontmatter_stamp(struct task *task, const char *text, size_t len,
	const struct stamp *stamps, size_t count, struct buf *out)
{
	struct writer w = { stamps, count, newline_of(text, len), out };
	struct front_place place;
	struct lines block;

	if (!front_find(task, text, len, &place))
		return false;
	if (!place.end) {
		buf_printf(out, "---%s", w.newline);
		put_stamps(&w);
		buf_printf(out, "---%s%s", w.newline, w.newline);
		buf_add(out, text + bom_bytes(text, len), len - bom_bytes(text, len));
		return true;
	}
	block = lines_make(&task->arena, text + place.first, place.last - place.first);
	buf_add(out, text, place.first);
	copy_others(&w, &block);
	put_stamps(&w);
	buf_add(out, text + place.last, len - place.last);
	return true;
}
