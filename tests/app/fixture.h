/* fixture.h: both stores in a scratch folder, filled with the guides */
#ifndef TESTS_APP_FIXTURE_H
#define TESTS_APP_FIXTURE_H

#include <sodium.h>
#include <unistd.h>

#include "../test.h"
#include "app/account.h"
#include "app/release.h"
#include "base/conf.h"
#include "base/memo.h"
#include "db/db.h"
#include "git/repo.h"

struct fixture {
	char folder[64];
	struct arena arena;
	struct conf conf;
	struct memo *memo;
	struct db_store *store;
	struct db *db;
	struct repo *repo;
};

/* A task of an account (0: a guest) with this role, at a fixed time. */
static inline struct task begin(struct fixture *f, int64_t account, enum role role)
{
	return (struct task) { .db = f->db, .repo = f->repo, .memo = f->memo, .conf = &f->conf, .now = 1795430520,
		.who = { .account = account, .role = role, .scope = SCOPE_MODERATE } };
}

static inline void end(struct task *task)
{
	db_settle(task->db);
	arena_free(&task->arena);
}

static inline void fixture_open(struct fixture *f, const char *guides)
{
	struct task task;

	*f = (struct fixture) { .folder = "/tmp/guidehall-app-XXXXXX" };
	if (sodium_init() < 0 || !mkdtemp(f->folder))
		abort();
	repo_init();
	CHECK(conf_read(&f->conf, &f->arena, NULL));
	f->conf.data = f->folder;
	f->memo = memo_open(1 << 20);
	f->store = db_store_open(arena_printf(&f->arena, "%s/guidehall.db", f->folder));
	CHECK(f->store);
	f->db = db_open(f->store);
	CHECK(f->db);
	f->repo = repo_open(arena_printf(&f->arena, "%s/guides.git", f->folder));
	CHECK(f->repo);
	task = begin(f, 0, ROLE_READER);
	CHECK(guide_import(&task, guides));
	end(&task);
}

static inline void fixture_close(struct fixture *f)
{
	char command[128];

	repo_close(f->repo);
	db_close(f->db);
	db_store_close(f->store);
	memo_close(f->memo);
	arena_free(&f->arena);
	snprintf(command, sizeof(command), "rm -rf %s", f->folder);
	CHECK(system(command) == 0);
}

/* An account without a password; returns its number. */
static inline int64_t person(struct fixture *f, const char *handle, enum role role)
{
	struct task task = begin(f, 0, ROLE_READER);
	int64_t id = 0;

	CHECK(account_add(&task, handle, NULL, role, NULL, &id));
	end(&task);
	return id;
}

#endif
