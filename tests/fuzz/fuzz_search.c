/* What somebody types into the search field: nothing of it is a query to the
 * index, whatever it is; each hit holds every word; each word of a section
 * finds that section; marks are gone from what is shown. Input: the text of a
 * section, then what is typed. */
#include <ctype.h>
#include <sodium.h>
#include <unistd.h>

#include "app/search.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "db/db.h"
#include "fuzz.h"

static struct db_store *store;
static struct db *db;
static char tables[64];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct task task;

	(void)argc;
	(void)argv;
	snprintf(tables, sizeof(tables), "%s/guidehall-search-%d.db", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm", (int)getpid());
	MUST(sodium_init() >= 0 && (store = db_store_open(tables)) && (db = db_open(store)));
	task = (struct task) { .db = db };
	MUST(db_begin(&task)
		&& db_run(&task, NULL, "INSERT INTO guide (slug, language, title, description, platform, audience, licence, review_by, blob, changed_at)"
				       " VALUES ('twitter', 'en', 'Twitter', '', '', '', '', '', '', 0)", NO_ARGS)
		&& db_run(&task, NULL, "INSERT INTO guide_section (id, guide, language, section, title) VALUES (1, 'twitter', 'en', 'one', 'One')", NO_ARGS)
		&& db_commit_quiet(&task));
	arena_free(&task.arena);
	return 0;
}
__attribute__((destructor)) static void clean_up(void)
{
	if (!db)
		return;
	db_close(db);
	db_store_close(store);
	for (const char *const *end = (const char *const[]) { "", "-wal", "-shm", ".lock", ".writer", NULL }; *end; end++) {
		char path[80];

		snprintf(path, sizeof(path), "%s%s", tables, *end);
		unlink(path);
	}
}

/* ---- the index ---- */

static void put(struct task *task, struct text title, struct text body)
{
	MUST(db_begin(task)
		&& db_run(task, NULL, "DELETE FROM guide_text", NO_ARGS)
		&& db_run(task, NULL, "INSERT INTO guide_text (rowid, title, body) VALUES (1, $1, $2)", ARGS(ARG(title.bytes), ARG(body.bytes)))
		&& db_commit_quiet(task));
}

/* ---- a plain reading, of ASCII ---- */

static bool is_ascii(struct text text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.bytes[i] >= 0x80)
			return false;
	return true;
}

/* The next word, in small letters; false: none. */
static bool next_word(struct arena *arena, const char **at, const char **word)
{
	size_t len = 0;
	char *copy;

	while (**at && !isalnum((unsigned char)**at))
		(*at)++;
	while (isalnum((unsigned char)(*at)[len]))
		len++;
	copy = arena_strndup(arena, *at, len);
	for (char *c = copy; *c; c++)
		*c = (char)tolower(*c);
	*at += len;
	*word = copy;
	return len;
}

static bool has_word(struct arena *arena, const char *text, const char *word, bool whole)
{
	const char *have;

	while (next_word(arena, &text, &have))
		if (whole ? !strcmp(have, word) : !strncmp(have, word, strlen(word)))
			return true;
	return false;
}

/* Every word, the last one as the start of one. */
static bool should_find(struct arena *arena, struct text title, struct text body, const char *query)
{
	const char *word, *more;
	bool any = false;

	while (next_word(arena, &query, &word)) {
		const char *rest = query;
		bool last = !next_word(arena, &rest, &more);

		any = true;
		if (!has_word(arena, title.bytes, word, !last) && !has_word(arena, body.bytes, word, !last))
			return false;
	}
	return any;
}

/* ---- what comes back ---- */

static void check_parts(struct arena *arena, const char *whole, const struct list *parts)
{
	struct buf out = { .arena = arena };

	for (size_t i = 0; i < parts->count; i++)
		buf_puts(&out, ((const struct hit_part *)parts->items)[i].text);
	MUST_STR(buf_text(&out), whole);
	MUST(!strpbrk(whole, "\2\3"));
}

static void check_search(struct task *task, struct text title, struct text body, const char *query)
{
	struct list hits = { 0 };

	MUST(search_run(task, query, 10, &hits));
	MUST(hits.count <= 1);
	for (size_t i = 0; i < hits.count; i++) {
		const struct hit *hit = (const struct hit *)hits.items + i;

		MUST_STR(hit->title, title.bytes);
		check_parts(&task->arena, hit->title, &hit->title_parts);
		check_parts(&task->arena, hit->snippet, &hit->snippet_parts);
	}
	if (is_ascii(title) && is_ascii(body) && is_ascii((struct text) { query, strlen(query) }))
		MUST(hits.count == should_find(&task->arena, title, body, query));
}

/* No text of ours holds a control character. */
static bool is_text(struct text text)
{
	for (size_t at = 0; at < text.len;) {
		uint32_t point;

		if (!utf8_next(text.bytes, text.len, &at, &point) || !utf8_for_people(point))
			return false;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct task task = { .db = db };
	struct input in = { data, size };
	struct text title = input_text(&task.arena, &in), body = input_text(&task.arena, &in), query = input_rest(&task.arena, &in);

	if (is_text(title) && is_text(body) && is_text(query)) {
		put(&task, title, body);
		check_search(&task, title, body, query.bytes);
	}
	db_settle(db);
	arena_free(&task.arena);
	return 0;
}
