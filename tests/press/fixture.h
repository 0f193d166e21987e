/* fixture.h: an edition to press, and a scratch directory to look at the files */
#ifndef TESTS_PRESS_FIXTURE_H
#define TESTS_PRESS_FIXTURE_H

#include <limits.h>
#include <stdarg.h>
#include <unistd.h>

#include "../test.h"
#include "press/press.h"

#define GUIDE_FRONT \
	"---\r\n" \
	"id: twitter\n" \
	"title: How pharma should use Twitter (X)\n" \
	"description: What to say, and what never to say.\n" \
	"platform: twitter\n" \
	"audience: [pharma, physician]\n" \
	"language: en\n" \
	"jurisdiction: [US, EU]\n" \
	"licence: CC-BY-4.0\n" \
	"owner: editors@guidehall.invalid\n" \
	"review-by: 2027-11-30\n" \
	"funding: none\n" \
	"---\n"
#define GUIDE_TEXT \
	"\n# How pharma should use Twitter (X)\n\nAn account.  \r\n\r\n## Before\n\n" \
	"> [!NOTE]\n> Not advice.\n\n" \
	"> [!IMPORTANT]\n> **TW-01.** Name the people behind the account.[^a]\n>\n> - Strength: strong\n> - Direction: for\n\n" \
	"| a | b |\n|---|--:|\n| 1 | 2 |\n\n- [x] done\n- [ ] open\n\n```\ncode <b>\n```\n\n" \
	"\xc3\xa1rv\xc3\xadz <script>alert(1)</script>\n\n[^a]: A source, <https://example.org/>.\n"

static inline struct edition edition(void)
{
	return (struct edition) {
		.slug = "twitter",
		.version = "1.0.0",
		.commit = "0123456789abcdef0123456789abcdef01234567",
		.released_at = 1774751400, /* 2026-03-29 02:30 UTC: an hour that Budapest leaves out */
		.notes = "First version.\n\n- Says **who** answers.\n",
		.url = "https://guides.example.org/guides/twitter/v/1.0.0",
		.site = "Guidehall",
		.text = GUIDE_FRONT GUIDE_TEXT,
		.len = strlen(GUIDE_FRONT GUIDE_TEXT),
	};
}

static inline void scratch_make(char dir[static PATH_MAX])
{
	const char *tmp = getenv("TMPDIR");

	snprintf(dir, PATH_MAX, "%s/guidehall-press-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir))
		abort();
}

static inline void scratch_write(const char *dir, const struct press_file *file)
{
	char path[PATH_MAX + 256];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", dir, file->name);
	out = fopen(path, "w");
	if (!out || fwrite(file->bytes, 1, (size_t)file->size, out) != (size_t)file->size
		|| fclose(out))
		abort();
}

/* Output of a shell command that must succeed, at most 64 KiB. */
static inline const char *run(const char *format, ...)
{
	static char out[64 * 1024];
	char command[3 * PATH_MAX];
	va_list args;
	FILE *pipe;
	size_t len;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	pipe = popen(command, "r");
	if (!pipe)
		abort();
	len = fread(out, 1, sizeof(out) - 1, pipe);
	out[len] = '\0';
	CHECK(pclose(pipe) == 0);
	return out;
}

#endif
