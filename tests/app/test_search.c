/* test_search.c: words in, sections out */
#include "fixture.h"

#include "app/search.h"

static size_t hits(struct fixture *f, const char *query, struct hit *first)
{
	struct task task = begin(f, 0, ROLE_READER);
	struct list found = { 0 };
	size_t count;

	CHECK(search_run(&task, query, 50, &found));
	count = found.count;
	if (first && count) {
		const struct hit *h = found.items;
		bool marked = false;

		first->guide = arena_strdup(&f->arena, h->guide);
		first->title = arena_strdup(&f->arena, h->title);
		for (size_t i = 0; i < h->title_parts.count; i++)
			marked = marked || ((const struct hit_part *)h->title_parts.items)[i].found;
		for (size_t i = 0; i < h->snippet_parts.count; i++)
			marked = marked || ((const struct hit_part *)h->snippet_parts.items)[i].found;
		CHECK(marked);
		CHECK(!strpbrk(h->title, "\2\3") && !strpbrk(h->snippet, "\2\3"));
	}
	end(&task);
	return count;
}

int main(int argc, char **argv)
{
	struct fixture f;
	struct hit first = { 0 };

	CHECK(argc == 2);
	fixture_open(&f, argv[1]);
	CHECK(hits(&f, "layperson", &first) >= 1);
	CHECK_STR(first.guide, "twitter");
	CHECK(hits(&f, "layper", NULL) >= 1); /* the last word may be unfinished */
	CHECK(hits(&f, "LAYPERSON", NULL) >= 1);
	CHECK(hits(&f, "side effects", NULL) > 3);
	CHECK(hits(&f, "zzzzqqqq", NULL) == 0);
	CHECK(hits(&f, "", NULL) == 0 && hits(&f, " \"*()-", NULL) == 0);
	/* the query language is not for strangers */
	CHECK(hits(&f, "title:side", NULL) == hits(&f, "title side", NULL));
	CHECK(hits(&f, "layperson OR zzzzqqqq", NULL) == 0);
	fixture_close(&f);
	return test_result();
}
