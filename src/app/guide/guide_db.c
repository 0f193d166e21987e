/* guide_db.c: the guide table, its sections and what main was seen at */
#include "guide_db.h"

#include "base/when.h"
#include "db/db.h"

static const struct field guide_fields[] = {
	FIELD_TEXT(struct guide, slug),
	FIELD_TEXT(struct guide, title),
	FIELD_TEXT(struct guide, description),
	FIELD_TEXT(struct guide, language),
	FIELD_TEXT(struct guide, platform),
	FIELD_TEXT(struct guide, audience),
	FIELD_TEXT(struct guide, licence),
	FIELD_TEXT(struct guide, version),
	FIELD_TEXT(struct guide, status),
	FIELD_TEXT(struct guide, review_by),
	FIELD_INT(struct guide, open_proposals),
	FIELD_INT(struct guide, accepted),
	FIELD_TIME(struct guide, released_at),
	FIELD_TIME(struct guide, changed_at),
	FIELD_END
};
const struct shape guide_shape = SHAPE(guide, guide_fields);

struct text_row {
	const char *text;
};
static const struct field text_fields[] = { FIELD_TEXT(struct text_row, text), FIELD_END };
static const struct shape text_shape = SHAPE(text_row, text_fields);

/* $1 is today, as YYYY-MM-DD: dates of that form compare as texts */
#define GUIDE_COLUMNS "slug, title, description, language, platform, audience, licence, version, review_by," \
		      " open_proposals, accepted, released_at, changed_at," \
		      " CASE WHEN review_by < $1 THEN 'review overdue' WHEN version IS NULL THEN 'draft'" \
		      " ELSE 'active' END AS status"

static const char *today(struct task *task)
{
	char text[WHEN_BYTES];

	return arena_strdup(&task->arena, when_date(task->now, text));
}

bool guide_db_get(struct task *task, const char *slug, struct guide *out)
{
	return db_row(task, &guide_shape, out,
		"SELECT " GUIDE_COLUMNS " FROM guide WHERE slug = $2 AND language = $3",
		ARGS(ARG(today(task)), ARG(slug), ARG(GUIDE_LANGUAGE)));
}

bool guide_db_list(struct task *task, struct list *out)
{
	return db_rows(task, &guide_shape, out,
		"SELECT " GUIDE_COLUMNS " FROM guide WHERE language = $2 ORDER BY title",
		ARGS(ARG(today(task)), ARG(GUIDE_LANGUAGE)));
}

bool guide_db_put(struct task *task, const struct guide_row *row)
{
	return db_run(task, NULL,
		"INSERT INTO guide (slug, language, title, description, platform, audience, licence, review_by, blob, changed_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
		" ON CONFLICT (slug, language) DO UPDATE SET title = excluded.title,"
		" description = excluded.description, platform = excluded.platform, audience = excluded.audience,"
		" licence = excluded.licence, review_by = excluded.review_by, blob = excluded.blob,"
		" changed_at = excluded.changed_at",
		ARGS(ARG(row->slug), ARG(row->language), ARG(row->title), ARG(row->description), ARG(row->platform),
			ARG(row->audience), ARG(row->licence), ARG(row->review_by), ARG(row->blob), ARG(row->changed_at)));
}

bool guide_db_drop(struct task *task, const char *slug)
{
	return db_run(task, NULL, "DELETE FROM guide WHERE slug = $1", ARGS(ARG(slug)));
}

bool guide_db_blob(struct task *task, const char *slug, const char **out)
{
	struct text_row row = { "" };
	bool found;

	if (!db_maybe(task, &text_shape, &row, &found,
		    "SELECT blob AS text FROM guide WHERE slug = $1 AND language = $2",
		    ARGS(ARG(slug), ARG(GUIDE_LANGUAGE))))
		return false;
	*out = row.text;
	return true;
}

static const struct field place_fields[] = {
	FIELD_TEXT(struct guide_place, blob),
	FIELD_TEXT(struct guide_place, main),
	FIELD_END
};
static const struct shape place_shape = SHAPE(guide_place, place_fields);

