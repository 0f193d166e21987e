/* html.h: HTML judged by somebody who knows nothing of the program
 *
 * Two strictnesses. Text a stranger wrote may hold the elements, attributes
 * and addresses listed here, nested as HTML wants them, and nothing else. A
 * whole page may hold more elements, but nothing that runs or leaves either. */
#ifndef TESTS_FUZZ_HTML_H
#define TESTS_FUZZ_HTML_H

#include <ctype.h>
#include <strings.h>

#include "base/buf.h"
#include "fuzz.h"

#define HTML_DEPTH 400 /* of what text/ makes: DEPTH_MAX nodes, some of three elements */

enum html_kind {
	HTML_TEXT, /* what text/ makes of a guide */
	HTML_DIFF, /* and of a comparison: <ins>, <del> */
	HTML_PAGE, /* a page with its templates */
};

struct html_check {
	enum html_kind kind;
	const char *at;
	char open[HTML_DEPTH][24];
	int depth;
	const char *drop; /* element whose content is left out of `text`; NULL: none */
	int dropping;	  /* depth at which that began; 0: not */
	struct buf *text; /* NULL, or what a reader reads, without blanks */
	const char *ids;  /* where to look for a second one */
};

/* Says where, too. */
#define HTML_MUST(c, x)                                                             \
	do {                                                                        \
		if (!(x))                                                           \
			fprintf(stderr, "in: %s\nat: %.200s\n", (c)->ids, (c)->at); \
		MUST(x);                                                            \
	} while (0)

/* Is it one of these words, separated by blanks? */
static inline bool html_among(const char *words, const char *word, size_t len)
{
	for (const char *at = words; len && (at = strstr(at, word)); at++)
		if ((at == words || at[-1] == ' ') && (at[len] == ' ' || !at[len]))
			return true;
	return false;
}

static const char html_void[] = "br hr input meta link img source col wbr";
static const char html_phrases[] = "span a em strong s code sup br";
static const char html_blocks[] = "p blockquote h1 h2 h3 h4 h5 h6 div section pre ul ol dl hr";
/* what else a page may hold */
static const char html_pages[] = "html head body title meta link script header footer main nav form label input textarea"
				 " button select option optgroup fieldset legend details summary time small img svg path use"
				 " article aside b i kbd mark output progress dialog template noscript style address abbr"
				 " figure figcaption caption ins del table thead tbody tfoot tr th td li dt dd menu search cite q u bdi";

struct html_place {
	const char *name, *parents;
};
static const struct html_place html_places[] = {
	{ "li", "ul ol" }, { "table", "div" }, { "thead", "table" }, { "tbody", "table" }, { "tr", "thead tbody" },
	{ "th", "tr" }, { "td", "tr" }, { "dt", "div dl" }, { "dd", "div dl" }, { NULL, NULL }
};

static inline const char *html_parent(const struct html_check *c)
{
	return c->depth ? c->open[c->depth - 1] : "";
}

static inline bool html_inside(const struct html_check *c, const char *name)
{
	for (int i = 0; i < c->depth; i++)
		if (!strcmp(c->open[i], name))
			return true;
	return false;
}

/* <ins> and <del> may hold what may stand around them. */
static inline const char *html_around(const struct html_check *c)
{
	int depth = c->depth;

	while (depth && (!strcmp(c->open[depth - 1], "ins") || !strcmp(c->open[depth - 1], "del")))
		depth--;
	return depth ? c->open[depth - 1] : "";
}

/* May an element of this name stand here? */
static inline bool html_fits(const struct html_check *c, const char *name)
{
	const char *parent = html_around(c);
	size_t len = strlen(name), parent_len = strlen(parent);

	if (!strcmp(name, "a") && html_inside(c, "a"))
		return false;
	if (c->kind == HTML_PAGE)
		/* the editor's buttons */
		return !strncmp(name, "md-", 3) || !strcmp(name, "markdown-toolbar") || html_among(html_pages, name, len) || html_among(html_phrases, name, len) || html_among(html_blocks, name, len);
	if (c->kind == HTML_DIFF && (!strcmp(name, "ins") || !strcmp(name, "del")))
		return !html_inside(c, "ins") && !html_inside(c, "del");
	for (const struct html_place *p = html_places; p->name; p++)
		if (!strcmp(p->name, name))
			return html_among(p->parents, parent, parent_len);
	if (html_among(html_blocks, name, len))
		return !*parent || html_among("blockquote div section li dd dl", parent, parent_len);
	return html_among(html_phrases, name, len) && !html_among("ul ol dl table thead tbody tr", parent, parent_len)
	       && (*parent || c->kind == HTML_DIFF);
}

