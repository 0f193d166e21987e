/* fuzz.h: what all fuzz targets share
 *
 * A target is one file that defines LLVMFuzzerTestOneInput(). libFuzzer calls
 * it (./dev fuzz), or replay.c with the files of its corpus (./dev test). It
 * says what must hold with MUST(), never with assert(): also in a build
 * without assertions. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/task.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* Runs once before; a target may do without. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

#define MUST(x)                                                                            \
	do {                                                                               \
		if (!(x)) {                                                                \
			fprintf(stderr, "%s:%d: must hold: %s\n", __FILE__, __LINE__, #x); \
			abort();                                                           \
		}                                                                          \
	} while (0)

/* Both texts are there and the same, or neither is there. */
#define MUST_STR(a, b)                                                                        \
	do {                                                                                  \
		const char *a_ = (a), *b_ = (b);                                              \
		if ((!a_ != !b_) || (a_ && strcmp(a_, b_))) {                                 \
			fprintf(stderr, "%s:%d: must hold: \"%s\"\nis \"%s\"\n", __FILE__, __LINE__, \
				a_ ? a_ : "(null)", b_ ? b_ : "(null)");                      \
			abort();                                                              \
		}                                                                             \
	} while (0)

/* ---- what is left of an input ---- */

struct input {
	const uint8_t *at;
	size_t left;
};

static inline unsigned int input_byte(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->at++;
}

/* Texts stand behind each other, with the byte 0x1e (record separator, which
 * no text may hold) between them. */
struct text {
	const char *bytes; /* NUL-terminated besides */
	size_t len;
};

static inline struct text input_rest(struct arena *arena, struct input *in)
{
	struct text text = { arena_strndup(arena, (const char *)in->at, in->left), in->left };

	*in = (struct input) { in->at + in->left, 0 };
	return text;
}

static inline struct text input_text(struct arena *arena, struct input *in)
{
	const uint8_t *end = in->left ? memchr(in->at, 0x1e, in->left) : NULL;
	size_t len = end ? (size_t)(end - in->at) : in->left;
	struct text text = { arena_strndup(arena, (const char *)in->at, len), len };

	in->at += len + (end != NULL);
	in->left -= len + (end != NULL);
	return text;
}

static inline bool text_same(struct text a, struct text b)
{
	return a.len == b.len && !memcmp(a.bytes, b.bytes, a.len);
}

#endif
