/* test_journal.c: what the disk lost is made again, what is safe leaves */
#include "app/journal.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "app/proposal.h"
#include "fixture.h"
#include "git/change.h"
#include "git/loose.h"

static const struct oid nothing;

/* A sentence suggested for the first guide; returns its number. */
static int64_t suggest(struct fixture *f, struct journal *journal, const char *words)
{
	struct task task = begin(f, 0, ROLE_READER);
	struct guide_text text;
	struct clash clash;
	struct opened opened;
	struct suggestion in = { .guide = "twitter", .reason = words };

	task.journal = journal;
	CHECK(guide_text(&task, "twitter", NULL, &text));
	in.base = text.commit.hex;
	in.text = arena_printf(&task.arena, "%s\n%s\n", text.text, words);
	CHECK(proposal_open(&task, &in, &clash, &opened));
	end(&task);
	return opened.id;
}

static int64_t count(struct fixture *f, const char *sql)
{
	struct task task = begin(f, 0, ROLE_READER);
	int64_t n = -1;

	CHECK(db_number(&task, &n, sql, NO_ARGS));
	end(&task);
	return n;
}

static const char *branch(struct fixture *f, int64_t id)
{
	return arena_printf(&f->arena, "refs/heads/proposals/%lld", (long long)id);
}

static struct oid tip(struct fixture *f, const char *ref)
{
	struct task task = begin(f, 0, ROLE_READER);
	struct oid at;

	CHECK(repo_find(&task, ref, &at));
	end(&task);
	return at;
}

static void empty(const char *path)
{
	CHECK(!chmod(path, 0600));
	close(open(path, O_WRONLY | O_TRUNC));
}

static void recover(struct fixture *f)
{
	struct task task;

	repo_close(f->repo); /* what a new process would see */
	f->repo = repo_open(arena_printf(&f->arena, "%s/guides.git", f->folder));
	CHECK(f->repo);
	task = begin(f, 0, ROLE_READER);
	CHECK(journal_recover(&task));
	end(&task);
}

struct oid_row {
	const char *oid;
};
static const struct field oid_fields[] = { FIELD_TEXT(struct oid_row, oid), FIELD_END };
static const struct shape oid_shape = SHAPE(oid_row, oid_fields);

/* An object's file, emptied as after a power cut. */
static void lose(struct fixture *f, const char *hex)
{
	empty(arena_printf(&f->arena, "%s/guides.git/objects/%.2s/%s", f->folder, hex, hex + 2));
}

/* All that was written down. */
static void lose_all(struct fixture *f)
{
	struct task task = begin(f, 0, ROLE_READER);
	struct list rows = { 0 };

	CHECK(db_rows(&task, &oid_shape, &rows, "SELECT oid FROM journal_object", NO_ARGS) && rows.count == 5);
	for (size_t i = 0; i < rows.count; i++)
		lose(f, ((const struct oid_row *)rows.items)[i].oid);
	end(&task);
}

static void what_the_disk_lost_is_made_again(struct fixture *f)
{
	int64_t id = suggest(f, NULL, "Lost and found.");
	struct oid head = tip(f, branch(f, id));
	struct task task;
	struct guide_text text;

	CHECK(head.hex[0] && count(f, "SELECT count(*) AS number FROM journal_object") == 5);
	lose_all(f);
	empty(arena_printf(&f->arena, "%s/guides.git/%s", f->folder, branch(f, id)));
	recover(f);
	CHECK_STR(tip(f, branch(f, id)).hex, head.hex);
	task = begin(f, 0, ROLE_READER);
	CHECK(guide_text(&task, "twitter", &head, &text) && strstr(text.text, "Lost and found."));
	end(&task);
	CHECK(count(f, "SELECT count(*) AS number FROM journal") == 0 && count(f, "SELECT count(*) AS number FROM journal_object") == 0);
}

