/* utf8.h: whether bytes are text */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* UTF-8 as RFC 3629 has it (shortest form, no surrogates), without NUL. */
bool utf8_valid(const char *text, size_t len);

#endif
