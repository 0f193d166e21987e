/* sent.h: what bodies of forms and of JSON are read into: each kind of field,
 * with limits that short inputs reach */
#ifndef TESTS_FUZZ_SENT_H
#define TESTS_FUZZ_SENT_H

#include "base/shape.h"

struct sent {
	const char *name, *text, *key;
	bool agree;
};
static const struct field fields[] = {
	INPUT_TEXT(struct sent, name, 8, FIELD_REQUIRED),
	INPUT_TEXT(struct sent, text, 64, 0),
	INPUT_TEXT(struct sent, key, 200, 0),
	INPUT_BOOL(struct sent, agree),
	FIELD_END
};
static const struct shape shape = SHAPE(sent, fields);

#endif
