/* utf8.h: text as characters (RFC 3629) */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decode the character at *at and step behind it. False, and nothing moves,
 * when the bytes are not UTF-8 or at their end: overlong forms, surrogates
 * and characters above U+10FFFF are not. */
bool utf8_next(const char *text, size_t len, size_t *at, uint32_t *out);

/* Whether a text for people may hold the character: no control character but
 * tab, LF and CR; no noncharacter, which Unicode keeps for a program's own use
 * (shield.c uses two) and XML cannot hold. */
bool utf8_for_people(uint32_t c);

/* Whether all bytes are UTF-8 without NUL. */
bool utf8_valid(const char *text, size_t len);

#endif
