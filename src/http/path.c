#include "path.h"

#include <ctype.h>
#include <string.h>

#include "base/utf8.h"

static int hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

const char *path_decode(struct arena *arena, const char *raw)
{
	char *out = arena_alloc(arena, strlen(raw) + 1);
	size_t n = 0;

	for (; *raw; raw++) {
		char c = *raw;

		if (c == '%') {
			if (!isxdigit((unsigned char)raw[1]) || !isxdigit((unsigned char)raw[2]))
				return NULL;
			c = (char)(hex(raw[1]) << 4 | hex(raw[2]));
			raw += 2;
			if (c == '/' || (unsigned char)c < 0x20 || c == 0x7f)
				return NULL;
		}
		if (c == '\\')
			return NULL;
		out[n++] = c;
	}
	if (strstr(out, "/../") || strstr(out, "/./") || strstr(out, "//")
		|| (n >= 3 && !strcmp(out + n - 3, "/..")) || (n >= 2 && !strcmp(out + n - 2, "/.")))
		return NULL;
	return utf8_valid(out, n) ? out : NULL;
}
