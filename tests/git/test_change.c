/* test_change.c: the life of a change, and two who change at once */
#include "fixture.h"

#include <pthread.h>

#include "base/limit.h"

#define PROPOSAL "refs/heads/proposals/12"
#define WRITERS 8
#define ROUNDS 25

static const struct oid nothing;
static const struct change_note note = { .subject = "Merge", .author = 7 };

static void life(struct fixture *f)
{
	struct task *task = &f->task;
	struct oid first, edit, again, main, seen;
	bool yes;

	first = put(task, &nothing, "one\n\ntwo\n\nthree\n");
	CHECK(change_point(task, REPO_MAIN, &nothing, &first));
	edit = put(task, &first, "one\n\n2\n\nthree\n");
	CHECK(change_point(task, PROPOSAL, &nothing, &edit));
	again = put(task, &edit, "one\n\nTwo\n\nthree\n");
	CHECK(change_point(task, PROPOSAL, &edit, &again));
	CHECK(change_merges(task, &first, &first, &again, &yes) && yes);
	CHECK(change_merge(task, &first, &first, &again, &note, &main));
	CHECK(change_point(task, REPO_MAIN, &first, &main));
	CHECK(change_point(task, "refs/archive/proposals/12", &nothing, &again));
	CHECK(change_drop(task, PROPOSAL, &again));
	CHECK(repo_tip(task, REPO_MAIN, &seen) && oid_equal(&seen, &main));
	CHECK_STR(get(task, &seen), "one\n\nTwo\n\nthree\n");
	CHECK(repo_find(task, PROPOSAL, &seen) && !seen.hex[0]);
	CHECK_STR(run("git -C %s log -1 --format=%%P main", f->path),
		arena_printf(&task->arena, "%s %s\n", first.hex, again.hex));
}

static void stale(struct fixture *f)
{
	struct task *task = &f->task;
	struct oid main, mine, yours, seen;

	CHECK(repo_tip(task, REPO_MAIN, &main));
	mine = put(task, &main, "mine\n");
	yours = put(task, &main, "yours\n");
	CHECK(change_point(task, REPO_MAIN, &main, &yours));
	CHECK(!change_point(task, REPO_MAIN, &main, &mine) && failure(task) == ERR_CONFLICT);
	CHECK(!change_point(task, REPO_MAIN, &nothing, &mine) && failure(task) == ERR_CONFLICT);
	CHECK(!change_point(task, "refs/heads/no", &main, &mine) && failure(task) == ERR_CONFLICT);
	CHECK(!change_drop(task, REPO_MAIN, &main) && failure(task) == ERR_CONFLICT);
	CHECK(!change_drop(task, "refs/heads/no", &main) && failure(task) == ERR_CONFLICT);
	CHECK(!change_drop(task, REPO_MAIN, &nothing) && failure(task) == ERR_CONFLICT);
	CHECK(repo_tip(task, REPO_MAIN, &seen) && oid_equal(&seen, &yours));
}

static void merges(struct fixture *f)
{
	struct task *task = &f->task;
	struct oid base = put(task, &nothing, "one\n\ntwo\n\nthree\n");
	struct oid ours = put(task, &base, "ONE\n\ntwo\n\nthree\n");
	struct oid far = put(task, &base, "one\n\ntwo\n\nTHREE\n");
	struct oid clash = put(task, &base, "First\n\ntwo\n\nthree\n");
	struct oid out = nothing;
	const char *objects;
	bool yes;

	objects = arena_strdup(&task->arena, run("find %s/objects -type f | wc -l", f->path));
	CHECK(change_merges(task, &base, &ours, &far, &yes) && yes);
	CHECK(change_merges(task, &base, &ours, &clash, &yes) && !yes);
	CHECK(!change_merge(task, &base, &ours, &clash, &note, &out) && failure(task) == ERR_CONFLICT);
	CHECK(!out.hex[0]);
	CHECK_STR(run("find %s/objects -type f | wc -l", f->path), objects);
	CHECK(change_merge(task, &base, &ours, &far, &note, &out));
	CHECK_STR(get(task, &out), "ONE\n\ntwo\n\nTHREE\n");
	CHECK(change_merge(task, &base, &ours, &ours, &note, &out));
	CHECK_STR(get(task, &out), "ONE\n\ntwo\n\nthree\n");
	CHECK(!change_merges(task, &nothing, &ours, &far, &yes) && failure(task) == ERR_NOT_FOUND);
}

