/* words.c: cutting text into words by tables of Unicode ranges */
#include "text/words.h"

#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"

struct points {
	uint32_t first, last;
};

/* Punctuation and symbols above ASCII, as far as prose uses them. */
static const struct points signs[] = {
	{ 0x00a1, 0x00a9 }, { 0x00ab, 0x00b4 }, { 0x00b6, 0x00b9 }, { 0x00bb, 0x00bf },
	{ 0x00d7, 0x00d7 }, { 0x00f7, 0x00f7 }, { 0x037e, 0x037e }, { 0x0387, 0x0387 },
	{ 0x055a, 0x055f }, { 0x0589, 0x058a }, { 0x05be, 0x05be }, { 0x05c0, 0x05c0 },
	{ 0x05f3, 0x05f4 }, { 0x060c, 0x060d }, { 0x061b, 0x061b }, { 0x061e, 0x061f },
	{ 0x066a, 0x066d }, { 0x06d4, 0x06d4 }, { 0x0964, 0x0965 }, { 0x0e3f, 0x0e3f },
	{ 0x104a, 0x104f }, { 0x1361, 0x1368 }, { 0x17d4, 0x17da }, { 0x2010, 0x2027 },
	{ 0x2030, 0x205e }, { 0x20a0, 0x20cf }, { 0x2190, 0x2bff }, { 0x2e00, 0x2e7f },
	{ 0x3001, 0x3004 }, { 0x3008, 0x3020 }, { 0x3030, 0x3030 }, { 0x303d, 0x303f },
	{ 0x30fb, 0x30fb }, { 0xfe10, 0xfe1f }, { 0xfe30, 0xfe6f }, { 0xff01, 0xff0f },
	{ 0xff1a, 0xff20 }, { 0xff3b, 0xff40 }, { 0xff5b, 0xff65 }, { 0xffe0, 0xffee },
};

static const struct points spaces_above_ascii[] = {
	{ 0x0085, 0x0085 }, { 0x00a0, 0x00a0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200a },
	{ 0x2028, 0x2029 }, { 0x202f, 0x202f }, { 0x205f, 0x205f }, { 0x3000, 0x3000 },
};

/* Scripts written without spaces between words. */
static const struct points unspaced[] = {
	{ 0x0e01, 0x0eff }, { 0x1000, 0x109f }, { 0x1780, 0x17ff }, { 0x1950, 0x19ff },
	{ 0x2e80, 0x2fff }, { 0x3005, 0x3007 }, { 0x3021, 0x302f }, { 0x3031, 0x303c },
	{ 0x3041, 0x30ff }, { 0x3100, 0x312f }, { 0x31a0, 0x31bf }, { 0x31f0, 0x31ff },
	{ 0x3400, 0x9fff }, { 0xa9e0, 0xa9ff }, { 0xaa60, 0xaa7f }, { 0xf900, 0xfaff },
	{ 0xff66, 0xff9f }, { 0x20000, 0x3fffd },
};

/* Of those scripts, and of all: marks that belong to the letter before. */
static const struct points combining[] = {
	{ 0x0300, 0x036f }, { 0x0e31, 0x0e31 }, { 0x0e33, 0x0e3a }, { 0x0e47, 0x0e4e },
	{ 0x0eb1, 0x0eb1 }, { 0x0eb3, 0x0ebc }, { 0x0ec8, 0x0ece }, { 0x102b, 0x103e },
	{ 0x1056, 0x1059 }, { 0x105e, 0x1060 }, { 0x1062, 0x1064 }, { 0x1067, 0x106d },
	{ 0x1071, 0x1074 }, { 0x1082, 0x108d }, { 0x17b4, 0x17d3 }, { 0x1ab0, 0x1aff },
	{ 0x200c, 0x200d }, { 0x20d0, 0x20ff }, { 0x302a, 0x302f }, { 0x3099, 0x309a },
	{ 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xff9e, 0xff9f },
};

static const struct points digits[] = {
	{ 0x0660, 0x0669 }, { 0x06f0, 0x06f9 }, { 0x07c0, 0x07c9 }, { 0x0966, 0x096f },
	{ 0x09e6, 0x09ef }, { 0x0a66, 0x0a6f }, { 0x0ae6, 0x0aef }, { 0x0b66, 0x0b6f },
	{ 0x0be6, 0x0bef }, { 0x0c66, 0x0c6f }, { 0x0ce6, 0x0cef }, { 0x0d66, 0x0d6f },
	{ 0x0e50, 0x0e59 }, { 0x0ed0, 0x0ed9 }, { 0x1040, 0x1049 }, { 0x17e0, 0x17e9 },
	{ 0xff10, 0xff19 },
};

static const struct points invisible[] = {
	{ 0x0001, 0x0008 }, { 0x000b, 0x000c }, { 0x000e, 0x001f }, { 0x007f, 0x0084 },
	{ 0x0086, 0x009f }, { 0x00ad, 0x00ad }, { 0x034f, 0x034f }, { 0x061c, 0x061c },
	{ 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f },
	{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x3164, 0x3164 }, { 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe0fff },
};

#define AMONG(point, table) among(point, table, sizeof(table) / sizeof((table)[0]))

static bool among(uint32_t point, const struct points *table, size_t count)
{
	for (size_t i = 0; i < count && table[i].first <= point; i++)
		if (point <= table[i].last)
			return true;
	return false;
}

bool words_invisible(uint32_t point, uint32_t before)
{
	bool joiner = point == 0x200c || point == 0x200d;

	if (joiner && before >= 0x0600 && !AMONG(before, invisible))
		return false;
	return AMONG(point, invisible);
}

