/* sections.c: keeping the full-text index true to the text
 *
 * Each section is found by its own words, not by those of its subsections. A
 * merge changes one or two of them, and the index is slow to write. */
#include "sections.h"

#include <sodium.h>
#include <string.h>

#include "guide_db.h"

static struct section_row *find(const struct list *rows, const char *section)
{
	for (size_t i = 0; i < rows->count; i++) {
		struct section_row *row = (struct section_row *)rows->items + i;

		if (!strcmp(row->section, section))
			return row;
	}
	return NULL;
}

static const char *hash_of(struct arena *arena, const char *bytes, size_t len)
{
	unsigned char hash[16];
	char hex[2 * sizeof(hash) + 1];

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)bytes, len, NULL, 0);
	return arena_strdup(arena, sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash)));
}

static bool put_one(struct task *task, const struct guide_text *text, const struct section *s, const struct list *rows)
{
	size_t len = (size_t)(s->own_end - s->start);
	const char *own = arena_strndup(&task->arena, text->text + s->start, len);
	struct section_row *row = find(rows, s->id);
	struct section_row now = { .section = s->id, .title = s->title, .hash = hash_of(&task->arena, own, len) };

	if (!row)
		return section_db_add(task, text->slug, &now, section_words(&task->arena, own));
	row->stays = true;
	if (!strcmp(row->title, s->title) && !strcmp(row->hash, now.hash))
		return true;
	now.id = row->id;
	return section_db_change(task, &now, section_words(&task->arena, own));
}

bool sections_put(struct task *task, const struct guide_text *text, const struct guideline *g)
{
	const struct section *s = g->sections.items;
	struct list rows = { 0 };

	if (!section_db_list(task, text->slug, &rows))
		return false;
	for (size_t i = 0; i < g->sections.count; i++)
		if (!put_one(task, text, &s[i], &rows))
			return false;
	for (size_t i = 0; i < rows.count; i++) {
		const struct section_row *row = (const struct section_row *)rows.items + i;

		if (!row->stays && !section_db_drop(task, row->id))
			return false;
	}
	return true;
}