/* "&lt;" and its like; everything else that begins with & is a mistake. */
static inline size_t html_entity(const struct html_check *c, const char *at)
{
	static const char *const known[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strncmp(at, known[i], strlen(known[i])))
			return strlen(known[i]);
	if (c->kind == HTML_PAGE && isalpha((unsigned char)at[1]) && at[1 + strspn(at + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")] == ';')
		return strcspn(at, ";") + 1;
	return 0;
}

/* The value as the browser has it. */
static inline const char *html_value(struct arena *arena, const char *raw, size_t len)
{
	static const struct {
		const char *entity;
		char is;
	} all[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&#39;", '\'' } };
	char *out = arena_strndup(arena, raw, len), *to = out;

	for (const char *from = out; *from;) {
		size_t i = 0, step = 1;

		*to = *from;
		for (; *from == '&' && i < sizeof(all) / sizeof(*all); i++)
			if (!strncmp(from, all[i].entity, strlen(all[i].entity))) {
				*to = all[i].is;
				step = strlen(all[i].entity);
				break;
			}
		to++;
		from += step;
	}
	*to = '\0';
	return out;
}

/* Where a browser would go, as the URL standard reads it: blanks and controls
 * at the ends and line breaks inside do not count, "\" is "/". */
static inline bool html_address(const char *value)
{
	char url[8] = "";
	size_t n = 0, scheme;

	if (!*value)
		return true; /* said first: the compiler knows it too, and warns of what follows */
	for (; *value && n + 1 < sizeof(url); value++)
		if ((n || (unsigned char)*value > ' ') && !strchr("\t\n\r", *value))
			url[n++] = *value == '\\' ? '/' : (char)tolower((unsigned char)*value);
	scheme = strspn(url, "abcdefghijklmnopqrstuvwxyz0123456789+.-");
	if (!strncmp(url, "//", 2))
		return false;
	if (!scheme || (url[scheme] != ':' && scheme < sizeof(url) - 1) || !isalpha((unsigned char)*url))
		return true; /* a path, or "#..." */
	if (!strncmp(url, "http:", 5) || !strncmp(url, "https:", 6) || !strncmp(url, "mailto:", 7))
		return true;
	/* eight letters and more before any ":": is there one? */
	if (scheme == sizeof(url) - 1)
		return value[strcspn(value, ":/?#")] != ':';
	return false;
}

static inline bool html_attribute_fits(const struct html_check *c, const char *name, const char *value)
{
	static const char text[] = "id class href title rel role aria-label aria-hidden aria-labelledby tabindex scope start";

	if (!strncmp(name, "on", 2) || !strcmp(name, "style") || !strcmp(name, "srcdoc") || !strcmp(name, "ping"))
		return false;
	if (html_among("href src action formaction poster cite data", name, strlen(name)) && !html_address(value))
		return false;
	/* a page asks nobody else for anything */
	if (!strcmp(name, "src") && *value != '/')
		return false;
	return c->kind == HTML_PAGE || html_among(text, name, strlen(name));
}

static inline void html_attribute(struct html_check *c)
{
	struct arena arena = { 0 };
	size_t name = strspn(c->at, "abcdefghijklmnopqrstuvwxyz-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	const char *value = c->at + name + 2;
	size_t len = 0;

	HTML_MUST(c, name);
	if (c->kind == HTML_PAGE && (c->at[name] == ' ' || c->at[name] == '>')) {
		HTML_MUST(c, html_attribute_fits(c, arena_strndup(&arena, c->at, name), ""));
		c->at += name;
		arena_free(&arena);
		return;
	}
	HTML_MUST(c, c->at[name] == '=' && c->at[name + 1] == '"');
	while (value[len] && value[len] != '"') {
		size_t entity = value[len] == '&' ? html_entity(c, value + len) : 1;

		HTML_MUST(c, entity && value[len] != '<' && value[len] != '>');
		len += entity;
	}
	HTML_MUST(c, value[len] == '"');
	HTML_MUST(c, html_attribute_fits(c, arena_strndup(&arena, c->at, name), html_value(&arena, value, len)));
	if (name == 2 && !strncmp(c->at, "id", 2)) {
		/* " id="x"" once; a second one would be a link into the wrong place */
		const char *whole = arena_printf(&arena, " id=\"%.*s\"", (int)len, value);
		const char *first = strstr(c->ids, whole);

		HTML_MUST(c, first && first + 1 == c->at);
		HTML_MUST(c, len);
	}
	c->at = value + len + 1;
	arena_free(&arena);
}

static inline void html_open(struct html_check *c)
{
	size_t len = strspn(c->at + 1, "abcdefghijklmnopqrstuvwxyz0123456789-");
	char name[24];
	bool empty;

	HTML_MUST(c, len && len < sizeof(name));
	memcpy(name, c->at + 1, len);
	name[len] = '\0';
	HTML_MUST(c, html_fits(c, name));
	c->at += 1 + len;
	while (*c->at == ' ' || (c->kind == HTML_PAGE && isspace((unsigned char)*c->at))) {
		c->at += c->kind == HTML_PAGE ? strspn(c->at, " \n\t") : 1;
		if (*c->at != '>' && *c->at != '/')
			html_attribute(c);
	}
	/* drawings are XML */
	empty = c->kind == HTML_PAGE && *c->at == '/';
	c->at += empty;
	HTML_MUST(c, *c->at == '>');
	c->at++;
	if (empty)
		return;
	if (html_among(html_void, name, len))
		return;
	HTML_MUST(c, c->depth < HTML_DEPTH);
	memcpy(c->open[c->depth++], name, len + 1);
	if (c->drop && !c->dropping && !strcmp(name, c->drop))
		c->dropping = c->depth;
}

static inline void html_close(struct html_check *c)
{
	size_t len = strlen(html_parent(c));

	HTML_MUST(c, c->depth && !strncmp(c->at + 2, html_parent(c), len) && c->at[2 + len] == '>');
	if (c->dropping == c->depth)
		c->dropping = 0;
	c->depth--;
	c->at += 3 + len;
}

static inline void html_character(struct html_check *c)
{
	size_t len = *c->at == '&' ? html_entity(c, c->at) : 1;

	HTML_MUST(c, len && (*c->at != '>' || c->kind == HTML_PAGE) && *c->at != '\0');
	if (!isspace((unsigned char)*c->at) && c->kind != HTML_PAGE)
		HTML_MUST(c, (c->depth || c->kind == HTML_DIFF) && !html_among("ul ol dl table thead tbody tr", html_around(c), strlen(html_around(c))));
	if (c->text && !c->dropping && !isspace((unsigned char)*c->at))
		buf_add(c->text, c->at, len);
	c->at += len;
}

/* Scripts and styles of a page are its templates', never a text's. */
static inline void html_skip_raw(struct html_check *c)
{
	const char *name = html_parent(c);

	if (strcmp(name, "script") && strcmp(name, "style"))
		return;
	while (strncmp(c->at, "</", 2))
		HTML_MUST(c, *c->at++);
}

/* Abort unless this is good HTML. `text` (may be NULL) gets what a reader
 * reads of it, without blanks and without what stands in `drop` elements. */
static inline void html_must(enum html_kind kind, const char *html, const char *drop, struct buf *text)
{
	struct html_check *c = calloc(1, sizeof(*c));

	*c = (struct html_check) { .kind = kind, .at = html, .ids = html, .drop = drop, .text = text };
	if (kind == HTML_PAGE && !strncasecmp(html, "<!doctype html>", 15))
		c->at += 15;
	while (*c->at) {
		if (kind == HTML_PAGE)
			html_skip_raw(c);
		if (*c->at != '<')
			html_character(c);
		else if (c->at[1] == '/')
			html_close(c);
		else
			html_open(c);
	}
	HTML_MUST(c, c->depth == 0);
	free(c);
}

#endif
