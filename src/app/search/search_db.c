/* search_db.c: the full-text index over guide sections
 *
 * Found words come back between the control characters 2 and 3, which no
 * text of ours can hold. The index itself sorts by rank, so that snippets are
 * cut for those that are shown only. */
#include "search_db.h"

#include "db/db.h"

static const struct field part_fields[] = {
	FIELD_TEXT(struct hit_part, text),
	FIELD_BOOL(struct hit_part, found),
	FIELD_END
};
static const struct shape part_shape = SHAPE(hit_part, part_fields);

static const struct field fields[] = {
	FIELD_TEXT(struct hit, guide),
	FIELD_TEXT(struct hit, guide_title),
	FIELD_TEXT(struct hit, section),
	FIELD_TEXT(struct hit, title),
	FIELD_TEXT(struct hit, snippet),
	PAGE_MANY(struct hit, title_parts, &part_shape),
	PAGE_MANY(struct hit, snippet_parts, &part_shape),
	FIELD_END
};
const struct shape hit_shape = SHAPE(hit, fields);

bool search_db_find(struct task *task, const char *match, int64_t limit, struct list *out)
{
	return db_rows(task, &hit_shape, out,
		"SELECT s.guide, g.title AS guide_title, s.section,"
		" highlight(guide_text, 0, char(2), char(3)) AS title,"
		" snippet(guide_text, 1, char(2), char(3), '…', 32) AS snippet"
		" FROM guide_text JOIN guide_section s ON s.id = guide_text.rowid"
		" JOIN guide g ON g.slug = s.guide AND g.language = s.language"
		" WHERE guide_text MATCH $1 AND rank MATCH 'bm25(4.0, 1.0)' ORDER BY rank LIMIT $2",
		ARGS(ARG(match), ARG(limit)));
}
