/* test_proposal.c: the rules of proposals, and what recovery puts right */
#include "fixture.h"

#include "git/change.h"

#define SECTION "tw-02-physicians-under-their-own-name"

static const char *section_text(struct task *task, const char **base)
{
	struct guide_text text;
	struct guideline g = { 0 };

	CHECK(guide_text(task, "twitter", NULL, &text) && guide_structure(task, &text, &g));
	*base = arena_strdup(&task->arena, text.commit.hex);
	return section_cut(&task->arena, text.text, guideline_section(&g, SECTION));
}

/* Adds a line to the section. */
static int64_t propose(struct fixture *f, int64_t account, const char *line, struct opened *out)
{
	struct task task = begin(f, account, account ? ROLE_CONTRIBUTOR : ROLE_READER);
	struct suggestion in = { .guide = "twitter", .section = SECTION, .reason = line, .interests = "none" };
	struct clash clash = { 0 };
	const char *text = section_text(&task, &in.base);

	in.text = arena_printf(&task.arena, "%s\n\n%s\n", text, line);
	CHECK(proposal_open(&task, &in, &clash, out));
	out->key = arena_strdup(&f->arena, out->key);
	end(&task);
	return out->id;
}

static struct proposal look(struct fixture *f, int64_t id)
{
	struct task task = begin(f, 0, ROLE_READER);
	struct proposal p = { 0 };

	CHECK(proposal_get(&task, id, &p));
	p.head = arena_strdup(&f->arena, p.head);
	p.state = arena_strdup(&f->arena, p.state);
	end(&task);
	return p;
}

static void test_keys(struct fixture *f)
{
	struct opened mine, other;
	struct proposal p;
	struct task task;

	propose(f, 0, "A key.", &mine);
	propose(f, 0, "Another key.", &other);
	task = begin(f, 0, ROLE_READER);
	CHECK(proposal_get(&task, mine.id, &p));
	CHECK(proposal_is_by(&task, &p, mine.key));
	CHECK(!proposal_is_by(&task, &p, other.key));
	CHECK(!proposal_is_by(&task, &p, "") && !proposal_is_by(&task, &p, NULL));
	CHECK(!p.is_public);
	end(&task);
}

static void test_own_needs_another(struct fixture *f, int64_t mo, int64_t re)
{
	struct opened out;
	int64_t id = propose(f, mo, "By its moderator.", &out);
	struct proposal p = look(f, id);
	struct task task = begin(f, mo, ROLE_MODERATOR);
	struct oid commit;

	CHECK(!review_merge(&task, id, p.head, &commit) && task.err.code == ERR_FORBIDDEN);
	end(&task);
	task = begin(f, mo, ROLE_MODERATOR);
	CHECK(!review_add(&task, id, "approve", p.head, NULL) && task.err.code == ERR_FORBIDDEN);
	end(&task);
	task = begin(f, re, ROLE_REVIEWER);
	CHECK(review_add(&task, id, "approve", p.head, NULL));
	/* a person's last word counts */
	CHECK(review_add(&task, id, "decline", p.head, "On second thought, no."));
	end(&task);
	task = begin(f, mo, ROLE_MODERATOR);
	CHECK(!review_merge(&task, id, p.head, &commit) && task.err.code == ERR_FORBIDDEN);
	end(&task);
	task = begin(f, re, ROLE_REVIEWER);
	CHECK(review_add(&task, id, "approve", p.head, NULL));
	end(&task);
	task = begin(f, mo, ROLE_MODERATOR);
	CHECK(review_merge(&task, id, p.head, &commit));
	end(&task);
	CHECK_STR(look(f, id).state, "merged");
}

