/* part.h: parts of the site, for telling which pages a change may show on
 *
 * A part has a guide's name (slug). Whoever changes something says which part
 * it shows in; whoever keeps finished pages asks whether anything happened to
 * a page's part. */
#ifndef BASE_PART_H
#define BASE_PART_H

/* Who people are and what they may; no guide's name. */
#define PART_PEOPLE "/people"

#endif