bool guide_db_place(struct task *task, const char *slug, struct guide_place *out)
{
	bool found;

	*out = (struct guide_place) { 0 };
	return db_maybe(task, &place_shape, out, &found,
		"SELECT blob, commit_id AS main FROM guide, main_seen WHERE slug = $1 AND language = $2",
		ARGS(ARG(slug), ARG(GUIDE_LANGUAGE)));
}

bool guide_db_released(struct task *task, const char *slug, const char *version, int64_t at)
{
	return db_run(task, NULL,
		"UPDATE guide SET version = $1, released_at = $2 WHERE slug = $3",
		ARGS(ARG(version), ARG(at), ARG(slug)));
}

bool guide_db_counts(struct task *task, const char *slug, int64_t open_proposals, int64_t accepted)
{
	return db_run(task, NULL, "UPDATE guide SET open_proposals = $1, accepted = $2 WHERE slug = $3",
		ARGS(ARG(open_proposals), ARG(accepted), ARG(slug)));
}

static const struct field section_row_fields[] = {
	FIELD_INT(struct section_row, id),
	FIELD_TEXT(struct section_row, section),
	FIELD_TEXT(struct section_row, title),
	FIELD_TEXT(struct section_row, hash),
	FIELD_END
};
static const struct shape section_row_shape = SHAPE(section_row, section_row_fields);

bool section_db_list(struct task *task, const char *slug, struct list *out)
{
	return db_rows(task, &section_row_shape, out,
		"SELECT id, section, title, hash FROM guide_section WHERE guide = $1",
		ARGS(ARG(slug)));
}

bool section_db_change(struct task *task, const struct section_row *row, const char *words)
{
	return db_run(task, NULL, "UPDATE guide_section SET title = $2, hash = $3 WHERE id = $1",
		       ARGS(ARG(row->id), ARG(row->title), ARG(row->hash)))
		&& db_run(task, NULL, "UPDATE guide_text SET title = $2, body = $3 WHERE rowid = $1",
			ARGS(ARG(row->id), ARG(row->title), ARG(words)));
}

bool section_db_drop(struct task *task, int64_t id)
{
	return db_run(task, NULL, "DELETE FROM guide_text WHERE rowid = $1", ARGS(ARG(id)))
		&& db_run(task, NULL, "DELETE FROM guide_section WHERE id = $1", ARGS(ARG(id)));
}

bool section_db_clear(struct task *task, const char *slug)
{
	return db_run(task, NULL,
		       "DELETE FROM guide_text WHERE rowid IN (SELECT id FROM guide_section WHERE guide = $1)",
		       ARGS(ARG(slug)))
		&& db_run(task, NULL, "DELETE FROM guide_section WHERE guide = $1", ARGS(ARG(slug)));
}

bool section_db_add(struct task *task, const char *slug, const struct section_row *row, const char *words)
{
	int64_t id;

	return db_number(task, &id,
		       "INSERT INTO guide_section (guide, language, section, title, hash) VALUES ($1, $2, $3, $4, $5)"
		       " RETURNING id AS number",
		       ARGS(ARG(slug), ARG(GUIDE_LANGUAGE), ARG(row->section), ARG(row->title), ARG(row->hash)))
		&& db_run(task, NULL, "INSERT INTO guide_text (rowid, title, body) VALUES ($1, $2, $3)",
			ARGS(ARG(id), ARG(row->title), ARG(words)));
}

bool main_db_get(struct task *task, const char **out)
{
	struct text_row row = { 0 };
	bool found;

	if (!db_maybe(task, &text_shape, &row, &found, "SELECT commit_id AS text FROM main_seen", NO_ARGS))
		return false;
	*out = row.text;
	return true;
}

bool main_db_set(struct task *task, const char *commit)
{
	return db_run(task, NULL, "DELETE FROM main_seen", NO_ARGS)
		&& db_run(task, NULL, "INSERT INTO main_seen (commit_id) VALUES ($1)", ARGS(ARG(commit)));
}
