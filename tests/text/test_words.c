/* Words, as a reader would count them; "|" stands between them here. */
#include "text/words.h"

#include "base/arena.h"
#include "base/buf.h"
#include "../test.h"

static struct arena arena;

static const char *cut(const char *text, bool spaces)
{
	struct words words = words_read(&arena, text, strlen(text), spaces);
	struct buf out = { .arena = &arena };

	for (size_t i = 0; i < words.count; i++) {
		if (i)
			buf_putc(&out, '|');
		buf_add(&out, text + words.items[i].begin, words.items[i].end - words.items[i].begin);
	}
	return buf_text(&out);
}

static size_t count(const char *text)
{
	struct words words = words_read(&arena, text, strlen(text), false);

	return words_count(&words);
}

static void test_prose(void)
{
	CHECK_STR(cut("", false), "");
	CHECK_STR(cut("  Do not\n delete criticism. ", false), "Do|not|delete|criticism|.");
	CHECK_STR(cut("don't, won’t 'quoted'", false), "don't|,|won’t|'|quoted|'");
	CHECK_STR(cut("well-informed (adj.)", false), "well|-|informed|(|adj|.|)");
	CHECK_STR(cut("Größe: „groß“", false), "Größe|:|„|groß|“");
	CHECK_STR(cut("пишите врачу", false), "пишите|врачу");
	CHECK_STR(cut("e\xcc\x81t\xcc\x81", false), "e\xcc\x81t\xcc\x81");
}

static void test_numbers(void)
{
	CHECK_STR(cut("1,000 of 2.5 or 40%.", false), "1,000|of|2.5|or|40%|.");
	CHECK_STR(cut("at 12:30, 2026-11-23", false), "at|12:30|,|2026|-|11|-|23");
	CHECK_STR(cut("10mg 3rd B12", false), "10mg|3rd|B12");
	CHECK(words_read(&arena, "B12", 3, false).items[0].kind == WORD_NUMBER);
	CHECK(words_read(&arena, "٤٢", 4, false).items[0].kind == WORD_NUMBER);
}

static void test_unspaced(void)
{
	CHECK_STR(cut("不要删除。", false), "不|要|删|除|。");
	CHECK_STR(cut("ลบที่", false), "ล|บ|ที่");
	CHECK_STR(cut("삭제하지 마세요", false), "삭제하지|마세요");
	CHECK(count("不要 delete 3") == 4);
}

static void test_marks(void)
{
	CHECK_STR(cut("own\xff" "fda-2014\xff field", false), "own|\xff" "fda-2014\xff|field");
	CHECK_STR(cut("\xff" "a\xff\xff" "b\xff", false), "\xff" "a\xff|\xff" "b\xff");
}

static void test_spaces(void)
{
	CHECK_STR(cut("a  b\n\n c", true), "a|  |b|\n|\n| |c");
	CHECK_STR(cut("\xff" "k\xff x ", true), "\xff" "k\xff| |x| ");
}

static void test_invisible(void)
{
	CHECK_STR(cut("pass\xe2\x80\x8bword", false), "pass\xe2\x80\x8bword");
	CHECK(words_invisible(0x202e, 'a'));
	CHECK(words_invisible(0x200b, 0));
	CHECK(words_invisible(0xe0041, 'a'));
	CHECK(words_invisible(0x200d, 'a'));
	CHECK(!words_invisible(0x200d, 0x1f468));
	CHECK(!words_invisible(0x200c, 0x0645));
	CHECK(!words_invisible('a', 0));
}

int main(void)
{
	test_prose();
	test_numbers();
	test_unspaced();
	test_marks();
	test_spaces();
	test_invisible();
	arena_free(&arena);
	return test_result();
}
