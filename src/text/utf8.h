/* utf8.h: one character at a time */
#ifndef TEXT_UTF8_H
#define TEXT_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decode the character at *at and step behind it. False, and nothing moves,
 * when the bytes are not UTF-8 (RFC 3629): overlong forms, surrogates and
 * characters above U+10FFFF are not. */
bool utf8_next(const char *text, size_t len, size_t *at, uint32_t *out);

#endif
