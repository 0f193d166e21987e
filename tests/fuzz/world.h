/* world.h: a whole site in this process: both stores in a folder in memory,
 * the router, and people who ask it things
 *
 * The folder is a copy of one that is prepared once, so every input begins
 * with the same site. */
#ifndef TESTS_FUZZ_WORLD_H
#define TESTS_FUZZ_WORLD_H

#include <dirent.h>
#include <jansson.h>
#include <sodium.h>
#include <sys/stat.h>

#include "app/account/account_db.h"
#include "app/journal.h"
#include "app/release.h"
#include "base/conf.h"
#include "base/memo.h"
#include "db/db.h"
#include "git/repo.h"
#include "html.h"
#include "http/form.h"
#include "http/router.h"
#include "quiet.h"
#include "site.h"

enum person {
	GUEST,
	CORA, /* contributes */
	RITA, /* reviews */
	MO,   /* moderates */
	MIA,  /* moderates as well */
	ADA,  /* administers */
	PEOPLE,
};

struct world {
	char folder[64];
	const char *data;     /* in folder: the site that is used */
	const char *prepared; /* the one it is copied from */
	const char *synced;   /* the repository as it is on disk for certain */
	struct arena arena;
	struct conf conf;
	struct memo *memo;
	struct router *router;
	const char *token[PEOPLE], *session[PEOPLE];
	int64_t account[PEOPLE];
	/* of one input */
	struct journal journal;
	struct db_store *store;
	struct db *db;
	struct repo *repo;
	int64_t now;
	/* of one request */
	struct task task;
	struct reply reply;
	json_t *json; /* the answer, if it is JSON */
};

static const struct {
	const char *handle;
	enum role role;
} world_people[PEOPLE] = {
	{ NULL, ROLE_READER },
	{ "cora", ROLE_CONTRIBUTOR },
	{ "rita", ROLE_REVIEWER },
	{ "mo", ROLE_MODERATOR },
	{ "mia", ROLE_MODERATOR },
	{ "ada", ROLE_ADMIN },
};

static const unsigned char world_key[32] = "a key for tests only, 32 bytes..";

/* ---- folders ---- */

static inline void world_copy_file(const char *from, const char *to)
{
	char bytes[65536];
	int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t len;

	MUST(in >= 0 && out >= 0);
	while ((len = read(in, bytes, sizeof(bytes))) > 0)
		MUST(write(out, bytes, (size_t)len) == len);
	close(in);
	close(out);
}

/* `to` may not be there. */
static inline void world_copy(const char *from, const char *to)
{
	DIR *folder = opendir(from);
	struct dirent *entry;

	if (!folder) {
		world_copy_file(from, to);
		return;
	}
	MUST(!mkdir(to, 0700));
	while ((entry = readdir(folder))) {
		char a[512], b[512];

		snprintf(a, sizeof(a), "%s/%s", from, entry->d_name);
		snprintf(b, sizeof(b), "%s/%s", to, entry->d_name);
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			world_copy(a, b);
	}
	closedir(folder);
}

static inline void world_remove(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	if (!folder) {
		unlink(path);
		return;
	}
	while ((entry = readdir(folder))) {
		char inside[512];

		snprintf(inside, sizeof(inside), "%s/%s", path, entry->d_name);
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			world_remove(inside);
	}
	closedir(folder);
	rmdir(path);
}

/* ---- opening and closing ---- */

static inline void world_begin(struct world *w)
{
	w->task = (struct task) { .now = w->now, .conf = &w->conf, .memo = w->memo, .db = w->db, .repo = w->repo, .journal = &w->journal };
}

static inline void world_end(struct world *w)
{
	if (w->task.err.code)
		task_forgive(&w->task);
	json_decref(w->json);
	w->json = NULL;
	db_settle(w->db);
	arena_free(&w->task.arena);
}

static inline void world_open_stores(struct world *w)
{
	spare_give(&w->journal.spare);
	w->journal = (struct journal) { 0 };
	w->store = db_store_open(arena_printf(&w->arena, "%s/guidehall.db", w->data));
	w->db = db_open(w->store);
	w->repo = repo_open(arena_printf(&w->arena, "%s/guides.git", w->data));
	MUST(w->store && w->db && w->repo);
}

static inline void world_close_stores(struct world *w)
{
	repo_close(w->repo);
	db_close(w->db);
	db_store_close(w->store);
}

/* What service.c does at start. */
static inline void world_repair(struct world *w)
{
	world_begin(w);
	MUST(repo_unlock(&w->task) && journal_recover(&w->task) && proposal_recover(&w->task) && guide_refresh_all(&w->task)
		&& release_recover(&w->task));
	world_end(w);
}

