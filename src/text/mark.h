/* mark.h: how a footnote is spelled: "[^key]" and "[^key]: text" */
#ifndef TEXT_MARK_H
#define TEXT_MARK_H

#include "text/lines.h"

#define MARK_MAX_BYTES 67 /* a key of 64 bytes */

struct arena;

/* Length of "[^key]" at the start of the text, 0 when there is none. Keys are
 * ASCII letters, digits and hyphens. */
size_t mark_len(struct slice text);

/* The key of a mark of mark_len(), in small letters. */
const char *mark_key(struct arena *arena, const char *mark);

/* Where the text of a definition starts in the line, which is no further in
 * than three spaces; 0 when the line is none. */
size_t mark_defines(struct slice line);

#endif
