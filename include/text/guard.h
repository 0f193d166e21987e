/* guard.h: what Markdown must look like before a parser may see it
 *
 * One pass over the bytes. It refuses what is known to make cmark or our own
 * passes slow: see limit.h for the figures. */
#ifndef TEXT_GUARD_H
#define TEXT_GUARD_H

#include "base/task.h"

/* Fails with ERR_FIELDS on field "text", naming the line: too long, not
 * UTF-8, NUL or other control characters, noncharacters, containers nested
 * deeper than LIMIT_NESTING, more than LIMIT_BRACKETS opening brackets in a
 * paragraph, tables with too many columns or cells. */
bool guard_text(struct task *task, const char *text, size_t len);

#endif
