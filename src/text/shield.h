/* shield.h: escapes that only our own passes care about
 *
 * Once cmark has read "\[^1]" nobody can tell it from "[^1]". So before it
 * reads, "\[" before "^" and "\~" become one character each that no text may
 * contain (the guard refuses them); our passes do not know those, and
 * afterwards they are put back. */
#ifndef TEXT_SHIELD_H
#define TEXT_SHIELD_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;

/* Append the text with such escapes shielded. */
void shield_put(struct buf *out, const char *text, size_t len);

/* The text with the shields lifted: "[" and "~" where backslashes escape,
 * "\[" and "\~" in `code`, where they do not. NULL stays NULL. */
const char *shield_lift(struct arena *arena, const char *text, bool code);

#endif
