/* test_sqlite.c: rows by shape, transactions, one writer */
#include <pthread.h>
#include <unistd.h>

#include "../test.h"
#include "db/db.h"

struct row {
	int64_t id;
	const char *label;
	int64_t created_at;
};
static const struct field fields[] = {
	FIELD_INT(struct row, id),
	FIELD_TEXT(struct row, label),
	FIELD_TIME(struct row, created_at),
	FIELD_END
};
static const struct shape shape = SHAPE(row, fields);

#define ADD "INSERT INTO account (handle, role, created_at) VALUES ($1, 1, $2)"
#define COUNT "SELECT count(*) AS number FROM account"

static struct task begin(struct db *db)
{
	return (struct task) { .db = db, .now = 1700000000 };
}

static void end(struct task *task)
{
	db_settle(task->db);
	arena_free(&task->arena);
}

static void test_rows(struct db *db)
{
	struct task task = begin(db);
	struct list list = { 0 };
	struct row row;
	int64_t changed;
	bool found;

	CHECK(db_begin(&task));
	CHECK(db_run(&task, &changed, ADD, ARGS(ARG("ada"), ARG(task.now))) && changed == 1);
	CHECK(db_run(&task, NULL, ADD, ARGS(ARG("o'brien \" ; DROP TABLE account"), ARG(task.now))));
	CHECK(db_commit(&task));
	CHECK(db_rows(&task, &shape, &list, "SELECT id, handle AS label, created_at FROM account ORDER BY id", NO_ARGS));
	CHECK(list.count == 2);
	CHECK_STR(((struct row *)list.items)[1].label, "o'brien \" ; DROP TABLE account");
	CHECK(((struct row *)list.items)[0].created_at == task.now);
	CHECK(db_row(&task, &shape, &row, "SELECT id, name AS label FROM account WHERE handle = $1", ARGS(ARG("ada"))));
	CHECK(row.id == 1 && !row.label);
	CHECK(!db_row(&task, &shape, &row, "SELECT id FROM account WHERE handle = $1", ARGS(ARG("bob"))));
	CHECK(task.err.code == ERR_NOT_FOUND);
	task_forgive(&task);
	CHECK(db_maybe(&task, &shape, &row, &found, "SELECT id FROM account WHERE handle = $1", ARGS(ARG("bob"))) && !found);
	end(&task);
}

static void test_rollback(struct db *db)
{
	struct task task = begin(db);
	int64_t before, after;

	CHECK(db_number(&task, &before, COUNT, NO_ARGS));
	CHECK(db_begin(&task));
	CHECK(db_run(&task, NULL, ADD, ARGS(ARG("ghost"), ARG(task.now))));
	CHECK(db_number(&task, &after, COUNT, NO_ARGS) && after == before + 1); /* inside, one sees it */
	db_settle(db);
	CHECK(db_number(&task, &after, COUNT, NO_ARGS) && after == before);
	end(&task);
}

static void test_refusals(struct db *db)
{
	struct task task = begin(db);

	CHECK(!db_run(&task, NULL, ADD, ARGS(ARG("x"), ARG(task.now))));
	CHECK(task.err.code == ERR_INTERNAL); /* a change outside a transaction */
	task_forgive(&task);
	CHECK(db_begin(&task));
	CHECK(!db_run(&task, NULL, ADD, ARGS(ARG("ada"), ARG(task.now))));
	CHECK(task.err.code == ERR_CONFLICT); /* the handle is taken */
	end(&task);
}

/* Only changes that readers can see count. */
static void test_version(struct db_store *store, struct db *db)
{
	struct task task = begin(db);
	uint64_t before = db_store_version(store, NULL), one, other;

	CHECK(db_begin(&task) && db_commit_quiet(&task));
	CHECK(db_store_version(store, NULL) == before);
	CHECK(db_begin(&task) && db_commit(&task));
	CHECK(db_store_version(store, NULL) == before + 1);
	/* what concerns one part shows there, and where all is shown */
	one = db_store_version(store, "twitter");
	other = db_store_version(store, "blogs");
	CHECK(db_begin(&task) && db_commit_for(&task, "twitter"));
	CHECK(db_store_version(store, "twitter") == one + 1);
	CHECK(db_store_version(store, "blogs") == other);
	CHECK(db_store_version(store, NULL) == before + 2);
	CHECK(db_begin(&task) && db_commit(&task));
	CHECK(db_store_version(store, "twitter") == one + 2);
	CHECK(db_store_version(store, "blogs") == other + 1);
	end(&task);
}

static void *write_many(void *store)
{
	struct db *db = db_open(store);

	CHECK(db);
	for (int i = 0; i < 50; i++) {
		struct task task = begin(db);
		const char *handle = arena_printf(&task.arena, "w%p-%d", (void *)db, i);

		CHECK(db_begin(&task));
		CHECK(db_run(&task, NULL, ADD, ARGS(ARG(handle), ARG(task.now))));
		CHECK(db_commit(&task));
		end(&task);
	}
	db_close(db);
	return NULL;
}

static void test_writers_queue(struct db_store *store, struct db *db)
{
	struct task task = begin(db);
	pthread_t threads[4];
	int64_t before, after;

	CHECK(db_number(&task, &before, COUNT, NO_ARGS));
	for (int i = 0; i < 4; i++)
		CHECK(!pthread_create(&threads[i], NULL, write_many, store));
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	CHECK(db_number(&task, &after, COUNT, NO_ARGS));
	CHECK(after == before + 200);
	end(&task);
}

/* A locked process may not make files in /tmp, where SQLite would sort. */
static void test_sorts_in_memory(struct db *db)
{
	struct task task = begin(db);
	int64_t where;

	CHECK(db_number(&task, &where, "SELECT temp_store AS number FROM pragma_temp_store", NO_ARGS) && where == 2);
	CHECK(db_begin(&task));
	CHECK(db_number(&task, &where, "SELECT temp_store AS number FROM pragma_temp_store ", NO_ARGS) && where == 2);
	end(&task);
}

static void test_inspect(const char *path, bool is_there)
{
	struct task task = { .now = 1700000000 };
	struct db_facts facts = { 0 };

	CHECK(db_inspect(&task, path, &facts) == is_there);
	if (is_there) {
		CHECK(!facts.damage && facts.version == facts.newest && facts.version > 0);
		CHECK_STR(facts.journal, "wal");
	}
	arena_free(&task.arena);
}

int main(void)
{
	char path[] = "/tmp/guidehall-db-XXXXXX", beside[64];
	struct db_store *store;
	struct db *db;

	/* where there is no database, nobody says it is whole */
	test_inspect("/nowhere/guidehall.db", false);
	close(mkstemp(path));
	store = db_store_open(path);
	CHECK(store);
	db = db_open(store);
	CHECK(db);
	test_sorts_in_memory(db);
	test_rows(db);
	test_rollback(db);
	test_refusals(db);
	test_version(store, db);
	test_writers_queue(store, db);
	db_close(db);
	db_store_close(store);
	test_inspect(path, true);
	/* a second start finds the same tables */
	store = db_store_open(path);
	CHECK(store);
	db_store_close(store);
	CHECK(!db_store_open("/nowhere/guidehall.db"));
	unlink(path);
	snprintf(beside, sizeof(beside), "%s-wal", path);
	unlink(beside);
	snprintf(beside, sizeof(beside), "%s-shm", path);
	unlink(beside);
	snprintf(beside, sizeof(beside), "%s-turn", path);
	unlink(beside);
	return test_result();
}
