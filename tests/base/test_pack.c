/* test_pack.c: a value comes back as it went in, from bytes of its own */
#include "../test.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/shape.h"

struct leaf {
	const char *name;
	bool good;
	int64_t secret; /* not described: not kept */
};
static const struct field leaf_fields[] = { FIELD_TEXT(struct leaf, name), FIELD_BOOL(struct leaf, good), FIELD_END };
static const struct shape leaf_shape = SHAPE(leaf, leaf_fields);

struct tree {
	int64_t number;
	int64_t at;
	const char *text, *none, *empty;
	struct html html;
	struct bytes bytes, no_bytes;
	struct list words;
	struct leaf one;
	struct list many, nothing;
};
static const struct field tree_fields[] = {
	FIELD_INT(struct tree, number),
	FIELD_TIME(struct tree, at),
	FIELD_TEXT(struct tree, text),
	FIELD_TEXT(struct tree, none),
	FIELD_TEXT(struct tree, empty),
	FIELD_HTML(struct tree, html),
	FIELD_BYTES(struct tree, bytes),
	FIELD_BYTES(struct tree, no_bytes),
	FIELD_WORDS(struct tree, words),
	FIELD_ONE(struct tree, one, &leaf_shape),
	FIELD_MANY(struct tree, many, &leaf_shape),
	FIELD_MANY(struct tree, nothing, &leaf_shape),
	FIELD_END
};
static const struct shape tree_shape = SHAPE(tree, tree_fields);

static void fill(struct arena *arena, struct tree *t)
{
	*t = (struct tree) { .number = -7, .at = 1795573390, .text = "text", .empty = "", .html = { "<p>html" }, .bytes = { "a\0b", 3 },
		.one = { .name = "one", .good = true, .secret = 5 } };
	for (int i = 0; i < 3; i++) {
		*(const char **)list_add(arena, &t->words, sizeof(char *)) = arena_printf(arena, "word %d", i);
		*(struct leaf *)list_add(arena, &t->many, sizeof(struct leaf)) =
			(struct leaf) { .name = i ? arena_printf(arena, "leaf %d", i) : NULL, .good = i == 2 };
	}
}

static void check(const struct tree *t)
{
	const struct leaf *leaves = t->many.items;

	CHECK(t->number == -7 && t->at == 1795573390 && !t->none);
	CHECK_STR(t->text, "text");
	CHECK_STR(t->empty, "");
	CHECK_STR(t->html.safe, "<p>html");
	CHECK(t->bytes.len == 3 && !memcmp(t->bytes.at, "a\0b", 4) && !t->no_bytes.at && !t->no_bytes.len);
	CHECK(t->words.count == 3);
	CHECK_STR(((const char **)t->words.items)[2], "word 2");
	CHECK_STR(t->one.name, "one");
	CHECK(t->one.good && !t->one.secret);
	CHECK(t->many.count == 3 && !leaves[0].name && !leaves[1].good && leaves[2].good);
	CHECK_STR(leaves[2].name, "leaf 2");
	CHECK(!t->nothing.count && !t->nothing.items);
}

int main(void)
{
	struct arena first = { 0 }, kept = { 0 }, last = { 0 };
	struct buf bytes = { .arena = &kept };
	struct tree before, after;

	fill(&first, &before);
	shape_pack(&bytes, &tree_shape, &before);
	arena_free(&first); /* nothing of it is needed */
	shape_unpack(&last, &tree_shape, bytes.bytes, bytes.len, &after);
	arena_free(&kept);
	check(&after);
	arena_free(&last);
	return test_result();
}
