/* import.c: the first start: a folder of guides becomes the first commit */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/guide.h"
#include "base/crash.h"
#include "base/limit.h"
#include "db/db.h"
#include "git/change.h"
#include "git/loose.h"
#include "text/guideline.h"

/* The text itself, never what a link leads to: what lies elsewhere is not
 * somebody's guide. NULL: there is none. */
static FILE *open_text(struct task *task, const char *folder, const char *slug)
{
	int dir = open(arena_printf(&task->arena, "%s/%s", folder, slug), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int text = dir < 0 ? -1 : openat(dir, GUIDE_LANGUAGE ".md", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (dir >= 0)
		close(dir);
	return text < 0 ? NULL : fdopen(text, "r");
}

static bool is_short_name(struct task *task, const char *slug)
{
	if (guide_check_slug(task, slug))
		return true;
	task_forgive(task);
	return fail(task, ERR_FIELDS, "The folder's name becomes the short name of the guide: at most %d small letters, digits and hyphens.", LIMIT_SLUG_BYTES);
}

static bool read_guide(struct task *task, const char *folder, const char *slug, struct list *out)
{
	char *bytes = arena_alloc(&task->arena, LIMIT_PAGE_BYTES + 2);
	const char *path = arena_printf(&task->arena, "%s/%s/" GUIDE_LANGUAGE ".md", folder, slug);
	FILE *file = open_text(task, folder, slug);
	struct change_file *add;
	struct guideline g = { 0 };
	size_t len;
	int failed;

	if (!file && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
		return true; /* not a guide's folder */
	if (!file)
		return broken(task, "%s: %s", path, strerror(errno));
	len = fread(bytes, 1, LIMIT_PAGE_BYTES + 1, file);
	failed = ferror(file);
	fclose(file);
	if (failed)
		return broken(task, "%s cannot be read", path);
	if (!is_short_name(task, slug) || !guideline_read(task, bytes, len, &g) || !frontmatter_valid(task, &g.front, slug)) {
		fprintf(stderr, "guidehall: %s: %s\n", path, task->err.message);
		return false;
	}
	add = list_add(&task->arena, out, sizeof(*add));
	*add = (struct change_file) { guide_path(&task->arena, slug, GUIDE_LANGUAGE), bytes, len };
	return true;
}

static bool read_folder(struct task *task, const char *folder, struct list *out)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool good = true;

	if (!dir)
		return fail(task, ERR_NOT_FOUND, "The folder %s cannot be read.", folder);
	errno = 0; /* the end of a folder, or one that cannot be read further */
	while (good && (entry = readdir(dir))) {
		if (*entry->d_name != '.')
			good = read_guide(task, folder, entry->d_name, out);
		errno = 0;
	}
	if (good && errno)
		good = broken(task, "%s: %s", folder, strerror(errno));
	closedir(dir);
	return good;
}

static bool see_first(struct task *task, const struct oid *main)
{
	return db_begin(task) && guide_see_main(task, main) && db_commit(task);
}

static bool point_first(struct task *task, const struct oid *commit)
{
	const struct oid nothing = { 0 };

	crash_point("import.written");
	if (!change_point(task, REPO_MAIN, &nothing, commit))
		return false;
	crash_point("import.pointed");
	if (!repo_sync(task))
		return false;
	crash_point("import.synced");
	return true;
}

bool guide_import(struct task *task, const char *folder)
{
	const struct change_note note = { .subject = "Import guides" };
	const struct oid nothing = { 0 };
	struct list files = { 0 };
	struct oid commit;

	return read_folder(task, folder, &files)
		&& change_write_all(task, &nothing, &files, &note, &commit)
		&& point_first(task, &commit)
		&& see_first(task, &commit)
		&& guide_refresh_all(task);
}
