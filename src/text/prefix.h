/* prefix.h: what stands before the text of a line: quotes, list markers
 *
 * cmark needs the lines above to know what a marker means. These look at one
 * line only and say the most it can mean, which is what a limit needs. */
#ifndef TEXT_PREFIX_H
#define TEXT_PREFIX_H

#include "text/lines.h"

struct prefix {
	int depth; /* containers the line may be in, at most */
	size_t bytes; /* length of the prefix, blanks included */
	int indent; /* most columns before a quote mark, the first list marker or the text */
	bool bullet, number; /* its first list marker */
	bool one; /* the number is 1 */
};

struct prefix prefix_read(struct slice line);

#endif