/* Files that come and go on either side. */
static void files(struct fixture *f)
{
	static const char other[] = "guides/other/en.md";
	struct task *task = &f->task;
	struct oid base = put(task, &nothing, "one\n");
	struct oid ours = put(task, &base, "ONE\n");
	struct oid added, elsewhere, out, gone;
	struct list found;
	bool yes;

	CHECK(change_write(task, &base, other, "a\n", 2, &note, &added));
	CHECK(change_write(task, &ours, other, "b\n", 2, &note, &elsewhere));
	CHECK(change_merge(task, &base, &ours, &added, &note, &out));
	CHECK_STR(get(task, &out), "ONE\n");
	CHECK(repo_files(task, &out, "guides", &found) && found.count == 2);
	CHECK(change_merges(task, &base, &elsewhere, &added, &yes) && !yes);
	CHECK(change_revert(task, &out, &added, &note, &gone));
	CHECK(repo_files(task, &gone, "guides", &found) && found.count == 1);
	CHECK_STR(get(task, &gone), "ONE\n");
	CHECK(change_write(task, &out, other, "changed\n", 8, &note, &out));
	CHECK(!change_revert(task, &out, &added, &note, &gone) && failure(task) == ERR_CONFLICT);
}

/* What git itself would have made of the folder's lines. */
static void sorted_as_git_does(struct fixture *f, const struct oid *commit, const char *folder)
{
	const char *ours = arena_strdup(&f->task.arena, run("git -C %s rev-parse %s:%s", f->path, commit->hex, folder));

	CHECK_STR(run("git -C %s ls-tree %s:%s | sort -R | git -C %s mktree", f->path, commit->hex, folder, f->path), ours);
}

/* A folder is sorted as if its name ended with a slash: "a-b" before "a". */
static void folders(struct fixture *f)
{
	static const char *const slugs[] = { "a0", "a", "a-b", "a-b0", "b" };
	struct task *task = &f->task;
	struct oid at = nothing, once, gone;
	struct list all = { 0 };

	for (size_t i = 0; i < sizeof(slugs) / sizeof(*slugs); i++) {
		const char *path = arena_printf(&task->arena, "guides/%s/en.md", slugs[i]);

		*(struct change_file *)list_add(&task->arena, &all, sizeof(struct change_file)) = (struct change_file) { path, "one\n", 4 };
		CHECK(change_write(task, &at, path, "one\n", 4, &note, &at));
		sorted_as_git_does(f, &at, "guides");
	}
	CHECK(change_write_all(task, &nothing, &all, &note, &once));
	CHECK_STR(run("git -C %s diff-tree %s %s", f->path, at.hex, once.hex), "");
	/* a folder goes with its last file */
	CHECK(change_write(task, &at, "guides/c/en.md", "two\n", 4, &note, &once));
	CHECK(change_revert(task, &once, &once, &note, &gone));
	CHECK_STR(run("git -C %s diff-tree %s %s", f->path, at.hex, gone.hex), "");
}

static void reverts(struct fixture *f)
{
	struct task *task = &f->task;
	struct oid base = put(task, &nothing, "one\n\ntwo\n\nthree\n");
	struct oid edit = put(task, &base, "one\n\nTWO\n\nthree\n");
	struct oid merge, later, over, back, again;

	CHECK(change_merge(task, &base, &base, &edit, &note, &merge));
	later = put(task, &merge, "one\n\nTWO\n\nthree\n\nfour\n");
	CHECK(change_revert(task, &later, &merge, &note, &back));
	CHECK_STR(get(task, &back), "one\n\ntwo\n\nthree\n\nfour\n");
	CHECK(!change_revert(task, &back, &merge, &note, &again) && failure(task) == ERR_CONFLICT);
	over = put(task, &merge, "one\n\nSECOND\n\nthree\n");
	CHECK(!change_revert(task, &over, &merge, &note, &again) && failure(task) == ERR_CONFLICT);
	/* Git would find `edit` merged already; with the base named it applies again. */
	CHECK(change_merge(task, &base, &back, &edit, &note, &again));
	CHECK_STR(get(task, &again), "one\n\nTWO\n\nthree\n\nfour\n");
}

