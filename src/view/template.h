/* template.h: a compiled template; private to view/ */
#ifndef VIEW_TEMPLATE_H
#define VIEW_TEMPLATE_H

#include "view/view.h"

enum op_kind {
	OP_TEXT, /* bytes as they stand */
	OP_VALUE,
	OP_SECTION, /* up to `end` if the value says so */
	OP_INVERTED,
};

struct op {
	enum op_kind kind;
	const char *text;
	size_t len;
	const struct field *field; /* NULL: the word itself */
	size_t up; /* how many scopes outwards the field is found */
	char filter; /* first letter, 'd' day 'm' minute 't' date 'a' ago 'u' url 's' 'c' count; 0 none */
	size_t end; /* index behind the section's last op */
};

struct view {
	struct list ops; /* struct op */
};

#endif
