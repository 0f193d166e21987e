/* front.h: where the front matter lies */
#ifndef TEXT_FRONT_H
#define TEXT_FRONT_H

#include "base/task.h"

struct front_place {
	size_t first; /* byte of the line below the first "---" */
	size_t last; /* of the closing line */
	size_t end; /* of the line below it; 0 when there is no front matter */
};

/* Fails with ERR_FIELDS when the block is never closed or too long. */
bool front_find(struct task *task, const char *text, size_t len,
	struct front_place *out);

#endif