enum class {
	CLASS_SPACE,
	CLASS_DIGIT,
	CLASS_LETTER,
	CLASS_ALONE, /* a letter that is a word */
	CLASS_JOINS, /* goes with what stands before */
	CLASS_SIGN,
};

static enum class ascii_class(uint32_t point)
{
	uint32_t letter = point | 0x20;

	if (point == ' ' || (point >= '\t' && point <= '\r'))
		return CLASS_SPACE;
	if (point >= '0' && point <= '9')
		return CLASS_DIGIT;
	if (letter >= 'a' && letter <= 'z')
		return CLASS_LETTER;
	return CLASS_SIGN;
}

static enum class class_of(uint32_t point)
{
	if (point < 0x80)
		return ascii_class(point);
	if (AMONG(point, spaces_above_ascii))
		return CLASS_SPACE;
	if (AMONG(point, combining) || AMONG(point, invisible))
		return CLASS_JOINS;
	if (AMONG(point, digits))
		return CLASS_DIGIT;
	if (AMONG(point, signs))
		return CLASS_SIGN;
	return AMONG(point, unspaced) ? CLASS_ALONE : CLASS_LETTER;
}

/* Where the reading stands. */
struct reader {
	const char *text;
	size_t len, at;
	bool spaces;
};

/* A footnote mark and the end of the text part words as a space does; their
 * size is 0. */
static enum class peek(const struct reader *r, size_t at, size_t *size)
{
	uint32_t point;
	size_t next = at;

	*size = 0;
	if (!utf8_next(r->text, r->len, &next, &point))
		return CLASS_SPACE;
	*size = next - at;
	return class_of(point);
}

/* A sign that stays inside a word: "don't", "1,000", "2.5", "40%". */
static bool holds_together(const struct reader *r, enum class before)
{
	static const char right_quote[] = "\xe2\x80\x99";
	const char *at = r->text + r->at;
	bool quote = r->len - r->at >= 3 && !memcmp(at, right_quote, 3);
	size_t size = quote ? 3 : 1, after_size;
	enum class after = peek(r, r->at + size, &after_size);

	if (before == CLASS_DIGIT && *at == '%')
		return true;
	if (before == CLASS_DIGIT && after == CLASS_DIGIT)
		return strchr(".,:'", *at) || quote;
	return before == CLASS_LETTER && after == CLASS_LETTER && (*at == '\'' || quote);
}

static struct word letters(struct reader *r)
{
	struct word word = { WORD_LETTERS, r->at, r->at };
	enum class before = CLASS_SIGN;
	size_t size;

	for (; r->at < r->len; r->at += size) {
		enum class class = peek(r, r->at, &size);

		if (class == CLASS_SPACE || class == CLASS_ALONE)
			break;
		if (class == CLASS_SIGN && !holds_together(r, before))
			break;
		if (class == CLASS_DIGIT)
			word.kind = WORD_NUMBER;
		if (class != CLASS_JOINS)
			before = class;
	}
	word.end = r->at;
	return word;
}

/* One character and what joins it. */
static struct word alone(struct reader *r, enum word_kind kind)
{
	struct word word = { kind, r->at, r->at };
	size_t size;

	peek(r, r->at, &size);
	r->at += size;
	while (r->at < r->len && peek(r, r->at, &size) == CLASS_JOINS)
		r->at += size;
	word.end = r->at;
	return word;
}

static struct word mark(struct reader *r)
{
	const char *end = memchr(r->text + r->at + 1, WORD_MARK, r->len - r->at - 1);
	struct word word = { WORD_NOTE, r->at, r->len };

	if (end)
		word.end = (size_t)(end - r->text) + 1;
	r->at = word.end;
	return word;
}

static struct word blanks(struct reader *r)
{
	struct word word = { WORD_SPACE, r->at, r->at };
	bool newline = r->text[r->at] == '\n';
	size_t size;

	do {
		peek(r, r->at, &size);
		r->at += size;
	} while (!newline && peek(r, r->at, &size) == CLASS_SPACE && size && r->text[r->at] != '\n');
	word.end = r->at;
	return word;
}

/* What stands next is no space, or spaces count. */
static struct word take(struct reader *r)
{
	size_t size;

	if (r->text[r->at] == WORD_MARK)
		return mark(r);
	switch (peek(r, r->at, &size)) {
	case CLASS_SPACE: return blanks(r);
	case CLASS_SIGN: return alone(r, WORD_SIGN);
	case CLASS_ALONE: return alone(r, WORD_LETTERS);
	default: return letters(r);
	}
}

static bool next(struct reader *r, struct word *word)
{
	size_t size;

	while (!r->spaces && peek(r, r->at, &size) == CLASS_SPACE && size)
		r->at += size;
	if (r->at == r->len)
		return false;
	*word = take(r);
	return true;
}

struct words words_read(struct arena *arena, const char *text, size_t len,
	bool spaces)
{
	struct reader r = { text, len, 0, spaces };
	struct words words = { .text = text };
	struct word word;
	size_t room = 0;

	while (next(&r, &word))
		room++;
	words.items = arena_alloc(arena, (room + 1) * sizeof(word));
	r.at = 0;
	while (next(&r, &words.items[words.count]))
		words.count++;
	return words;
}

bool word_counts(const struct word *word)
{
	return word->kind == WORD_LETTERS || word->kind == WORD_NUMBER;
}

size_t words_count(const struct words *words)
{
	size_t count = 0;

	for (size_t i = 0; i < words->count; i++)
		count += word_counts(&words->items[i]);
	return count;
}
