/* Settings files: whatever is in one, what is read lies in its range, and a
 * plain line counts. */
#include <sys/mman.h>

#include "base/conf.h"
#include "fuzz.h"
#include "quiet.h"

static int64_t number_of(const struct conf *conf, const struct conf_key *key)
{
	return *(const int64_t *)(const void *)((const char *)conf + key->offset);
}

static const char *text_of(const struct conf *conf, const struct conf_key *key)
{
	return *(const char *const *)(const void *)((const char *)conf + key->offset);
}

static void check_ranges(const struct conf *conf)
{
	for (const struct conf_key *k = conf_keys; k->name; k++) {
		if (k->number)
			MUST(number_of(conf, k) >= k->least && number_of(conf, k) <= k->most);
		else
			MUST(text_of(conf, k));
	}
}

static bool read_file(struct conf *conf, struct arena *arena, const uint8_t *data, size_t size)
{
	int fd = memfd_create("conf", MFD_CLOEXEC), kept;
	const char *path = arena_printf(arena, "/proc/self/fd/%d", fd);
	bool good;

	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	kept = silence();
	good = conf_read(conf, arena, path);
	speak(kept);
	close(fd);
	return good;
}

/* Every line is "key = value" in small letters and digits: then the last line
 * of a key wins. */
static const char *last_plain(struct text text, const char *key, struct arena *arena)
{
	const char *value = NULL, *at = text.bytes;

	while (*at) {
		size_t line = strcspn(at, "\n"), name = strspn(at, "abcdefghijklmnopqrstuvwxyz_");
		size_t digits;

		if (!name || strncmp(at + name, " = ", 3) || line > 60)
			return NULL;
		digits = strspn(at + name + 3, "0123456789");
		if (!digits || name + 3 + digits != line)
			return NULL;
		if (strlen(key) == name && !memcmp(key, at, name))
			value = arena_strndup(arena, at + name + 3, digits);
		at += line + (at[line] == '\n');
	}
	return value;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct input in = { data, size };
	struct text text = input_rest(&arena, &in);
	struct conf conf = { 0 };

	if (read_file(&conf, &arena, data, size)) {
		check_ranges(&conf);
		for (const struct conf_key *k = conf_keys; k->name; k++) {
			const char *value = strlen(text.bytes) == size ? last_plain(text, k->name, &arena) : NULL;

			if (value && k->number)
				MUST(number_of(&conf, k) == strtoll(value, NULL, 10));
			else if (value)
				MUST_STR(text_of(&conf, k), value);
		}
	}
	arena_free(&arena);
	return 0;
}
