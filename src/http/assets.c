#include "assets.h"

#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ASSET_MAX_BYTES (4 * 1024 * 1024)

static const struct {
	const char *ending;
	const char *type;
} types[] = {
	{ ".css", "text/css; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".svg", "image/svg+xml" },
	{ ".woff2", "font/woff2" },
	{ ".txt", "text/plain; charset=utf-8" },
};

static const char *type_of(const char *name)
{
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < sizeof(types) / sizeof(*types); i++)
		if (!strcmp(dot, types[i].ending))
			return types[i].type;
	return NULL;
}

static bool read_all(struct arena *arena, FILE *file, struct asset *out)
{
	struct stat st;
	char *bytes;

	if (fstat(fileno(file), &st))
		return false;
	if (st.st_size > ASSET_MAX_BYTES) {
		errno = EFBIG;
		return false;
	}
	bytes = arena_alloc(arena, (size_t)st.st_size + 1);
	out->bytes = bytes;
	out->len = fread(bytes, 1, (size_t)st.st_size, file);
	return out->len == (size_t)st.st_size;
}

/* Half a style sheet is worse than no start. */
static bool read_asset(struct arena *arena, const char *path, const char *name, struct list *out)
{
	FILE *file = fopen(path, "re");
	struct asset asset = { .name = arena_strdup(arena, name), .type = type_of(name) };
	bool good = file && read_all(arena, file, &asset);

	if (good)
		*(struct asset *)list_add(arena, out, sizeof(asset)) = asset;
	else
		fprintf(stderr, "guidehall: cannot read %s: %s\n", path, strerror(errno));
	if (file)
		fclose(file);
	return good;
}

static bool read_folder(struct arena *arena, const char *folder, const char *prefix, struct list *out)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool good = dir || errno == ENOENT; /* what npm makes may be absent */

	if (!good)
		fprintf(stderr, "guidehall: cannot read %s: %s\n", folder, strerror(errno));
	errno = 0; /* the end of a folder, or one that cannot be read further */
	while (good && dir && (entry = readdir(dir))) {
		const char *path = arena_printf(arena, "%s/%s", folder, entry->d_name);
		const char *name = arena_printf(arena, "%s%s", prefix, entry->d_name);

		if (*entry->d_name != '.' && type_of(name))
			good = read_asset(arena, path, name, out);
		errno = 0;
	}
	if (good && errno) {
		fprintf(stderr, "guidehall: cannot read %s: %s\n", folder, strerror(errno));
		good = false;
	}
	if (dir)
		closedir(dir);
	return good;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct asset *)a)->name, ((const struct asset *)b)->name);
}

static const char *version_of(struct arena *arena, const struct list *items)
{
	crypto_generichash_state state;
	unsigned char hash[16];
	char hex[2 * 6 + 1];

	crypto_generichash_init(&state, NULL, 0, sizeof(hash));
	for (size_t i = 0; i < items->count; i++) {
		const struct asset *a = (const struct asset *)items->items + i;

		crypto_generichash_update(&state, (const unsigned char *)a->name, strlen(a->name) + 1);
		crypto_generichash_update(&state, (const unsigned char *)a->bytes, a->len);
	}
	crypto_generichash_final(&state, hash, sizeof(hash));
	sodium_bin2hex(hex, sizeof(hex), hash, 6);
	return arena_strdup(arena, hex);
}

/* Pages name icons whether or not the set-up made them. */
static void add_missing_icons(struct arena *arena, struct list *out)
{
	static const char empty[] = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n";

	for (size_t i = 0; i < out->count; i++)
		if (!strcmp(((const struct asset *)out->items)[i].name, "icons.svg"))
			return;
	*(struct asset *)list_add(arena, out, sizeof(struct asset)) =
		(struct asset) { "icons.svg", type_of("icons.svg"), empty, sizeof(empty) - 1 };
}

bool assets_read(struct arena *arena, const char *web, struct assets *out)
{
	if (!read_folder(arena, web, "", &out->items)
		|| !read_folder(arena, arena_printf(arena, "%s/built", web), "", &out->items)
		|| !read_folder(arena, arena_printf(arena, "%s/built/fonts", web), "fonts/", &out->items))
		return false;
	add_missing_icons(arena, &out->items);
	if (out->items.count)
		qsort(out->items.items, out->items.count, sizeof(struct asset), by_name);
	out->version = version_of(arena, &out->items);
	return true;
}

const struct asset *assets_find(const struct assets *assets, const char *name)
{
	const struct asset key = { .name = name };

	if (!assets->items.count)
		return NULL;
	return bsearch(&key, assets->items.items, assets->items.count, sizeof(key), by_name);
}