/* A file that is not whole would stand in the way for ever. */
static void what_nobody_was_told_of_does_not_stand_in_the_way(struct fixture *f)
{
	int64_t id = suggest(f, NULL, "Nobody was told.");
	struct oid head = tip(f, branch(f, id));
	struct task task = begin(f, 0, ROLE_READER);

	lose_all(f);
	/* as if the transaction had not committed, but another had */
	CHECK(db_begin(&task) && db_run(&task, NULL, "DELETE FROM journal_object", NO_ARGS)
		&& db_run(&task, NULL, "UPDATE journal SET ref = 'refs/heads/none', old = '', new = ''", NO_ARGS) && db_commit(&task));
	end(&task);
	recover(f);
	CHECK(access(arena_printf(&f->arena, "%s/guides.git/objects/%.2s/%s", f->folder, head.hex, head.hex + 2), F_OK));
}

/* Likewise when nothing was written down since the last sync. */
static void a_file_nobody_wrote_down_does_not_stand_in_the_way(struct fixture *f)
{
	struct task task = begin(f, 0, ROLE_READER);
	struct guide_text text;
	struct change_note note = { .subject = "Tried" };
	struct oid main = tip(f, REPO_MAIN), commit;
	const char *tried;

	CHECK(journal_settle(&task) && guide_text(&task, "twitter", NULL, &text));
	tried = arena_printf(&task.arena, "%s\nTried, and left.\n", text.text);
	CHECK(change_write(&task, &main, text.path, tried, strlen(tried), &note, &commit));
	CHECK(task.objects.count == 5);
	for (size_t i = 0; i < task.objects.count; i++)
		lose(f, ((const struct repo_object *)task.objects.items)[i].id.hex);
	end(&task);
	recover(f);
	CHECK(access(arena_printf(&f->arena, "%s/guides.git/objects/%.2s/%s", f->folder, commit.hex, commit.hex + 2), F_OK));
}

/* One descriptor is left: the folder opens, no file in it does. */
static void what_cannot_be_read_just_now_stays(struct fixture *f)
{
	int64_t id = suggest(f, NULL, "Out of descriptors.");
	struct oid head = tip(f, branch(f, id));
	int lowest = open("/dev/null", O_RDONLY);
	struct rlimit many, one;
	struct task task = begin(f, 0, ROLE_READER);

	CHECK(lowest >= 0 && !close(lowest) && !getrlimit(RLIMIT_NOFILE, &many));
	one = (struct rlimit) { (rlim_t)lowest + 1, many.rlim_max };
	CHECK(!setrlimit(RLIMIT_NOFILE, &one));
	CHECK(!repo_sweep(&task, 0));
	CHECK(!setrlimit(RLIMIT_NOFILE, &many));
	end(&task);
	CHECK(!access(arena_printf(&f->arena, "%s/guides.git/objects/%.2s/%s", f->folder, head.hex, head.hex + 2), F_OK));
}

static void what_somebody_moved_by_hand_stays(struct fixture *f)
{
	int64_t id = suggest(f, NULL, "Moved by hand.");
	struct oid main = tip(f, REPO_MAIN), head = tip(f, branch(f, id));
	struct task task = begin(f, 0, ROLE_READER);

	CHECK(change_point(&task, branch(f, id), &head, &main));
	end(&task);
	recover(f);
	CHECK_STR(tip(f, branch(f, id)).hex, main.hex);
}

static void what_a_dead_process_did_not_make_is_made(struct fixture *f)
{
	int64_t id = suggest(f, NULL, "Died in between.");
	struct oid head = tip(f, branch(f, id));
	struct task task = begin(f, 0, ROLE_READER);

	CHECK(change_drop(&task, branch(f, id), &head));
	CHECK(journal_settle(&task));
	end(&task);
	CHECK_STR(tip(f, branch(f, id)).hex, head.hex);
	CHECK(count(f, "SELECT count(*) AS number FROM journal") == 0);
}

