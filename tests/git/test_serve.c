/* test_serve.c: the process that starts git: what it answers, and what it survives */
#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/resource.h>

#include "fixture.h"
#include "git/serve.h"

struct place {
	struct fixture f;
	char root[PATH_MAX + 32];
	struct oid first;
};

static void place_open(struct place *p)
{
	const struct oid nothing = { 0 };

	fixture_open(&p->f);
	snprintf(p->root, sizeof(p->root), "%s/data", p->f.dir);
	run("mkdir %s", p->root);
	p->first = put(&p->f.task, &nothing, "# One\n");
	CHECK(change_point(&p->f.task, "refs/heads/main", &nothing, &p->first));
}

static struct serve_options options(const struct place *p, int64_t processes)
{
	return (struct serve_options) { .root = p->root, .source = p->f.path, .processes = processes };
}

static void release(struct served *s)
{
	close(s->output);
	close(s->leash);
}

/* All that git says, or what it said within the seconds; then the order is over. */
static const char *answer(struct served *s, int seconds)
{
	static char text[64 * 1024];
	struct pollfd more = { s->output, POLLIN, 0 };
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && poll(&more, 1, seconds * 1000) > 0 && (n = read(s->output, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	release(s);
	return n ? "no end" : text;
}

static bool ask(struct place *p, int protocol, uint64_t version, struct served *out)
{
	const struct serve_order order = { .repository = PUBLIC_REPO, .what = SERVE_REFS, .protocol = protocol, .version = version };

	return serve_ask(&p->f.task, &order, out);
}

static void test_every_protocol(void)
{
	static const char *const begin[] = { "0", "000eversion 1\n", "000eversion 2\n" };
	struct place p;
	struct served s;

	place_open(&p);
	const struct serve_options o = options(&p, 2);
	p.f.task.serve = serve_start(&o);
	for (int protocol = 0; protocol < 3; protocol++) {
		const char *text = ask(&p, protocol, 1, &s) ? answer(&s, 20) : "";

		CHECK(!strncmp(text, begin[protocol], strlen(begin[protocol])));
		CHECK((protocol < 2) == !!strstr(text, p.first.hex));
	}
	serve_stop(p.f.task.serve);
	fixture_close(&p.f);
}

/* Has nobody looked into the source for two seconds, within a minute? */
static bool comes_to_rest(int watch)
{
	char events[4096];
	bool begun = false;

	for (int i = 0; i < 30; i++) {
		bool quiet = true;

		sleep(2);
		while (read(watch, events, sizeof(events)) > 0)
			quiet = false;
		if (begun && quiet)
			return true;
		begun = begun || !quiet;
	}
	return false;
}

/* What a later version of the source brought is good for who asked earlier. */
static void test_versions_do_not_take_turns(void)
{
	struct place p;
	struct served s[12];
	int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	place_open(&p);
	const struct serve_options o = options(&p, 0); /* all wait for a place */
	CHECK(inotify_add_watch(watch, p.f.path, IN_OPEN) >= 0);
	p.f.task.serve = serve_start(&o);
	for (int i = 0; i < 12; i++)
		CHECK(ask(&p, 0, (uint64_t)(i % 3), &s[i]));
	CHECK(comes_to_rest(watch));
	for (int i = 0; i < 12; i++)
		release(&s[i]);
	serve_stop(p.f.task.serve);
	close(watch);
	fixture_close(&p.f);
}

/* Orders that come without room for their descriptors are lost; those after are answered. */
static void test_few_descriptors(void)
{
	struct rlimit most, few;
	struct place p;
	struct served s[16];
	int count = 0;

	place_open(&p);
	const struct serve_options o = options(&p, 1);
	getrlimit(RLIMIT_NOFILE, &most);
	few = (struct rlimit) { 20, most.rlim_max };
	setrlimit(RLIMIT_NOFILE, &few);
	p.f.task.serve = serve_start(&o);
	setrlimit(RLIMIT_NOFILE, &most);
	while (count < 16 && ask(&p, 0, 1, &s[count]))
		count++;
	CHECK(count == 16);
	for (int i = 0; i < count; i++)
		answer(&s[i], 20);
	CHECK(ask(&p, 0, 1, &s[0]) && strstr(answer(&s[0], 20), p.first.hex));
	serve_stop(p.f.task.serve);
	fixture_close(&p.f);
}

int main(void)
{
	test_versions_do_not_take_turns();
	test_every_protocol();
	test_few_descriptors();
	return test_result();
}
