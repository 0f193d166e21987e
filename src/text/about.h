/* about.h: what changed in the front matter, for people
 *
 * Private to text/. A block list and a flow list of the same words are the
 * same: `- US` below `jurisdiction:` and `jurisdiction: [US]`. */
#ifndef TEXT_ABOUT_H
#define TEXT_ABOUT_H

#include "text/redline.h"

/* Append the lines that differ as <dl class="facts">. Both are front matter
 * with its fences, "" for none. False, and nothing is written, when all says
 * the same. */
bool about_write(struct redline *r, const char *old, const char *new);

#endif
