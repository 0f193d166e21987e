/* links.c: where links may lead
 *
 * Browsers forgive much: they skip tabs and leading blanks, read "\" as "/",
 * and "//host" leaves the site. So anything odd is refused, not repaired. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "text/pass.h"

static const char *const schemes[] = { "http://", "https://", "mailto:" };

static bool is_odd(const char *url)
{
	for (const char *at = url; *at; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f || *at == '\\')
			return true;
	return *url == ' ' || (url[0] == '/' && url[1] == '/');
}

/* ":" before any "/", "?" or "#". */
static bool has_scheme(const char *url)
{
	return url[strcspn(url, ":/?#")] == ':';
}

static bool known_scheme(const char *url)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		size_t len = strlen(schemes[i]);

		if (!strncasecmp(url, schemes[i], len))
			return url[len] && !strchr("/?# ", url[len]);
	}
	return false;
}

const char *links_check(struct arena *arena, const char *url)
{
	if (!*url || is_odd(url) || (has_scheme(url) && !known_scheme(url)))
		return "";
	return arena_strdup(arena, url);
}

/* "(see http://a.example/x_(y))." keeps its last ")" but one. */
static size_t without_punctuation(const char *text, size_t len)
{
	long open = 0;

	for (size_t i = 0; i < len; i++)
		open += (text[i] == '(') - (text[i] == ')');
	while (len && strchr("?!.,:;*_~'\")", text[len - 1])) {
		if (text[len - 1] == ')' && open++ >= 0)
			break;
		len--;
	}
	return len;
}

size_t links_bare(const char *text)
{
	size_t host = 0, end;

	if (!strncasecmp(text, "http://", 7))
		host = 7;
	else if (!strncasecmp(text, "https://", 8))
		host = 8;
	if (!host || (!isalnum((unsigned char)text[host]) && !(text[host] & 0x80)))
		return 0;
	for (end = host; text[end] != '<' && (unsigned char)text[end] > ' '; end++)
		;
	return without_punctuation(text, end);
}
