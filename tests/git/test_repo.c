/* test_repo.c: opening, references, files, tags */
#include "fixture.h"

#include "base/limit.h"

static const struct oid nothing;

static void ids(void)
{
	static const char hex[] = "0123456789abcdef0123456789abcdef01234567";
	struct oid id;

	CHECK(oid_parse(hex, &id) && !strcmp(id.hex, hex));
	CHECK(!oid_parse("", &id));
	CHECK(!oid_parse("0123456789abcdef0123456789abcdef0123456", &id));
	CHECK(!oid_parse("0123456789abcdef0123456789abcdef012345678", &id));
	CHECK(!oid_parse("0123456789ABCDEF0123456789abcdef01234567", &id));
	CHECK(oid_equal(&nothing, &nothing) && !oid_equal(&nothing, &id));
}

static void fresh(struct fixture *f)
{
	struct oid tip;

	CHECK_STR(run("cat %s/HEAD", f->path), "ref: refs/heads/main\n");
	CHECK_STR(run("git config -f %s/config core.sharedRepository || true", f->path), "");
	CHECK(repo_find(&f->task, REPO_MAIN, &tip) && !tip.hex[0]);
	CHECK(!repo_tip(&f->task, REPO_MAIN, &tip) && failure(&f->task) == ERR_NOT_FOUND);
	CHECK(repo_find(&f->task, "refs/heads/../../config", &tip) && !tip.hex[0]);
	CHECK_STR(run("git config -f %s/config core.fsync", f->path), "all\n");
	CHECK(!repo_open("/proc/no/such/place"));
}

static void reopen(struct fixture *f, const struct oid *tip)
{
	struct repo *again = repo_open(f->path);
	struct task task = { .repo = again };
	struct oid seen;

	CHECK(again);
	CHECK(repo_tip(&task, REPO_MAIN, &seen) && oid_equal(&seen, tip));
	repo_close(again);
	repo_close(NULL);
	arena_free(&task.arena);
}

static void files(struct fixture *f)
{
	const struct change_file all[] = {
		{ "guides/twitter/en.md", "a\r\nb\0c\r", 7 },
		{ "guides/twitter/references.json", "[]", 2 },
		{ "guides/twitter-ads/en.md", "ads", 3 },
		{ "guides/facebook/en.md", "", 0 },
	};
	const struct list list = { (void *)(uintptr_t)all, 4 };
	const struct change_note note = { .subject = "Import" };
	const struct repo_entry *entry;
	struct oid commit, blob, missing;
	const char *text;
	struct list found;
	size_t len;

	CHECK(change_write_all(&f->task, &nothing, &list, &note, &commit));
	CHECK(change_point(&f->task, REPO_MAIN, &nothing, &commit));
	CHECK(repo_file(&f->task, &commit, GUIDE, &text, &len, &blob));
	CHECK(len == 7 && !memcmp(text, "a\r\nb\0c\r", 8));
	CHECK(repo_file(&f->task, &commit, "guides/facebook/en.md", &text, &len, NULL) && len == 0 && !*text);
	CHECK(!repo_file(&f->task, &commit, "guides/twitter", &text, &len, NULL) && failure(&f->task) == ERR_NOT_FOUND);
	CHECK(!repo_file(&f->task, &commit, "", &text, &len, NULL) && failure(&f->task) == ERR_NOT_FOUND);
	CHECK(!repo_file(&f->task, &commit, "/guides//x", &text, &len, NULL) && failure(&f->task) == ERR_NOT_FOUND);
	CHECK(!repo_file(&f->task, &nothing, GUIDE, &text, &len, NULL) && failure(&f->task) == ERR_NOT_FOUND);
	oid_parse("0123456789abcdef0123456789abcdef01234567", &missing);
	CHECK(!repo_file(&f->task, &missing, GUIDE, &text, &len, NULL) && failure(&f->task) == ERR_NOT_FOUND);
	CHECK(!repo_file(&f->task, &blob, GUIDE, &text, &len, NULL) && failure(&f->task) == ERR_NOT_FOUND);

	CHECK(repo_files(&f->task, &commit, "guides", &found) && found.count == 4);
	entry = found.items;
	CHECK_STR(entry[0].path, "guides/facebook/en.md");
	CHECK_STR(entry[1].path, "guides/twitter-ads/en.md");
	CHECK_STR(entry[2].path, "guides/twitter/en.md");
	CHECK_STR(entry[3].path, "guides/twitter/references.json");
	CHECK(oid_equal(&entry[2].blob, &blob));
	CHECK(repo_files(&f->task, &commit, "guides/twitter", &found) && found.count == 2);
	CHECK(repo_files(&f->task, &commit, "guides/no", &found) && found.count == 0);
	CHECK(repo_files(&f->task, &commit, GUIDE, &found) && found.count == 0);
	reopen(f, &commit);
}