static inline void world_add_people(struct world *w)
{
	for (int p = GUEST + 1; p < PEOPLE; p++) {
		const char *handle = world_people[p].handle, *secret;

		world_begin(w);
		MUST(account_add(&w->task, handle, NULL, world_people[p].role, NULL, &w->account[p]));
		MUST(token_add(&w->task, handle, "fuzz", SCOPE_MODERATE, &secret));
		w->token[p] = arena_strdup(&w->arena, secret);
		w->session[p] = secret_make(&w->arena);
		MUST(db_begin(&w->task)
			&& session_db_add(&w->task, secret_hash(&w->task.arena, w->session[p]), w->account[p], INT64_MAX / 2)
			&& db_commit_quiet(&w->task));
		world_end(w);
	}
}

static inline void world_prepare(struct world *w, const char *guides)
{
	int kept = silence();

	MUST(sodium_init() >= 0);
	json_object_seed(1);
	repo_init();
	MUST(conf_read(&w->conf, &w->arena, NULL));
	w->conf.rate_limits = 0;
	w->prepared = arena_printf(&w->arena, "%s/prepared", w->folder);
	w->synced = arena_printf(&w->arena, "%s/synced", w->folder);
	w->conf.data = w->data = w->prepared;
	w->memo = memo_open(1 << 22);
	w->router = router_open(&(struct router_options) { &site_map, &w->conf, w->conf.web, world_key });
	MUST(w->router && !mkdir(w->prepared, 0700));
	world_open_stores(w);
	world_begin(w);
	MUST(guide_import(&w->task, guides) && journal_settle(&w->task));
	world_end(w);
	world_add_people(w);
	world_close_stores(w);
	w->conf.data = w->data = arena_printf(&w->arena, "%s/data", w->folder);
	speak(kept);
}

static inline void world_sync(struct world *w)
{
	world_remove(w->synced);
	world_copy(arena_printf(&w->arena, "%s/guides.git", w->data), w->synced);
}

static inline void world_open(struct world *w)
{
	world_remove(w->data);
	world_copy(w->prepared, w->data);
	world_open_stores(w);
	world_sync(w);
}

/* ---- asking ---- */

struct ask {
	enum person who;
	enum method method;
	const char *path;
	const char *query;
	json_t *body; /* taken */
	const char *once;
	bool page; /* as a browser, else as a program */
};

static inline void world_judge(struct world *w, const struct ask *ask)
{
	const struct reply *rep = &w->reply;
	const char *body = buf_text(&rep->body);

	if (rep->status >= 500)
		fprintf(stderr, "%s: %s\n", ask->path, w->task.err.detail ? w->task.err.detail : "?");
	MUST(rep->status < 500 && (rep->status >= 200 && rep->status != 429));
	for (const char *c = rep->location ? rep->location : "/"; *c; c++)
		MUST((unsigned char)*c > ' ' && (unsigned char)*c < 0x7f);
	MUST(!rep->location || *rep->location == '/');
	if (!rep->body.len || !rep->type)
		return;
	if (!strncmp(rep->type, "text/html", 9) && !rep->style_hash)
		html_must(HTML_PAGE, body, NULL, NULL);
	if (!strcmp(rep->type, "application/json")) {
		w->json = json_loadb(body, rep->body.len, JSON_REJECT_DUPLICATES, NULL);
		MUST(w->json);
	}
}

/* The fields as a browser sends them, with the token of the form. */
static inline const char *world_form(struct world *w, enum person who, json_t *body)
{
	struct buf out = { .arena = &w->task.arena };
	const char *name;
	json_t *value;

	w->task.who.session = w->session[who] ? secret_hash(&w->task.arena, w->session[who]) : NULL;
	buf_printf(&out, "_token=%s", form_token(&w->task, world_key));
	w->task.who.session = NULL;
	json_object_foreach(body, name, value)
	{
		buf_printf(&out, "&%s=", name);
		buf_url(&out, json_string_value(value));
	}
	return buf_text(&out);
}

/* Ask; the answer is in w->reply and w->json until world_end(). */
static inline int world_ask(struct world *w, struct ask ask)
{
	char *json = ask.body ? json_dumps(ask.body, 0) : NULL;
	struct request req = { .method = ask.method, .path = ask.path, .query = ask.query ? ask.query : "", .wants_json = !ask.page, .body_kind = !json ? BODY_NONE : ask.page ? BODY_FORM
																					       : BODY_JSON,
		.address = "192.0.2.1",
		.once = ask.once,
		.host = "guides.example",
		.fetch_site = "same-origin" };
	int kept = silence();

	world_begin(w);
	req.body = !json ? "" : ask.page ? world_form(w, ask.who, ask.body)
					 : arena_strdup(&w->task.arena, json);
	req.body_len = strlen(req.body);
	free(json);
	json_decref(ask.body);
	if (ask.page)
		req.session = w->session[ask.who];
	else
		req.bearer = w->token[ask.who];
	w->reply = (struct reply) { 0 };
	router_serve(&w->task, w->router, &req, &w->reply);
	speak(kept);
	world_judge(w, &ask);
	db_settle(w->db);
	return w->reply.status;
}

static inline const char *world_word(const struct world *w, const char *name)
{
	return json_string_value(json_object_get(w->json, name));
}

#endif
