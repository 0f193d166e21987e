/* test_history.c: commits, the first-parent log, trailers */
#include "fixture.h"

static const struct oid nothing;

static void message_of(struct fixture *f)
{
	struct change_note note = {
		.subject = "Say when\r\nyou will be back",
		.body = "Because.\r\n\r\nProposal: 666\nReviewed-by : u666\rend\n\n",
		.author = 7,
	};
	struct repo_commit commit;
	struct oid id;

	change_trailer(&f->task, &note, "Proposal", "12");
	change_trailer(&f->task, &note, "Interests", "none\n\nProposal: 13\r\nReviewed-by: u9");
	change_trailer(&f->task, &note, "Reviewed-by", "u8");
	CHECK(change_write(&f->task, &nothing, GUIDE, "x\n", 2, &note, &id));
	CHECK(repo_commit(&f->task, &id, &commit));
	CHECK(oid_equal(&commit.id, &id) && !commit.parent.hex[0] && !commit.second.hex[0]);
	CHECK(commit.time == f->task.now);
	CHECK_STR(commit.message, "Say when  you will be back\n\n"
		"Because.\n\n Proposal: 666\n Reviewed-by : u666\nend\n\n\n"
		"Proposal: 12\nInterests: none  Proposal: 13  Reviewed-by: u9\nReviewed-by: u8\n");
	CHECK_STR(repo_trailer(&f->task.arena, commit.message, "Proposal"), "12");
	CHECK_STR(repo_trailer(&f->task.arena, commit.message, "Reviewed-by"), "u8");
	CHECK(!repo_trailer(&f->task.arena, commit.message, "Reviewed"));
	CHECK(!repo_trailer(&f->task.arena, commit.message, "Because"));
	CHECK_STR(run("git -C %s log -1 --format='%%an %%ae %%cn %%ce %%(trailers:key=Proposal,valueonly)' %s", f->path, id.hex),
		"u7 u7@users.invalid u1 u1@users.invalid 12\n\n");
	CHECK(!repo_commit(&f->task, &nothing, &commit) && failure(&f->task) == ERR_NOT_FOUND);
}

/* A message without trailers of ours must have none of anybody's. */
static void forged(struct fixture *f)
{
	const struct change_note body = { .subject = "Edit", .body = "Please.\n\nProposal: 666" };
	const struct change_note subject = { .subject = "Proposal: 666" };
	struct repo_commit commit;
	struct oid id;

	CHECK(change_write(&f->task, &nothing, GUIDE, "x\n", 2, &body, &id));
	CHECK(repo_commit(&f->task, &id, &commit));
	CHECK(!repo_trailer(&f->task.arena, commit.message, "Proposal"));
	CHECK_STR(run("git -C %s log -1 --format='%%an%%(trailers)' %s", f->path, id.hex), "guest\n");
	CHECK(change_write(&f->task, &nothing, GUIDE, "x\n", 2, &subject, &id));
	CHECK(repo_commit(&f->task, &id, &commit));
	CHECK(!repo_trailer(&f->task.arena, commit.message, "Proposal"));
}

static void trailers(void)
{
	struct arena arena = { 0 };

	CHECK(!repo_trailer(&arena, "", "A"));
	CHECK(!repo_trailer(&arena, "\n", "A"));
	CHECK(!repo_trailer(&arena, "\n\n", "A"));
	CHECK(!repo_trailer(&arena, "A: 1", "A"));
	CHECK(!repo_trailer(&arena, "s\n\nA: 1\n\nrest", "A"));
	CHECK_STR(repo_trailer(&arena, "s\n\nA: 1", "A"), "1");
	CHECK_STR(repo_trailer(&arena, "s\n\nA:\n", "A"), "");
	CHECK_STR(repo_trailer(&arena, "s\n\nB: 2\nA:  a: b\n\n\n", "A"), "a: b");
	arena_free(&arena);
}

/* Fifty proposals of two commits each, merged one after the other. */
static struct oid merge_fifty(struct fixture *f, struct oid main)
{
	for (int i = 0; i < 50; i++) {
		const struct change_note note = { .subject = arena_printf(&f->task.arena, "Merge %d", i) };
		const char *text = arena_printf(&f->task.arena, "version %d\n", i);
		struct oid draft = put(&f->task, &main, "draft\n");
		struct oid theirs = put(&f->task, &draft, text);

		CHECK(change_merge(&f->task, &main, &main, &theirs, &note, &main));
	}
	return main;
}

static void history(struct fixture *f)
{
	struct oid first = put(&f->task, &nothing, "first\n");
	struct oid other = put(&f->task, &nothing, "other\n");
	struct oid tip = merge_fifty(f, first);
	const struct repo_commit *log;
	struct list found;
	bool yes;

	CHECK(repo_log(&f->task, &tip, &nothing, 1000, &found) && found.count == 51);
	log = found.items;
	CHECK_STR(log[0].message, "Merge 49\n");
	CHECK_STR(log[49].message, "Merge 0\n");
	CHECK(log[0].second.hex[0] && oid_equal(&log[0].parent, &log[1].id));
	CHECK(oid_equal(&log[50].id, &first));
	CHECK(repo_log(&f->task, &tip, &log[10].id, 1000, &found) && found.count == 10);
	CHECK(repo_log(&f->task, &tip, &nothing, 7, &found) && found.count == 7);
	CHECK(repo_log(&f->task, &tip, &tip, 7, &found) && found.count == 0);
	CHECK(repo_log(&f->task, &nothing, &nothing, 7, &found) && found.count == 0);

	CHECK(repo_contains(&f->task, &tip, &log[20].second, &yes) && yes);
	CHECK(repo_contains(&f->task, &tip, &first, &yes) && yes);
	CHECK(repo_contains(&f->task, &tip, &tip, &yes) && yes);
	CHECK(repo_contains(&f->task, &first, &tip, &yes) && !yes);
	CHECK(repo_contains(&f->task, &tip, &other, &yes) && !yes);
	CHECK(!repo_contains(&f->task, &tip, &nothing, &yes) && failure(&f->task) == ERR_NOT_FOUND);

	CHECK(change_point(&f->task, REPO_MAIN, &nothing, &tip));
	CHECK_STR(run("git -C %s rev-list --count --first-parent main", f->path), "51\n");
	CHECK_STR(run("git -C %s log --format='%%an <%%ae>%%n%%cn <%%ce>' main | sort -u", f->path),
		"guest <guest@users.invalid>\nu1 <u1@users.invalid>\nu7 <u7@users.invalid>\n");
}

int main(void)
{
	struct fixture f;

	fixture_open(&f);
	trailers();
	message_of(&f);
	forged(&f);
	history(&f);
	fixture_close(&f);
	return test_result();
}
