/* html.c: a release as one page that needs nothing else
 *
 * The words of the service are English; the guide's title and text carry
 * their own language and direction. The style sheet is web/press.css, put
 * into the program when it is built, so that a release does not depend on
 * what lies in a folder of the server. The page forbids itself every request
 * by a policy that stays in force when it is opened from a disk. */
#include "press/press.h"

#include <sodium.h>
#include <string.h>

#include "base/when.h"
#include "press/style.h"
#include "text/frontmatter.h"
#include "text/markdown.h"

/* What the page shows, read and rendered. */
struct sheet {
	const struct edition *edition;
	struct front front;
	const char *title;
	struct html text;
	struct html notes; /* safe is NULL when there are none */
};

/* Ids of our own have an underscore, which section_slug() never makes: they
 * cannot meet those of the text. */
static bool read_sheet(struct task *task, const struct edition *edition,
	struct sheet *out)
{
	const struct markdown_options text = { .number_sections = true, .skip_title = true };
	const struct markdown_options notes = { .id_prefix = "notes_" };
	const size_t notes_len = strlen(edition->notes);

	*out = (struct sheet) { .edition = edition };
	if (!frontmatter_read(task, edition->text, edition->len, &out->front)
		|| !markdown_html(task, edition->text, edition->len, &text, &out->text))
		return false;
	if (edition->notes[strspn(edition->notes, " \t\r\n")]
		&& !markdown_html(task, edition->notes, notes_len, &notes, &out->notes))
		return false;
	out->title = out->front.title ? out->front.title : edition->slug;
	return true;
}

static const char *style_source(struct arena *arena)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char text[sodium_base64_ENCODED_LEN(sizeof(hash), sodium_base64_VARIANT_ORIGINAL)];

	crypto_hash_sha256(hash, (const unsigned char *)PRESS_STYLE, strlen(PRESS_STYLE));
	sodium_bin2base64(text, sizeof(text), hash, sizeof(hash), sodium_base64_VARIANT_ORIGINAL);
	return arena_printf(arena, "sha256-%s", text);
}

/* <name lang="de" dir="auto" ...> for what is written in the guide's language. */
static void open_guide(struct buf *out, const char *tag, const struct sheet *sheet)
{
	buf_printf(out, "<%s lang=\"", tag);
	buf_html(out, sheet->front.language ? sheet->front.language : "en");
	buf_puts(out, "\" dir=\"auto\">");
}

static void put_head(struct buf *out, const struct sheet *sheet, const char *style)
{
	buf_puts(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
	buf_printf(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src '%s'; base-uri 'none'; form-action 'none'\">\n", style);
	buf_puts(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
	buf_puts(out, "<meta name=\"color-scheme\" content=\"light dark\">\n");
	if (sheet->front.description) {
		buf_puts(out, "<meta name=\"description\" content=\"");
		buf_html(out, sheet->front.description);
		buf_puts(out, "\">\n");
	}
	buf_puts(out, "<title>");
	buf_html(out, sheet->title);
	buf_puts(out, ", version ");
	buf_html(out, sheet->edition->version);
	buf_puts(out, "</title>\n<style>" PRESS_STYLE "</style>\n</head>\n<body>\n");
}

/* A row of the facts, left out when there is nothing to say. */
static void put_fact(struct buf *out, const char *name, const char *value)
{
	if (!value || !value[0])
		return;
	buf_printf(out, "<div><dt>%s</dt><dd>", name);
	buf_html(out, value);
	buf_puts(out, "</dd></div>\n");
}

static void put_words(struct buf *out, const char *name, const struct list *words)
{
	const char *const *word = words->items;
	struct buf all = { .arena = out->arena };

	for (size_t i = 0; i < words->count; i++) {
		buf_puts(&all, i ? ", " : "");
		buf_puts(&all, word[i]);
	}
	put_fact(out, name, buf_text(&all));
}

static void put_date(struct buf *out, int64_t at)
{
	char date[WHEN_BYTES], day[WHEN_BYTES];

	buf_printf(out, "<div><dt>Released</dt><dd><time datetime=\"%s\">%s</time></dd></div>\n",
		when_date(at, date), when_day(at, day));
}

/* Linked when it is complete: a path leads nowhere from a file on a disk. */
static void put_address(struct buf *out, const char *url)
{
	const bool link = !strncmp(url, "https://", 8) || !strncmp(url, "http://", 7);

	if (!link) {
		put_fact(out, "Permanent address", url);
		return;
	}
	buf_puts(out, "<div class=\"wide\"><dt>Permanent address</dt><dd><a href=\"");
	buf_html(out, url);
	buf_puts(out, "\">");
	buf_html(out, url);
	buf_puts(out, "</a></dd></div>\n");
}

static void put_facts(struct buf *out, const struct sheet *sheet)
{
	const struct front *front = &sheet->front;

	buf_puts(out, "<dl>\n");
	put_fact(out, "Version", sheet->edition->version);
	put_date(out, sheet->edition->released_at);
	put_fact(out, "Licence", front->licence);
	put_fact(out, "Review by", front->review_by);
	put_words(out, "Written for", &front->audience);
	put_words(out, "Jurisdiction", &front->jurisdiction);
	put_fact(out, "Owner", front->owner);
	put_fact(out, "Funding", front->funding);
	put_address(out, sheet->edition->url);
	buf_puts(out, "<div class=\"wide\"><dt>Commit</dt><dd><code>");
	buf_html(out, sheet->edition->commit);
	buf_puts(out, "</code></dd></div>\n</dl>\n");
}

static void put_title(struct buf *out, const struct sheet *sheet)
{
	buf_puts(out, "<header>\n<p class=\"site\">");
	buf_html(out, sheet->edition->site);
	buf_puts(out, "</p>\n");
	open_guide(out, "h1", sheet);
	buf_html(out, sheet->title);
	buf_puts(out, "</h1>\n");
	if (sheet->front.description) {
		open_guide(out, "p", sheet);
		buf_html(out, sheet->front.description);
		buf_puts(out, "</p>\n");
	}
	put_facts(out, sheet);
	buf_puts(out, "</header>\n");
}

static void put_notes(struct buf *out, const struct sheet *sheet)
{
	if (!sheet->notes.safe)
		return;
	buf_puts(out, "<section class=\"news\" aria-labelledby=\"release_notes\">\n"
		"<h2 id=\"release_notes\">What is new in this version</h2>\n");
	buf_puts(out, sheet->notes.safe);
	buf_puts(out, "</section>\n");
}

static void put_end(struct buf *out, const struct sheet *sheet)
{
	buf_puts(out, "<footer><p>");
	buf_html(out, sheet->title);
	buf_puts(out, ", version ");
	buf_html(out, sheet->edition->version);
	buf_puts(out, ", as released by ");
	buf_html(out, sheet->edition->site);
	buf_puts(out, ". Newer versions may exist; this file does not change.</p></footer>\n"
		"</body>\n</html>\n");
}

bool press_html(struct task *task, const struct edition *edition,
	struct buf *out, const char **style_hash)
{
	const char *style = style_source(&task->arena);
	struct sheet sheet;

	if (!read_sheet(task, edition, &sheet))
		return false;
	put_head(out, &sheet, style);
	put_title(out, &sheet);
	put_notes(out, &sheet);
	open_guide(out, "main", &sheet);
	buf_puts(out, "\n");
	buf_puts(out, sheet.text.safe);
	buf_puts(out, "</main>\n");
	put_end(out, &sheet);
	if (style_hash)
		*style_hash = style;
	return true;
}
