/* words.h: text as the words a reader sees change
 *
 * Private to text/. Whole numbers ("1,000", "2.5", "40%") are one word;
 * scripts written without spaces (Chinese, Japanese, Thai, Khmer ...) give
 * one word per character. The space before a word belongs to no word, so
 * that two texts differ in words and never in how they are wrapped. */
#ifndef TEXT_WORDS_H
#define TEXT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* A footnote mark stands in the text as its key between two of these bytes:
 * no UTF-8 text contains them. */
#define WORD_MARK '\xff'

enum word_kind {
	WORD_LETTERS,
	WORD_NUMBER, /* anything with a digit: "3rd", "10mg" */
	WORD_SIGN, /* one punctuation character */
	WORD_NOTE, /* a footnote mark */
	WORD_SPACE, /* only where spaces count */
};

struct word {
	enum word_kind kind;
	size_t begin, end; /* bytes of the text */
};

struct words {
	struct word *items;
	size_t count;
	const char *text; /* what was read */
};

/* Read UTF-8 that the guard has passed. With `spaces` each run of blanks and
 * each newline is a word too, as in a block of code. */
struct words words_read(struct arena *arena, const char *text, size_t len,
	bool spaces);

/* Whether it is one a reader would count. */
bool word_counts(const struct word *word);

/* How many of them the text has. */
size_t words_count(const struct words *words);

/* A character that shows nothing but can change what is read: controls of
 * text direction, zero-width and tag characters. Joiners are innocent after
 * letters of scripts that need them, and in emoji; `before` is the character
 * in front, 0 for none. */
bool words_invisible(uint32_t point, uint32_t before);

#endif