static void texts(struct task *task)
{
	const char *out;
	bool clash;

	CHECK(change_merge_text(task, "a\n\nb\n\nc\n", "A\n\nb\n\nc\n", "a\n\nb\n\nC\n", &clash, &out));
	CHECK(!clash);
	CHECK_STR(out, "A\n\nb\n\nC\n");
	CHECK(change_merge_text(task, "a\n\nb\n", "mine\n\nb\n", "theirs\n\nb\n", &clash, &out));
	CHECK(clash);
	CHECK_STR(out, "mine\ntheirs\n\nb\n");
	CHECK(change_merge_text(task, "", "mine", "theirs", &clash, &out) && clash);
	CHECK_STR(out, "mine\ntheirs");
	CHECK(change_merge_text(task, "", "", "", &clash, &out) && !clash);
	CHECK_STR(out, "");
	CHECK(change_merge_text(task, "a\r\n\r\nb\r\n", "A\r\n\r\nb\r\n", "a\r\n\r\nB\r\n", &clash, &out) && !clash);
	CHECK_STR(out, "A\r\n\r\nB\r\n");
}

static void bytes(struct task *task)
{
	static const char text[] = "\xef\xbb\xbf" "a\r\n\r\n\tb \x01\xff\0end\r";
	struct oid base, ours;
	const char *back;
	size_t len;

	CHECK(change_write(task, &nothing, GUIDE, text, sizeof(text) - 1, &note, &base));
	CHECK(repo_file(task, &base, GUIDE, &back, &len, NULL));
	CHECK(len == sizeof(text) - 1 && !memcmp(back, text, sizeof(text)));
	CHECK(change_write(task, &base, "guides/twitter/de.md", "x", 1, &note, &ours));
	CHECK(change_merge(task, &base, &ours, &base, &note, &ours));
	CHECK(repo_file(task, &ours, GUIDE, &back, &len, NULL));
	CHECK(len == sizeof(text) - 1 && !memcmp(back, text, sizeof(text)));
}

static void hostile(struct task *task)
{
	static const char *const paths[] = {
		"", "/", "guides", "guides/", "guides/twitter", "guides/twitter/", "guides//en.md",
		"/guides/twitter/en.md", "guides/twitter/en.md/", "guides/twitter/a/b.md", "README.md",
		"guides/../en.md", "guides/twitter/..", "guides/./en.md", "guides/twitter/.",
		"guides/.git/config", "guides/twitter/.git", "guides/twitter/.gitmodules",
		"guides/twitter/.gitattributes", "guides/twitter/git~1", "guides/git~1/en.md",
		"guides/twitter/.git\xe2\x80\x8c", "guides/twitter/a\\b.md", "guides/twitter/a:b",
		"guides/twitter/.git::$INDEX_ALLOCATION", "guides/twitter/EN.md", "guides/Twitter/en.md",
		"guides/twitter/-rf", "guides/twitter/_x.md", "guides/twitter/a b.md", "guides/twitter/a\nb",
		"guides/twitter/<img onerror=x>", "guides/twitter/\xe2\x80\xae" "dm.ne", "guides/twitter/en.",
		"guides/con/en.md", "guides/twitter/aux", "guides/twitter/nul.md", "guides/com1/en.md",
		"guides/twitter/lpt9.a.md", "guides/tw.itter/en.md", "guides/tw_itter/en.md",
	};
	char longest[200];
	struct oid out;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		CHECK(!change_write(task, &nothing, paths[i], "x", 1, &note, &out));
		if (failure(task) != ERR_FIELDS)
			CHECK_STR(paths[i], "refused");
	}
	snprintf(longest, sizeof(longest), "guides/%064d/%0100d", 1, 2);
	CHECK(change_write(task, &nothing, longest, "x", 1, &note, &out));
	snprintf(longest, sizeof(longest), "guides/%065d/%0100d", 1, 2);
	CHECK(!change_write(task, &nothing, longest, "x", 1, &note, &out) && failure(task) == ERR_FIELDS);
	snprintf(longest, sizeof(longest), "guides/%064d/%0101d", 1, 2);
	CHECK(!change_write(task, &nothing, longest, "x", 1, &note, &out) && failure(task) == ERR_FIELDS);
	CHECK(change_write(task, &nothing, "guides/console/common-a.b_c", "x", 1, &note, &out));
	CHECK(!change_point(task, "refs/heads/-x", &nothing, &out) && failure(task) == ERR_INTERNAL);
	CHECK(!change_point(task, "refs/heads/$(id)", &nothing, &out) && failure(task) == ERR_INTERNAL);
	CHECK(!change_point(task, "HEAD", &nothing, &out) && failure(task) == ERR_INTERNAL);
}

static void sizes(struct task *task)
{
	const size_t len = LIMIT_PAGE_BYTES;
	char *text = arena_alloc(&task->arena, len + 2);
	struct oid out;

	memset(text, 'x', len + 1);
	CHECK(change_write(task, &nothing, GUIDE, text, len, &note, &out));
	CHECK(get(task, &out));
	CHECK(!change_write(task, &nothing, GUIDE, text, len + 1, &note, &out) && failure(task) == ERR_TOO_BIG);
}

