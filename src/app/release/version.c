#include "version.h"

#include <ctype.h>
#include <stdlib.h>

bool version_parse(const char *text, int64_t out[static 3])
{
	for (int i = 0; i < 3; i++) {
		char *end;

		if (!isdigit((unsigned char)*text) || (*text == '0' && isdigit((unsigned char)text[1])))
			return false;
		out[i] = strtol(text, &end, 10);
		if (end - text > 6 || *end != (i < 2 ? '.' : '\0'))
			return false;
		text = end + 1;
	}
	return true;
}

bool version_before(const int64_t a[static 3], const int64_t b[static 3])
{
	for (int i = 0; i < 3; i++)
		if (a[i] != b[i])
			return a[i] < b[i];
	return false;
}
