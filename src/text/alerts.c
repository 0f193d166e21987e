/* alerts.c: quotes that mean more
 *
 *   > [!IMPORTANT]             an alert, as on GitHub
 *   > **TW-03.** Companies ... its bold id makes it a recommendation
 *   > - Strength: strong       whose list of `Key: value` are its facts
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "text/pass.h"
#include "text/shield.h"

#define FACT_KEY_MAX_BYTES 40

static const char *const names[] = { "note", "tip", "important", "warning", "caution" };

/* The alert that "[!NOTE]" names; NULL when it is no such mark. */
static const char *alert_name(const char *text)
{
	size_t len = strlen(text);

	while (len && text[len - 1] == ' ')
		len--;
	if (len < 4 || strncmp(text, "[!", 2) != 0 || text[len - 1] != ']')
		return NULL;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i]) == len - 3 && !strncasecmp(text + 2, names[i], len - 3))
			return names[i];
	return NULL;
}

static bool is_break(const struct node *node)
{
	return node->kind == NODE_SOFT_BREAK || node->kind == NODE_HARD_BREAK;
}

/* Take the mark off; false when nothing would be left. */
static bool strip_mark(struct node *quote)
{
	struct node *paragraph = quote->first, *mark = paragraph->first;

	if (mark->next && !is_break(mark->next))
		return false;
	if (!mark->next && !paragraph->next)
		return false;
	if (mark->next) {
		paragraph->first = mark->next->next;
		paragraph->first_line++;
	} else {
		quote->first = paragraph->next;
	}
	return true;
}

static bool make_alert(struct node *quote)
{
	struct node *paragraph = quote->first;
	const char *name;

	if (!paragraph || paragraph->kind != NODE_PARAGRAPH)
		return false;
	if (!paragraph->first || paragraph->first->kind != NODE_TEXT)
		return false;
	name = alert_name(paragraph->first->text);
	if (!name || !strip_mark(quote))
		return false;
	quote->kind = NODE_ALERT;
	quote->name = name;
	return true;
}

/* "TW-03", a full stop behind it or not: letters and digits, a hyphen,
 * digits. Returns its length without the full stop, 0 when it is none. */
static size_t id_len(const char *text)
{
	size_t prefix = 0, digits = 0, len;

	while (isupper((unsigned char)text[prefix]) || isdigit((unsigned char)text[prefix]))
		prefix++;
	if (!isupper((unsigned char)text[0]) || text[prefix] != '-')
		return 0;
	while (isdigit((unsigned char)text[prefix + 1 + digits]))
		digits++;
	len = prefix + 1 + digits;
	return digits && !text[len + (text[len] == '.')] ? len : 0;
}

static const char *lowered(struct arena *arena, const char *text)
{
	char *out = arena_strdup(arena, text);

	for (char *at = out; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	return out;
}

/* The bold id moves from the text into the node. */
static bool make_recommendation(struct arena *arena, struct node *alert)
{
	struct node *paragraph = alert->first, *strong = paragraph->first;
	const char *id;
	size_t len;

	if (paragraph->kind != NODE_PARAGRAPH || !strong || strong->kind != NODE_STRONG)
		return false;
	id = doc_plain(arena, strong);
	len = id_len(id);
	if (!len)
		return false;
	alert->kind = NODE_RECOMMENDATION;
	alert->text = arena_strndup(arena, id, len);
	alert->id = lowered(arena, alert->text);
	paragraph->first = strong->next;
	if (paragraph->first && is_break(paragraph->first))
		paragraph->first = paragraph->first->next;
	else if (paragraph->first && paragraph->first->kind == NODE_TEXT)
		paragraph->first->text += strspn(paragraph->first->text, " ");
	return true;
}

/* Length of "Key" in "Key: value"; 0 when the text does not begin so. */
static size_t key_len(const char *text)
{
	size_t len = strcspn(text, ":");

	if (!len || len > FACT_KEY_MAX_BYTES || !text[len] || !isupper((unsigned char)*text))
		return 0;
	return text[len + 1] == ' ' || !text[len + 1] ? len : 0;
}

static bool is_fact(const struct node *item)
{
	const struct node *only = item->first;

	return only && !only->next && only->kind == NODE_PARAGRAPH && only->first
		&& only->first->kind == NODE_TEXT && key_len(only->first->text);
}

static void make_fact(struct arena *arena, struct node *item)
{
	struct node *paragraph = item->first, *text = paragraph->first;
	size_t len = key_len(text->text);

	item->kind = NODE_FACT;
	item->name = shield_lift(arena, arena_strndup(arena, text->text, len), false);
	text->text += len + 1;
	text->text += strspn(text->text, " ");
	paragraph->tight = true;
}

static void make_facts(struct arena *arena, struct node *list)
{
	if (list->kind != NODE_LIST || list->ordered)
		return;
	for (struct node *item = list->first; item; item = item->next)
		if (!is_fact(item))
			return;
	list->kind = NODE_FACTS;
	for (struct node *item = list->first; item; item = item->next)
		make_fact(arena, item);
}

/* Only quotes that stand in nothing else, as on GitHub. */
void alerts_find(struct parse *parse, struct node *document)
{
	for (struct node *quote = document->first; quote; quote = quote->next) {
		if (quote->kind != NODE_QUOTE || !make_alert(quote))
			continue;
		if (!make_recommendation(parse->arena, quote))
			continue;
		for (struct node *block = quote->first; block; block = block->next)
			make_facts(parse->arena, block);
	}
}