struct writer {
	pthread_t thread;
	const char *path;
	int64_t account;
	int won; /* creations of the same reference */
	int failures;
};

static bool increment(struct task *task)
{
	struct oid tip, next;
	const char *count;

	if (!repo_tip(task, "refs/heads/count", &tip))
		return false;
	count = get(task, &tip);
	if (!count)
		return false;
	next = put(task, &tip, arena_printf(&task->arena, "%d\n", atoi(count) + 1));
	return change_point(task, "refs/heads/count", &tip, &next);
}

static bool race(struct task *task, int round)
{
	const char *ref = arena_printf(&task->arena, "refs/heads/race/%d", round);
	struct oid mine = put(task, &nothing, arena_printf(&task->arena, "%d\n", (int)task->who.account));

	return change_point(task, ref, &nothing, &mine);
}

static void *write_many(void *arg)
{
	struct writer *w = arg;
	struct repo *repo = repo_open(w->path);

	CHECK(repo);
	for (int round = 0; round < ROUNDS; round++) {
		struct task task = { .now = 1700000000, .repo = repo, .who = { .account = w->account } };

		while (!increment(&task))
			if (failure(&task) != ERR_CONFLICT) {
				w->failures++;
				break;
			}
		w->won += race(&task, round);
		w->failures += task.err.code && task.err.code != ERR_CONFLICT;
		arena_free(&task.arena);
	}
	repo_close(repo);
	return NULL;
}

static void crowd(struct fixture *f)
{
	struct writer writers[WRITERS] = { 0 };
	struct oid zero = put(&f->task, &nothing, "0\n"), tip;
	struct list log;
	int won = 0;

	CHECK(change_point(&f->task, "refs/heads/count", &nothing, &zero));
	for (int i = 0; i < WRITERS; i++) {
		writers[i].path = f->path;
		writers[i].account = i + 1;
		pthread_create(&writers[i].thread, NULL, write_many, &writers[i]);
	}
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(writers[i].thread, NULL);
		CHECK(writers[i].failures == 0);
		won += writers[i].won;
	}
	CHECK(won == ROUNDS); /* of all who create a reference, one does */
	CHECK(repo_tip(&f->task, "refs/heads/count", &tip));
	CHECK_STR(get(&f->task, &tip), "200\n");
	CHECK(repo_log(&f->task, &tip, &nothing, 1000, &log) && log.count == WRITERS * ROUNDS + 1);
}

static void *drop_many(void *arg)
{
	struct writer *w = arg;
	struct repo *repo = repo_open(w->path);
	struct task task = { .repo = repo };

	CHECK(repo);
	for (int round = 0; round < ROUNDS; round++) {
		const char *ref = arena_printf(&task.arena, "refs/heads/old/%d-%d", (int)w->account, round);
		struct oid tip;

		w->failures += !repo_tip(&task, ref, &tip) || !change_drop(&task, ref, &tip);
	}
	arena_free(&task.arena);
	repo_close(repo);
	return NULL;
}

/* Packed references deleted at once must all stay away. */
static void drops(struct fixture *f)
{
	struct writer writers[WRITERS] = { 0 };
	struct oid commit = put(&f->task, &nothing, "0\n");
	struct list left;

	for (int i = 0; i < WRITERS * ROUNDS; i++)
		CHECK(change_point(&f->task, arena_printf(&f->task.arena, "refs/heads/old/%d-%d", i / ROUNDS, i % ROUNDS), &nothing, &commit));
	run("git -C %s pack-refs --all", f->path);
	for (int i = 0; i < WRITERS; i++) {
		writers[i].path = f->path;
		writers[i].account = i;
		pthread_create(&writers[i].thread, NULL, drop_many, &writers[i]);
	}
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(writers[i].thread, NULL);
		CHECK(writers[i].failures == 0);
	}
	CHECK(repo_refs(&f->task, "refs/heads/old/", &left) && left.count == 0);
}

int main(void)
{
	struct fixture f;

	fixture_open(&f);
	life(&f);
	stale(&f);
	merges(&f);
	files(&f);
	folders(&f);
	reverts(&f);
	texts(&f.task);
	bytes(&f.task);
	hostile(&f.task);
	sizes(&f.task);
	crowd(&f);
	drops(&f);
	fixture_close(&f);
	return test_result();
}