static void test_kinds(struct fixture *f)
{
	struct task task = begin(f, 0, ROLE_READER);
	struct suggestion in = { .guide = "twitter", .section = SECTION, .interests = "none" };
	struct clash clash = { 0 };
	struct opened out;
	struct proposal p;
	const char *text = section_text(&task, &in.base);
	static const struct {
		const char *from, *to, *kind;
	} cases[] = {
		{ "a well-informed layperson", "a very well-informed layperson", "wording" },
		{ "costs five words", "costs 5 words", "content" }, /* a number */
		{ "Physicians who comment on health should", "Physicians who comment on health must", "content" }, /* a duty */
		{ "**Why.**", "Another paragraph.\n\n**Why.**", "content" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *at = strstr(text, cases[i].from);

		CHECK(at);
		in.text = arena_printf(&task.arena, "%.*s%s%s", (int)(at - text), text, cases[i].to, at + strlen(cases[i].from));
		CHECK(proposal_open(&task, &in, &clash, &out) && proposal_get(&task, out.id, &p));
		CHECK_STR(p.kind, cases[i].kind);
	}
	in.kind = "poetry";
	CHECK(!proposal_open(&task, &in, &clash, &out) && task.err.code == ERR_FIELDS);
	end(&task);
}

/* Second thoughts that take all of it back: that is what withdrawing is for. */
static void test_rewritten_to_nothing(struct fixture *f, int64_t mo)
{
	struct opened out;
	int64_t id = propose(f, mo, "A line that goes again.", &out);
	struct proposal p = look(f, id);
	struct task task = begin(f, mo, ROLE_MODERATOR);
	struct suggestion in = { .base = p.head, .section = SECTION };
	struct clash clash = { 0 };
	const char *main;

	in.text = section_text(&task, &main);
	CHECK(!proposal_rewrite(&task, id, &in, &clash) && task.err.code == ERR_FIELDS);
	end(&task);
	CHECK_STR(look(f, id).head, p.head);
}

/* As if the process had died: git ahead of the tables. */
static void test_recovery_believes_git(struct fixture *f, int64_t mo)
{
	struct change_note note = { .subject = "merged, then the lights went out" };
	struct opened out;
	struct proposal p;
	struct oid main, base, head, merged;
	struct task task;
	int64_t id = propose(f, 0, "Before the lights went out.", &out);

	p = look(f, id);
	task = begin(f, mo, ROLE_MODERATOR);
	change_trailer(&task, &note, "Proposal", arena_printf(&task.arena, "%lld", (long long)id));
	CHECK(repo_tip(&task, REPO_MAIN, &main) && oid_parse(p.head, &head));
	CHECK(proposal_get(&task, id, &p) && oid_parse(p.base, &base));
	CHECK(change_merge(&task, &base, &main, &head, &note, &merged));
	CHECK(change_point(&task, REPO_MAIN, &main, &merged));
	/* and a branch whose row never came to be */
	CHECK(change_point(&task, "refs/heads/proposals/4711", &(struct oid) { 0 }, &head));
	CHECK(!proposal_check(&task, &id));
	end(&task);

	task = begin(f, 0, ROLE_READER);
	CHECK(proposal_recover(&task) && guide_refresh_all(&task));
	CHECK(proposal_check(&task, &id));
	CHECK(repo_find(&task, "refs/heads/proposals/4711", &head) && !head.hex[0]);
	end(&task);
	CHECK_STR(look(f, out.id).state, "merged");
	task = begin(f, 0, ROLE_READER);
	CHECK(proposal_recover(&task)); /* a second time there is nothing to do */
	CHECK(proposal_check(&task, &id));
	end(&task);
}

/* A line more in a guide, as a commit on this one. */
static void write_on(struct task *task, const struct oid *parent, const char *line, struct oid *out)
{
	const struct change_note note = { .subject = line };
	struct guide_text text;
	const char *more;

	CHECK(guide_text(task, "twitter", parent, &text));
	more = arena_printf(&task->arena, "%s\n%s\n", text.text, line);
	CHECK(change_write(task, parent, text.path, more, strlen(more), &note, out));
}

/* The author's new head is in git, the row still has the old one. */
static void test_recovery_of_a_rewrite(struct fixture *f, int64_t mo)
{
	struct opened out;
	int64_t count, id = propose(f, 0, "First thoughts.", &out);
	struct proposal p = look(f, id);
	struct task task = begin(f, mo, ROLE_MODERATOR);
	struct oid main, head, fresh;

	CHECK(oid_parse(p.head, &head) && repo_tip(&task, REPO_MAIN, &main));
	write_on(&task, &main, "Second thoughts.", &fresh);
	CHECK(change_point(&task, arena_printf(&task.arena, "refs/heads/proposals/%lld", (long long)id), &head, &fresh));
	CHECK(proposal_recover(&task) && proposal_check(&task, &count));
	end(&task);
	CHECK_STR(look(f, id).head, fresh.hex);
}

static bool at(struct task *task, const char *folder, int64_t id, const char *head)
{
	struct oid now;

	return repo_find(task, arena_printf(&task->arena, "refs/%s/proposals/%lld", folder, (long long)id), &now)
	       && !strcmp(now.hex, head);
}

static bool point(struct task *task, const char *folder, int64_t id, const char *from, const char *to)
{
	struct oid old = { 0 }, new = { 0 };
	const char *ref = arena_printf(&task->arena, "refs/%s/proposals/%lld", folder, (long long)id);

	return (!*from || oid_parse(from, &old)) && (!*to || oid_parse(to, &new))
	       && (*to ? change_point(task, ref, &old, &new) : change_drop(task, ref, &old));
}

/* Tables from a backup: git went on to second thoughts and merged those. */
static void test_recovery_of_a_rewrite_that_was_merged(struct fixture *f, int64_t mo)
{
	struct change_note note = { .subject = "second thoughts" };
	struct opened out;
	int64_t count, id = propose(f, 0, "Thoughts before the backup.", &out);
	struct proposal p = look(f, id);
	struct task task = begin(f, mo, ROLE_MODERATOR);
	struct oid main, fresh, merged;

	CHECK(repo_tip(&task, REPO_MAIN, &main));
	write_on(&task, &main, "Thoughts after it.", &fresh);
	change_trailer(&task, &note, "Proposal", arena_printf(&task.arena, "%lld", (long long)id));
	CHECK(change_merge(&task, &main, &main, &fresh, &note, &merged) && change_point(&task, REPO_MAIN, &main, &merged));
	CHECK(point(&task, "archive", id, "", fresh.hex) && point(&task, "heads", id, p.head, ""));
	CHECK(proposal_recover(&task) && guide_refresh_all(&task) && proposal_check(&task, &count));
	CHECK(at(&task, "heads", id, "") && at(&task, "archive", id, fresh.hex));
	CHECK(proposal_get(&task, id, &p));
	CHECK_STR(p.state, "merged");
	CHECK_STR(p.head, fresh.hex);
	CHECK_STR(p.base, main.hex);
	end(&task);
}

/* One, in the archive; two, in both places; three, behind its branch; a branch
 * before, between and after them; one closed with its branch still open. */
static void test_recovery_of_many(struct fixture *f, int64_t mo)
{
	struct opened out;
	struct proposal p[4];
	struct task task;
	int64_t count;

	for (size_t i = 0; i < 4; i++)
		p[i] = look(f, propose(f, 0, i % 2 ? "One of many." : "Another of many.", &out));
	task = begin(f, mo, ROLE_MODERATOR);
	CHECK(proposal_withdraw(&task, p[3].id, NULL));
	CHECK(point(&task, "heads", p[3].id, "", p[3].head) && point(&task, "archive", p[3].id, p[3].head, ""));
	CHECK(point(&task, "archive", p[0].id, "", p[0].head) && point(&task, "heads", p[0].id, p[0].head, ""));
	CHECK(point(&task, "archive", p[1].id, "", p[1].head));
	CHECK(point(&task, "heads", p[2].id, p[2].head, p[1].head));
	CHECK(point(&task, "heads", 0, "", p[1].head) && point(&task, "heads", 9000, "", p[1].head));
	CHECK(!proposal_check(&task, &count) && task_forgive(&task));
	CHECK(proposal_recover(&task) && proposal_check(&task, &count));
	CHECK(at(&task, "heads", p[0].id, p[0].head) && at(&task, "archive", p[0].id, ""));
	CHECK(at(&task, "heads", p[1].id, p[1].head) && at(&task, "archive", p[1].id, ""));
	CHECK(at(&task, "heads", p[1].id, p[1].head) && at(&task, "heads", p[2].id, p[1].head));
	CHECK(at(&task, "heads", p[3].id, "") && at(&task, "archive", p[3].id, p[3].head));
	CHECK(at(&task, "heads", 0, "") && at(&task, "heads", 9000, ""));
	end(&task);
	CHECK_STR(look(f, p[2].id).head, p[1].head);
	CHECK(propose(f, 0, "After many.", &out) > 9000);
}

/* What `guidehall check` says of a merge that the row puts at this commit. */
static bool check_at(struct fixture *f, int64_t id, const char *commit, const char *said)
{
	struct task task = begin(f, 0, ROLE_READER);
	int64_t count;
	bool good;

	CHECK(db_begin(&task));
	CHECK(db_run(&task, NULL, "UPDATE proposal SET merged = $1 WHERE id = $2", ARGS(ARG(commit), ARG(id))));
	CHECK(db_commit(&task));
	good = proposal_check(&task, &count);
	if (said)
		CHECK(!good && task.err.code == ERR_CONFLICT && strstr(task.err.message, said));
	end(&task);
	return good;
}

static void test_check_finds_merges(struct fixture *f, int64_t mo)
{
	const char *said = "main does not hold its merge";
	struct opened out;
	struct proposal a, b;
	struct oid first, second;
	struct task task;

	a = look(f, propose(f, 0, "To be merged.", &out));
	task = begin(f, mo, ROLE_MODERATOR);
	CHECK(review_merge(&task, a.id, a.head, &first));
	end(&task);
	b = look(f, propose(f, 0, "To be merged next.", &out));
	task = begin(f, mo, ROLE_MODERATOR);
	CHECK(review_merge(&task, b.id, b.head, &second));
	end(&task);
	CHECK(check_at(f, a.id, first.hex, NULL));
	CHECK(!check_at(f, a.id, second.hex, said)); /* another's merge */
	CHECK(!check_at(f, a.id, a.head, said));     /* in main, and no merge */
	CHECK(!check_at(f, a.id, NULL, said));	     /* nowhere */
	CHECK(check_at(f, a.id, first.hex, NULL));
	task = begin(f, mo, ROLE_MODERATOR);
	CHECK(review_undo(&task, b.id, &first));
	end(&task);
	task = begin(f, mo, ROLE_MODERATOR);
	CHECK(review_merge(&task, b.id, look(f, b.id).head, &first)); /* main has two merges of it */
	end(&task);
	CHECK(check_at(f, b.id, second.hex, NULL) && check_at(f, b.id, first.hex, NULL));
}

int main(int argc, char **argv)
{
	struct fixture f;
	int64_t mo, re;

	CHECK(argc == 2);
	fixture_open(&f, argv[1]);
	mo = person(&f, "mo", ROLE_MODERATOR);
	re = person(&f, "re", ROLE_REVIEWER);
	test_keys(&f);
	test_own_needs_another(&f, mo, re);
	test_kinds(&f);
	test_rewritten_to_nothing(&f, mo);
	test_recovery_believes_git(&f, mo);
	test_recovery_of_a_rewrite(&f, mo);
	test_recovery_of_a_rewrite_that_was_merged(&f, mo);
	test_recovery_of_many(&f, mo);
	test_check_finds_merges(&f, mo);
	fixture_close(&f);
	return test_result();
}
