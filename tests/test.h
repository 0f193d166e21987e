/* test.h: checks that report where they failed; main() returns test_result() */
#ifndef TEST_H
#define TEST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int test_failures;

/* When a call was made to fail (tests/torture), nothing after it means anything. */
static inline void test_failed(void)
{
	test_failures++;
	if (getenv("GUIDEHALL_FAULT"))
		exit(EXIT_FAILURE);
}

#define CHECK(x) \
	do { \
		if (!(x)) { \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x); \
			test_failed(); \
		} \
	} while (0)

#define CHECK_STR(a, b) \
	do { \
		const char *a_ = (a), *b_ = (b); \
		if (!a_ || !b_ || strcmp(a_, b_)) { \
			fprintf(stderr, "%s:%d: \"%s\" is not \"%s\"\n", __FILE__, __LINE__, \
				a_ ? a_ : "(null)", b_ ? b_ : "(null)"); \
			test_failed(); \
		} \
	} while (0)

static inline int test_result(void)
{
	return test_failures ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
