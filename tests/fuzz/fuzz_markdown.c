/* Markdown to HTML: whatever comes in, only good HTML comes out, twice the
 * same, and every way of rendering accepts the same texts. */
#include "html.h"
#include "text/guard.h"
#include "text/markdown.h"

static const struct markdown_options ways[] = {
	{ 0 },
	{ .edit_url = "/guides/twitter/edit?section=", .number_sections = true, .skip_title = true },
	{ .id_prefix = "notes-" },
	{ .bare = true },
};

static bool render(struct task *task, struct text text, const struct markdown_options *options, struct html *out)
{
	bool good = markdown_html(task, text.bytes, text.len, options, out);

	/* the only reason there is; said in words, about a line of the text */
	MUST(good || (task->err.code == ERR_FIELDS && task->err.fields.count && !strcmp(((const struct field_error *)task->err.fields.items)->field, "text")));
	task_forgive(task);
	return good;
}

/* Plain text: every byte is there, escaped. */
static void check_plain(struct arena *arena, struct text text)
{
	html_must(HTML_TEXT, markdown_plain(arena, text.bytes).safe, NULL, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct task task = { 0 };
	struct input in = { data, size };
	struct text text = input_rest(&task.arena, &in);
	struct html html, again;
	bool good = render(&task, text, &ways[0], &html);

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		MUST(render(&task, text, &ways[i], &html) == good);
		if (!good)
			continue;
		html_must(HTML_TEXT, html.safe, NULL, NULL);
		MUST(render(&task, text, &ways[i], &again));
		MUST_STR(html.safe, again.safe);
	}
	check_plain(&task.arena, text);
	arena_free(&task.arena);
	return 0;
}
