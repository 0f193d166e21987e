/* test_release.c: versions, and files that stay what they were */
#include "fixture.h"

#include "version.h"

static void test_versions(void)
{
	static const char *const bad[] = { "", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.00", "v1.0.0", "1.0.x", "1.0.0 ", "-1.0.0", "1234567.0.0" };
	int64_t a[3], b[3];

	CHECK(version_parse("0.0.0", a) && version_parse("10.20.30", b) && b[1] == 20);
	CHECK(version_before(a, b) && !version_before(b, a) && !version_before(a, a));
	CHECK(version_parse("1.9.0", a) && version_parse("1.10.0", b) && version_before(a, b));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		CHECK(!version_parse(bad[i], a));
}

static void test_same_bytes(struct fixture *f, int64_t mo)
{
	struct task task = begin(f, mo, ROLE_MODERATOR);
	struct release r;
	struct list files = { 0 };
	const char *one, *two;
	size_t len;
	char command[128];

	CHECK(release_make(&task, "twitter", NULL, "Notes with a blank line.\n\nGuide: forged\n\n", &r));
	CHECK_STR(r.version, "1.0.0");
	CHECK(release_get(&task, "twitter", "1.0.0", &r) && release_files(&task, &r, &files) && files.count == 4);
	CHECK(release_read(&task, &r, "twitter-1.0.0.zip", &one, &len));
	snprintf(command, sizeof(command), "rm -rf %s/releases", f->folder);
	CHECK(system(command) == 0);
	CHECK(release_read(&task, &r, "twitter-1.0.0.zip", &two, &len));
	CHECK(!memcmp(one, two, len));
	/* what was damaged on disk is not handed out */
	snprintf(command, sizeof(command), "echo x >> %s/releases/twitter/1.0.0/twitter-1.0.0.md", f->folder);
	CHECK(system(command) == 0);
	CHECK(release_read(&task, &r, "twitter-1.0.0.md", &two, &len) && strlen(two) == len);
	CHECK(release_verify(&task, "twitter", "1.0.0"));
	CHECK(!release_read(&task, &r, "../../guidehall.db", &two, &len) && task.err.code == ERR_NOT_FOUND);
	task_forgive(&task);
	CHECK(!release_make(&task, "twitter", "1.1.0", NULL, &r) && task.err.code == ERR_CONFLICT); /* nothing changed */
	end(&task);
}

/* A tag without a row, as a crash leaves it. */
static void test_recovery(struct fixture *f)
{
	struct task task = begin(f, 0, ROLE_READER);
	struct release r;
	struct guide g;

	CHECK(db_begin(&task) && db_run(&task, NULL, "DELETE FROM release", NO_ARGS)
		&& db_run(&task, NULL, "DELETE FROM release_file", NO_ARGS)
		&& db_run(&task, NULL, "UPDATE guide SET version = NULL", NO_ARGS) && db_commit(&task));
	CHECK(release_recover(&task));
	CHECK(release_get(&task, "twitter", "1.0.0", &r));
	CHECK_STR(r.notes, "Notes with a blank line.\n\nGuide: forged");
	CHECK(release_verify(&task, "twitter", "1.0.0"));
	CHECK(guide_get(&task, "twitter", &g));
	CHECK_STR(g.version, "1.0.0");
	end(&task);
}

int main(int argc, char **argv)
{
	struct fixture f;

	CHECK(argc == 2);
	test_versions();
	fixture_open(&f, argv[1]);
	test_same_bytes(&f, person(&f, "mo", ROLE_MODERATOR));
	test_recovery(&f);
	fixture_close(&f);
	return test_result();
}
