/* release_db.c: the release table and the files of each */
#include "release_db.h"

#include "db/db.h"

static const struct field release_fields[] = {
	FIELD_TEXT(struct release, guide),
	FIELD_TEXT(struct release, guide_title),
	FIELD_TEXT(struct release, version),
	FIELD_TEXT(struct release, tag),
	FIELD_TEXT(struct release, commit),
	FIELD_TEXT(struct release, notes),
	FIELD_TIME(struct release, released_at),
	FIELD_END
};
const struct shape release_shape = SHAPE(release, release_fields);

static const struct field file_fields[] = {
	FIELD_TEXT(struct release_file, name),
	FIELD_TEXT(struct release_file, type),
	FIELD_URL(struct release_file, url),
	FIELD_TEXT(struct release_file, label),
	FIELD_INT(struct release_file, bytes),
	FIELD_TEXT(struct release_file, sha256),
	FIELD_END
};
const struct shape release_file_shape = SHAPE(release_file, file_fields);

#define SELECT_RELEASE "SELECT r.guide, coalesce(g.title, r.guide) AS guide_title, r.version, r.tag," \
		       " r.commit_id AS \"commit\", r.notes, r.released_at" \
		       " FROM release r LEFT JOIN guide g ON g.slug = r.guide AND g.language = r.language "

bool release_db_add(struct task *task, const struct release *r, const int64_t number[static 3])
{
	return db_run(task, NULL,
		"INSERT INTO release (guide, language, version, tag, commit_id, notes, released_at, released_by, major, minor, patch)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, nullif($8, 0), $9, $10, $11)",
		ARGS(ARG(r->guide), ARG(GUIDE_LANGUAGE), ARG(r->version), ARG(r->tag), ARG(r->commit), ARG(r->notes),
			ARG(r->released_at), ARG(task->who.account), ARG(number[0]), ARG(number[1]), ARG(number[2])));
}

bool release_db_get(struct task *task, const char *guide, const char *version, struct release *out, bool *found)
{
	return db_maybe(task, &release_shape, out, found,
		SELECT_RELEASE "WHERE r.guide = $1 AND r.version = $2", ARGS(ARG(guide), ARG(version)));
}

bool release_db_list(struct task *task, const char *guide, int64_t limit, struct list *out)
{
	return db_rows(task, &release_shape, out,
		SELECT_RELEASE
		"WHERE $1 IS NULL OR r.guide = $1"
		" ORDER BY r.released_at DESC, r.major DESC, r.minor DESC, r.patch DESC LIMIT $2",
		ARGS(ARG(guide), ARG(limit)));
}

bool file_db_add(struct task *task, const struct release *r, const struct press_file *file, int64_t place)
{
	return db_run(task, NULL,
		"INSERT INTO release_file (guide, version, name, type, size, sha256, place) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		ARGS(ARG(r->guide), ARG(r->version), ARG(file->name), ARG(file->type), ARG(file->size), ARG(file->sha256), ARG(place)));
}

bool file_db_list(struct task *task, const struct release *r, struct list *out)
{
	return db_rows(task, &release_file_shape, out,
		"SELECT name, type, size AS bytes, sha256 FROM release_file WHERE guide = $1 AND version = $2 ORDER BY place",
		ARGS(ARG(r->guide), ARG(r->version)));
}
