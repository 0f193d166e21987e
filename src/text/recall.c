/* recall.c: a text's structure, read once
 *
 * One suggestion reads the same two texts seven times, and all the others on
 * their way read one of them as well. */
#include "text/recall.h"

#include <sodium.h>

#include "base/memo.h"

static const struct field front_fields[] = {
	FIELD_TEXT(struct front, id),
	FIELD_TEXT(struct front, title),
	FIELD_TEXT(struct front, description),
	FIELD_TEXT(struct front, platform),
	FIELD_WORDS(struct front, audience),
	FIELD_TEXT(struct front, language),
	FIELD_WORDS(struct front, jurisdiction),
	FIELD_TEXT(struct front, licence),
	FIELD_TEXT(struct front, owner),
	FIELD_TEXT(struct front, review_by),
	FIELD_TEXT(struct front, funding),
	FIELD_WORDS(struct front, keywords),
	FIELD_INT(struct front, end),
	FIELD_END
};
static const struct shape front_shape = SHAPE(front, front_fields);

static const struct field fields[] = {
	FIELD_ONE(struct guideline, front, &front_shape),
	FIELD_MANY(struct guideline, sections, &section_shape),
	FIELD_MANY(struct guideline, recommendations, &recommendation_shape),
	FIELD_MANY(struct guideline, problems, &problem_shape),
	FIELD_END
};
static const struct shape shape = SHAPE(guideline, fields);

static const char *key_of(struct arena *arena, const char *text, size_t len)
{
	unsigned char hash[crypto_generichash_BYTES];
	char hex[2 * sizeof(hash) + 1];

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)text, len, NULL, 0);
	return arena_printf(arena, "structure %s", sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash)));
}

bool guideline_read(struct task *task, const char *text, size_t len,
	struct guideline *out)
{
	struct buf kept = { .arena = &task->arena };
	const char *key;

	if (!task->memo)
		return guideline_parse(task, text, len, out);
	key = key_of(&task->arena, text, len);
	if (memo_get(task->memo, key, &kept)) {
		shape_unpack(&task->arena, &shape, kept.bytes, kept.len, out);
		return true;
	}
	if (!guideline_parse(task, text, len, out))
		return false;
	shape_pack(&kept, &shape, out);
	memo_put(task->memo, key, kept.bytes, kept.len);
	return true;
}
