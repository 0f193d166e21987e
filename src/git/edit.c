/* edit.c: trees, folder by folder
 *
 * The edits are sorted by path, so all of one folder stand together; a folder
 * none of them is in keeps its id and is not opened. */
#include "edit.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limit.h"
#include "object.h"

bool edit_text(struct task *task, struct list *edits, const char *path,
	const char *text, size_t len)
{
	struct edit *add;

	if (len > LIMIT_PAGE_BYTES)
		return fail(task, ERR_TOO_BIG, "A text may have at most %d KiB.",
			LIMIT_PAGE_BYTES / 1024);
	add = list_add(&task->arena, edits, sizeof(*add));
	*add = (struct edit) { .path = path, .text = text, .len = len };
	return true;
}

void edit_blob(struct arena *arena, struct list *edits, const char *path,
	const git_oid *blob)
{
	struct edit *add = list_add(arena, edits, sizeof(*add));

	*add = (struct edit) { .path = arena_strdup(arena, path), .blob = *blob };
}

/* ---- a folder ---- */

/* One line of a folder; no name: it goes. */
struct line {
	const char *name;
	git_filemode_t mode;
	git_oid id;
};

static struct line line_of(const git_tree_entry *entry)
{
	return (struct line) { git_tree_entry_name(entry), git_tree_entry_filemode_raw(entry), *git_tree_entry_id(entry) };
}

/* git sorts a folder as if its name ended with a slash. */
static int last_byte(const struct line *line, size_t len)
{
	return line->name[len] ? (unsigned char)line->name[len] : line->mode == GIT_FILEMODE_TREE ? '/' : 0;
}

static int by_name(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	size_t xs = strlen(x->name), ys = strlen(y->name), both = xs < ys ? xs : ys;
	int order = memcmp(x->name, y->name, both);

	return order ? order : last_byte(x, both) - last_byte(y, both);
}

static bool write_lines(struct task *task, struct list *lines, git_oid *out)
{
	struct buf bytes = { .arena = &task->arena };
	struct line *line = lines->items;

	if (lines->count)
		qsort(line, lines->count, sizeof(*line), by_name);
	for (size_t i = 0; i < lines->count; i++) {
		buf_printf(&bytes, "%o %s", (unsigned int)line[i].mode, line[i].name);
		buf_putc(&bytes, '\0');
		buf_add(&bytes, (const char *)line[i].id.id, GIT_OID_RAWSZ);
	}
	return object_write(task, GIT_OBJECT_TREE, buf_text(&bytes), bytes.len, out);
}

/* Edits of one folder: those of `all` from `first` to before `end`, whose
 * paths are the same up to `skip`. */
struct part {
	const struct edit *all;
	size_t first, end, skip;
};

static const char *rest(const struct part *part, size_t i)
{
	return part->all[i].path + part->skip;
}

/* The edit of the file that comes first, or all below the folder that does. */
static struct part take_first(struct part *from, size_t len, bool folder)
{
	struct part taken = *from;
	const char *name = rest(&taken, taken.first);

	do
		from->first++;
	while (folder && from->first < from->end && !strncmp(rest(from, from->first), name, len + 1));
	taken.end = from->first;
	taken.skip += len + 1;
	return taken;
}

static bool write_part(struct task *task, const git_tree *before, struct part part, struct line *out);

/* Its folder's line; it has no name when nothing is left in it. */
static bool write_below(struct task *task, const git_tree_entry *was, struct part part, struct line *out)
{
	GIT_AUTO(git_tree)
	before = NULL;

	if (was && git_tree_entry_type(was) != GIT_OBJECT_TREE)
		return broken(task, "%s: a file stands where its folder should be", part.all[part.first].path);
	if (was && git_tree_lookup(&before, task->repo->handle, git_tree_entry_id(was)) < 0)
		return broken_git(task, part.all[part.first].path);
	return write_part(task, before, part, out);
}

static bool write_one(struct task *task, const git_tree_entry *was, const struct edit *edit, const char *name, struct line *out)
{
	if (was && git_tree_entry_type(was) != GIT_OBJECT_BLOB)
		return broken(task, "%s: a folder stands where the file should be", edit->path);
	*out = (struct line) { name, GIT_FILEMODE_BLOB, edit->blob };
	if (!edit->text && git_oid_is_zero(&edit->blob))
		out->name = NULL;
	return !edit->text || object_write(task, GIT_OBJECT_BLOB, edit->text, edit->len, &out->id);
}

/* Lines of before that no edit is about. */
static void keep_others(struct task *task, const git_tree *before, const struct list *names, struct list *lines)
{
	const char *const *name = names->items;

	for (size_t i = 0; before && i < git_tree_entrycount(before); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(before, i);
		bool edited = false;

		for (size_t k = 0; k < names->count && !edited; k++)
			edited = !strcmp(name[k], git_tree_entry_name(entry));
		if (!edited)
			*(struct line *)list_add(&task->arena, lines, sizeof(struct line)) = line_of(entry);
	}
}

static bool write_part(struct task *task, const git_tree *before, struct part part, struct line *out)
{
	struct list lines = { 0 }, names = { 0 };

	while (part.first < part.end) {
		const char *path = rest(&part, part.first);
		size_t len = strcspn(path, "/");
		const char *name = arena_strndup(&task->arena, path, len);
		const git_tree_entry *was = before ? git_tree_entry_byname(before, name) : NULL;
		bool folder = path[len] == '/';
		struct part first = take_first(&part, len, folder);
		struct line line = { 0 };

		if (!(folder ? write_below(task, was, first, &line) : write_one(task, was, &part.all[first.first], name, &line)))
			return false;
		*(const char **)list_add(&task->arena, &names, sizeof(name)) = name;
		if (!line.name)
			continue;
		line.name = name;
		*(struct line *)list_add(&task->arena, &lines, sizeof(line)) = line;
	}
	keep_others(task, before, &names, &lines);
	*out = (struct line) { lines.count ? "" : NULL, GIT_FILEMODE_TREE, { { 0 } } };
	return write_lines(task, &lines, &out->id);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct edit *)a)->path, ((const struct edit *)b)->path);
}

bool edit_tree(struct task *task, const git_tree *tree, const struct list *edits, git_oid *out)
{
	struct edit *sorted = arena_alloc(&task->arena, (edits->count + 1) * sizeof(*sorted));
	struct line top;

	if (edits->count) {
		memcpy(sorted, edits->items, edits->count * sizeof(*sorted));
		qsort(sorted, edits->count, sizeof(*sorted), by_path);
	}
	if (!write_part(task, tree, (struct part) { sorted, 0, edits->count, 0 }, &top))
		return false;
	*out = top.id;
	return true;
}
