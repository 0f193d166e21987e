/* Forms and query strings: decode(encode(x)) = x, a decoder that works
 * otherwise agrees on everything else, and what gets into a struct keeps the
 * limits of its shape. Input: the first text is encoded, the rest is a form. */
#include "base/buf.h"
#include "base/limit.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "http/request.h"
#include "sent.h"

/* ---- there and back ---- */

static void check_round_trip(struct task *task, struct text text)
{
	struct buf out = { .arena = &task->arena };
	struct list pairs = { 0 };
	const struct pair *p;

	if (strlen(text.bytes) != text.len || !utf8_valid(text.bytes, text.len))
		return;
	buf_url(&out, text.bytes);
	buf_puts(&out, "=");
	buf_url(&out, text.bytes);
	MUST(request_decode(task, buf_text(&out), out.len, &pairs));
	p = pairs.items;
	MUST(pairs.count == 1 && !strcmp(p->name, text.bytes) && !strcmp(p->value, text.bytes));
}

/* ---- another decoder ---- */

static int digit(char c)
{
	const char *all = "0123456789abcdef0123456789ABCDEF", *at = c ? strchr(all, c) : NULL;

	return at ? (int)((at - all) % 16) : -1;
}

/* Of one name or value; false: malformed. */
static bool slow_decode(struct text text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.bytes[i];

		if (c == '%') {
			if (i + 2 >= text.len || digit(text.bytes[i + 1]) < 0 || digit(text.bytes[i + 2]) < 0)
				return false;
			c = (char)(digit(text.bytes[i + 1]) * 16 + digit(text.bytes[i + 2]));
			i += 2;
		} else if (c == '+') {
			c = ' ';
		}
		buf_putc(out, c);
	}
	return utf8_valid(buf_text(out), out->len);
}

static struct text until(struct text *rest, char stop)
{
	struct text part = { rest->bytes, 0 };

	while (part.len < rest->len && part.bytes[part.len] != stop)
		part.len++;
	rest->bytes += part.len;
	rest->len -= part.len;
	return part;
}

static void check_pair(struct arena *arena, struct text one, const struct pair *pair, bool *good)
{
	struct text name = until(&one, '=');
	struct text value = one.len ? (struct text) { one.bytes + 1, one.len - 1 } : one;
	struct buf n = { .arena = arena }, v = { .arena = arena };

	*good = slow_decode(name, &n) && slow_decode(value, &v);
	if (*good && pair)
		MUST(!strcmp(pair->name, buf_text(&n)) && !strcmp(pair->value, buf_text(&v)));
}

static void check_decoder(struct task *task, struct text form)
{
	struct list pairs = { 0 };
	bool good = request_decode(task, form.bytes, form.len, &pairs), slow = true, full = false;
	size_t count = 0;

	for (struct text rest = form; rest.len && slow; count++) {
		struct text one = until(&rest, '&');
		const struct pair *pair = count < pairs.count ? (const struct pair *)pairs.items + count : NULL;

		full = count == LIMIT_FORM_FIELDS;
		if (full)
			break;
		check_pair(&task->arena, one, pair, &slow);
		MUST(pair || !slow);
		rest = rest.len ? (struct text) { rest.bytes + 1, rest.len - 1 } : rest;
		if (!rest.len)
			MUST(good == slow);
	}
	MUST(good || task->err.code == ERR_MALFORMED || (full && task->err.code == ERR_TOO_BIG));
	MUST(!good || !full);
	MUST(pairs.count <= LIMIT_FORM_FIELDS);
	task_forgive(task);
}

/* ---- into a struct ---- */

static void check_text(const char *text, size_t most)
{
	if (!text)
		return;
	MUST(strlen(text) <= most && utf8_valid(text, strlen(text)));
	for (; *text; text++)
		MUST((*text == '\n' || *text == '\t' || ((unsigned char)*text >= 0x20 && *text != 0x7f))
			&& strncmp(text, "\xef\xbf\xbf", 3));
}

static void check_struct(struct task *task, const struct request *req)
{
	struct sent sent = { 0 }, again = { 0 };
	bool good = request_read(task, req, &shape, &sent);

	if (good) {
		check_text(sent.name, 8);
		check_text(sent.text, 64);
		check_text(sent.key, 200);
		MUST(sent.name && sent.name[strspn(sent.name, " \n\t")]);
		/* what was read can be looked up before */
		MUST(request_peek(task, req, "name"));
	} else {
		MUST(task->err.code == ERR_MALFORMED || task->err.code == ERR_TOO_BIG || task->err.code == ERR_FIELDS);
		MUST((task->err.code == ERR_FIELDS) == (task->err.fields.count > 0));
	}
	task_forgive(task);
	request_query(task, req, &shape, &again);
	task_forgive(task);
	MUST(request_page(task, req) >= 1 && request_page(task, req) <= LIMIT_PAGE_NUMBER);
	MUST(!task->err.code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct task task = { 0 };
	struct input in = { data, size };
	struct text text = input_text(&task.arena, &in), form = input_rest(&task.arena, &in);
	/* not NUL-terminated: that is not promised */
	struct request req = { .body = (const char *)data + size - form.len, .body_len = form.len, .body_kind = BODY_FORM, .query = form.bytes };

	check_round_trip(&task, text);
	check_decoder(&task, form);
	check_struct(&task, &req);
	arena_free(&task.arena);
	return 0;
}
