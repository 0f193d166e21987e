/* sections.h: what is searched; private to guide/ */
#ifndef GUIDE_SECTIONS_H
#define GUIDE_SECTIONS_H

#include "app/guide.h"

/* Inside a transaction: bring the searchable sections of a guide up to date
 * with its text. Those whose words are the same are left alone. */
bool sections_put(struct task *task, const struct guide_text *text, const struct guideline *g);

#endif
