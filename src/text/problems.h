/* problems.h: what an author should know about the text */
#ifndef TEXT_PROBLEMS_H
#define TEXT_PROBLEMS_H

#include "text/doc.h"
#include "text/guideline.h"

/* All problems (struct problem) of a document by line; `undefined` are the
 * footnote marks that doc_parse() could not resolve. */
void problems_find(struct arena *arena, const struct node *document,
	const struct list *undefined, struct list *out);

#endif
