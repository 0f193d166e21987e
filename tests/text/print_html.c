/* print_html.c: Markdown on standard input, HTML on standard output
 *
 * For differential.py. With an argument the HTML is bare. What the guard
 * refuses goes to standard error, with exit status 2. */
#include "text/markdown.h"

#include <stdio.h>

#include "base/buf.h"

static void read_all(struct buf *out)
{
	char bytes[64 * 1024];
	size_t len;

	while ((len = fread(bytes, 1, sizeof(bytes), stdin)))
		buf_add(out, bytes, len);
}

int main(int argc, char **argv)
{
	const struct markdown_options options = {
		.number_sections = argc == 1,
		.edit_url = "/edit?section=",
		.bare = argc > 1,
	};
	struct task task = { 0 };
	struct buf text = { .arena = &task.arena };
	struct html html;
	bool done;

	(void)argv;
	read_all(&text);
	done = markdown_html(&task, buf_text(&text), text.len, &options, &html);
	if (done)
		fputs(html.safe, stdout);
	else
		fprintf(stderr, "%s\n", task.err.message);
	arena_free(&task.arena);
	return done ? 0 : 2;
}