static void what_is_safe_leaves(struct fixture *f)
{
	struct journal journal = { 0 };

	for (int i = 0; i < 66; i++)
		suggest(f, &journal, arena_printf(&f->arena, "One of many, %d.", i));
	CHECK(count(f, "SELECT count(*) AS number FROM journal") == 2);
	CHECK(count(f, "SELECT count(*) AS number FROM journal_object") == 10);
}

static void a_reference_that_is_elsewhere_is_refused(struct fixture *f)
{
	struct task task = begin(f, 0, ROLE_READER);
	struct oid main = tip(f, REPO_MAIN);

	CHECK(db_begin(&task));
	CHECK(!journal_move(&task, REPO_MAIN, &nothing, &main) && task.err.code == ERR_CONFLICT);
	end(&task);
	CHECK_STR(tip(f, REPO_MAIN).hex, main.hex);
}

/* After a sync that failed, memory may say what the disk does not: so nothing
 * that is already there is trusted. */
static void what_is_there_is_written_again(struct fixture *f)
{
	int64_t id = suggest(f, NULL, "There already.");
	struct oid head = tip(f, branch(f, id));
	const char *path = arena_printf(&f->arena, "%s/guides.git/objects/%.2s/%s", f->folder, head.hex, head.hex + 2);
	struct stat before, after;

	CHECK(!stat(path, &before));
	recover(f);
	CHECK(!stat(path, &after) && before.st_ino != after.st_ino);
}

/* Its file is empty after a power cut, and an old packed-refs speaks instead. */
static void what_is_packed_is_older(struct fixture *f)
{
	int64_t id = suggest(f, NULL, "Packed long ago.");
	struct oid head = tip(f, branch(f, id)), main = tip(f, REPO_MAIN);
	FILE *packed = fopen(arena_printf(&f->arena, "%s/guides.git/packed-refs", f->folder), "w");

	CHECK(packed && fprintf(packed, "%s %s\n", main.hex, branch(f, id)) > 0 && !fclose(packed));
	empty(arena_printf(&f->arena, "%s/guides.git/%s", f->folder, branch(f, id)));
	recover(f);
	CHECK_STR(tip(f, branch(f, id)).hex, head.hex);
}

/* A server dies between commit and move while a command works beside it: what
 * the command does comes after. */
static void what_a_dead_process_left_comes_first(struct fixture *f)
{
	struct journal journal = { 0 };
	int64_t id = suggest(f, NULL, "Dies now.");
	struct oid head = tip(f, branch(f, id)), main = tip(f, REPO_MAIN);
	struct task task = begin(f, 0, ROLE_READER);

	CHECK(change_drop(&task, branch(f, id), &head)); /* as if it had not been made */
	end(&task);
	task = begin(f, 0, ROLE_READER);
	task.journal = &journal;
	CHECK(db_begin(&task));
	CHECK(!journal_move(&task, branch(f, id), &nothing, &main) && task.err.code == ERR_CONFLICT);
	end(&task);
	CHECK_STR(tip(f, branch(f, id)).hex, head.hex);
}

int main(int argc, char **argv)
{
	struct fixture f;

	CHECK(argc == 2);
	fixture_open(&f, argv[1]);
	what_the_disk_lost_is_made_again(&f);
	what_nobody_was_told_of_does_not_stand_in_the_way(&f);
	a_file_nobody_wrote_down_does_not_stand_in_the_way(&f);
	what_cannot_be_read_just_now_stays(&f);
	what_somebody_moved_by_hand_stays(&f);
	what_a_dead_process_did_not_make_is_made(&f);
	what_is_safe_leaves(&f);
	a_reference_that_is_elsewhere_is_refused(&f);
	what_is_there_is_written_again(&f);
	what_is_packed_is_older(&f);
	what_a_dead_process_left_comes_first(&f);
	fixture_close(&f);
	return test_result();
}
