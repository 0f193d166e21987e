/* recall.h: reading a guide's structure without remembering it; private to
 * text/ */
#ifndef TEXT_RECALL_H
#define TEXT_RECALL_H

#include "text/guideline.h"

/* What guideline_read() does when nobody did it before. */
bool guideline_parse(struct task *task, const char *text, size_t len,
	struct guideline *out);

#endif