static void refs(struct fixture *f)
{
	const struct repo_ref *ref;
	struct list found;
	struct oid tip, none;
	bool held;

	CHECK(repo_tip(&f->task, REPO_MAIN, &tip));
	CHECK(change_point(&f->task, "refs/heads/proposals/1", &nothing, &tip));
	CHECK(change_point(&f->task, "refs/heads/proposals/2", &nothing, &tip));
	CHECK(change_point(&f->task, "refs/archive/proposals/3", &nothing, &tip));
	run("git -C %s pack-refs --all", f->path);
	CHECK(repo_refs(&f->task, "refs/heads/proposals/", &found) && found.count == 2);
	ref = found.items;
	CHECK_STR(ref[0].name, "refs/heads/proposals/1");
	CHECK(oid_equal(&ref[1].target, &tip));
	CHECK(repo_ref_names(&f->task, "refs/heads/proposals/", &found) && found.count == 2);
	CHECK_STR(((const char *const *)found.items)[1], "refs/heads/proposals/2");
	CHECK(repo_holds(&f->task, &tip, &held) && held);
	CHECK(oid_parse("0123456789012345678901234567890123456789", &none));
	CHECK(repo_holds(&f->task, &none, &held) && !held);
	CHECK(change_drop(&f->task, "refs/heads/proposals/1", &tip));
	CHECK(repo_ref_names(&f->task, "refs/heads/", &found) && found.count == 2);
	CHECK(repo_refs(&f->task, "refs/heads/proposals/", &found) && found.count == 1);
	CHECK(repo_refs(&f->task, "refs/none/", &found) && found.count == 0);
}

static void tags(struct fixture *f)
{
	struct oid main, tip, made;
	struct repo_tag tag;

	CHECK(repo_tip(&f->task, REPO_MAIN, &main));
	CHECK(change_tag(&f->task, "twitter/v1.0.0", &main, "Twitter 1.0.0\n\nFirst.\n", &made));
	CHECK(change_point(&f->task, "refs/tags/twitter/v1.0.0", &nothing, &made));
	CHECK(repo_tag(&f->task, "twitter/v1.0.0", &tag));
	CHECK_STR(tag.name, "twitter/v1.0.0");
	CHECK_STR(tag.message, "Twitter 1.0.0\n\nFirst.\n");
	CHECK(tag.time == f->task.now && oid_equal(&tag.commit, &main));
	CHECK(repo_tip(&f->task, "refs/tags/twitter/v1.0.0", &tip) && oid_equal(&tip, &main));
	CHECK(!change_tag(&f->task, "twitter/v2.0.0", &nothing, "none", &made) && failure(&f->task) == ERR_NOT_FOUND);
	CHECK(!change_point(&f->task, "refs/tags/--upload-pack=x", &nothing, &made) && failure(&f->task) == ERR_INTERNAL);
	CHECK(!repo_tag(&f->task, "twitter/v9", &tag) && failure(&f->task) == ERR_NOT_FOUND);
	CHECK(!repo_tag(&f->task, "@{-1}", &tag) && failure(&f->task) == ERR_NOT_FOUND);
	CHECK(change_point(&f->task, "refs/tags/light", &nothing, &main));
	CHECK(!repo_tag(&f->task, "light", &tag) && failure(&f->task) == ERR_NOT_FOUND);
	CHECK_STR(run("git -C %s for-each-ref --format='%%(taggername) %%(taggeremail)' refs/tags/twitter", f->path),
		"u1 <u1@users.invalid>\n");
}

/* What a process killed in the middle of a write leaves. */
static void locks(struct fixture *f)
{
	struct oid tip;

	CHECK(repo_tip(&f->task, REPO_MAIN, &tip));
	run("touch %s/refs/heads/main.lock %s/packed-refs.lock", f->path, f->path);
	CHECK(repo_unlock(&f->task) && repo_unlock(&f->task));
	CHECK(change_point(&f->task, REPO_MAIN, &tip, &tip));
	CHECK(change_drop(&f->task, "refs/heads/proposals/2", &tip));
}

/* Against git's own count; nothing that is no repository has a size. */
static void sizes(struct fixture *f)
{
	struct repo_size size = repo_size(f->path);

	CHECK(size.loose_objects == atol(run("find %s/objects/?? -type f | wc -l", f->path)) && size.loose_objects > 0);
	CHECK(!size.packs && !size.packed_objects);
	run("git -C %s repack -adkq", f->path);
	size = repo_size(f->path);
	CHECK(size.packs == 1 && !size.loose_objects);
	CHECK(size.packed_objects == atol(run("git -C %s count-objects -v | sed -n 's/in-pack: //p'", f->path)));
	CHECK(size.pack_bytes == atol(run("cat %s/objects/pack/*.pack | wc -c", f->path)));
	CHECK(!repo_size("/nowhere").loose_objects);
}

int main(void)
{
	struct fixture f;

	fixture_open(&f);
	ids();
	fresh(&f);
	files(&f);
	refs(&f);
	tags(&f);
	locks(&f);
	sizes(&f);
	fixture_close(&f);
	return test_result();
}
