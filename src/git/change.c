/* change.c: commits -- writing, merging, taking back
 *
 * Every commit is a list of edits on a tree; the functions differ only in
 * where the edits come from. */
#include "git/change.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/limit.h"
#include "handle.h"
#include "merge.h"
#include "object.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define FILE_NAME_BYTES 100

/* Names Windows keeps for devices, whatever follows the first dot: a clone
 * there would fail. */
static bool is_device(const char *name, size_t len)
{
	static const char *const devices[] = { "con", "prn", "aux", "nul" };
	const size_t stem = strcspn(name, "./");

	if (stem < len)
		len = stem;
	for (size_t i = 0; len == 3 && i < sizeof(devices) / sizeof(devices[0]); i++)
		if (!memcmp(name, devices[i], len))
			return true;
	return len == 4 && strchr(DIGITS, name[3])
		&& (!memcmp(name, "com", 3) || !memcmp(name, "lpt", 3));
}

/* guides/<slug>/<name> with names that any file system can hold, told apart
 * without regard to case, and that no git, shell or page takes for more than
 * a name. */
static bool is_path(const char *path)
{
	static const char top[] = "guides/";
	size_t slug, name;

	if (strncmp(path, top, strlen(top)))
		return false;
	path += strlen(top);
	slug = strspn(path, LOWER DIGITS "-");
	if (slug < 1 || slug > LIMIT_SLUG_BYTES || path[slug] != '/' || is_device(path, slug))
		return false;
	path += slug + 1;
	name = strspn(path, LOWER DIGITS "._-");
	return name >= 1 && name <= FILE_NAME_BYTES && !path[name]
		&& strchr(LOWER DIGITS, path[0]) && path[name - 1] != '.' && !is_device(path, name);
}

static void add_line(struct buf *buf, const char *text)
{
	for (; *text; text++)
		buf_putc(buf, (char)(*text == '\n' || *text == '\r' ? ' ' : *text));
	buf_putc(buf, '\n');
}

void change_trailer(struct task *task, struct change_note *note,
	const char *key, const char *value)
{
	struct change_trailer *add = list_add(&task->arena, &note->trailers, sizeof(*add));

	assert(key[0] && !key[strspn(key, UPPER LOWER DIGITS "-")]);
	add->key = arena_strdup(&task->arena, key);
	add->value = arena_strdup(&task->arena, value);
}

static bool like_trailer(const char *line)
{
	const size_t key = strspn(line, UPPER LOWER DIGITS "-");

	return key > 0 && line[key + strspn(line + key, " \t")] == ':';
}

/* A line that a person wrote must not pass for a trailer of ours, so one that
 * looks like it is indented: repo_trailer() and git both skip it then. */
static void add_body(struct buf *buf, const char *text)
{
	while (*text) {
		const size_t len = strcspn(text, "\r\n");

		if (like_trailer(text))
			buf_putc(buf, ' ');
		buf_add(buf, text, len);
		buf_putc(buf, '\n');
		text += len;
		text += text[0] == '\r' && text[1] == '\n' ? 2 : text[0] ? 1 : 0;
	}
}

static const char *message(struct arena *arena, const struct change_note *note)
{
	const struct change_trailer *trailer = note->trailers.items;
	struct buf buf = { .arena = arena };

	add_line(&buf, note->subject);
	if (note->body && note->body[0]) {
		buf_putc(&buf, '\n');
		add_body(&buf, note->body);
	}
	for (size_t i = 0; i < note->trailers.count; i++) {
		if (i == 0)
			buf_putc(&buf, '\n');
		buf_printf(&buf, "%s: ", trailer[i].key);
		add_line(&buf, trailer[i].value);
	}
	return buf_text(&buf);
}

/* `parents` that are not there are NULL, at the end. */
static bool write_commit(struct task *task, const git_oid *tree,
	const struct oid *const parents[2], const struct change_note *note,
	struct oid *out)
{
	struct buf text = { .arena = &task->arena };
	struct oid id;
	git_oid raw;

	handle_text(tree, &id);
	buf_printf(&text, "tree %s\n", id.hex);
	for (size_t i = 0; i < 2 && parents[i]; i++)
		buf_printf(&text, "parent %s\n", parents[i]->hex);
	object_person(task, &text, "author", note->author);
	object_person(task, &text, "committer", task->who.account);
	buf_printf(&text, "\n%s", message(&task->arena, note));
	if (!object_write(task, GIT_OBJECT_COMMIT, buf_text(&text), text.len, &raw))
		return false;
	handle_text(&raw, out);
	return true;
}

static bool collect(struct task *task, const struct list *files, struct list *edits)
{
	const struct change_file *file = files->items;

	for (size_t i = 0; i < files->count; i++) {
		if (!is_path(file[i].path))
			return wrong(task, "path",
				"A file is named guides/<guide>/<name>, in lower case letters, "
				"digits, hyphens and dots.");
		if (!edit_text(task, edits, file[i].path, file[i].text, file[i].len))
			return false;
	}
	return true;
}

bool change_write_all(struct task *task, const struct oid *parent,
	const struct list *files, const struct change_note *note,
	struct oid *out)
{
	const struct oid *const parents[2] = { parent->hex[0] ? parent : NULL };
	GIT_AUTO(git_tree) before = NULL;
	struct list edits = { 0 };
	git_oid after;

	return collect(task, files, &edits)
		&& (!parent->hex[0] || handle_tree(task, parent, &before))
		&& edit_tree(task, before, &edits, &after)
		&& write_commit(task, &after, parents, note, out);
}

bool change_write(struct task *task, const struct oid *parent,
	const char *path, const char *text, size_t len,
	const struct change_note *note, struct oid *out)
{
	struct change_file file = { path, text, len };
	const struct list files = { &file, 1 };

	return change_write_all(task, parent, &files, note, out);
}

static bool open_merge(struct task *task, const struct oid *base,
	const struct oid *ours, const struct oid *theirs, struct merge *merge)
{
	return handle_tree(task, base, &merge->base)
		&& handle_tree(task, ours, &merge->ours)
		&& handle_tree(task, theirs, &merge->theirs)
		&& merge_run(task, merge);
}

bool change_merges(struct task *task, const struct oid *base,
	const struct oid *ours, const struct oid *theirs, bool *out)
{
	AUTO(merge_release) struct merge merge = { 0 };

	if (!open_merge(task, base, ours, theirs, &merge))
		return false;
	*out = !merge.clash;
	return true;
}

bool change_merge(struct task *task, const struct oid *base,
	const struct oid *ours, const struct oid *theirs,
	const struct change_note *note, struct oid *out)
{
	const struct oid *const parents[2] = { ours, theirs };
	AUTO(merge_release) struct merge merge = { 0 };
	git_oid tree;

	if (!open_merge(task, base, ours, theirs, &merge))
		return false;
	if (merge.clash)
		return fail(task, ERR_CONFLICT, "The proposal and the guide changed the same lines.");
	return edit_tree(task, merge.ours, &merge.edits, &tree)
		&& write_commit(task, &tree, parents, note, out);
}

/* From the merged state back to the one before it, on top of the tip. */
static bool open_revert(struct task *task, const struct oid *tip,
	const struct oid *merge_id, struct merge *merge)
{
	struct repo_commit commit;

	return repo_commit(task, merge_id, &commit)
		&& handle_tree(task, merge_id, &merge->base)
		&& handle_tree(task, tip, &merge->ours)
		&& (!commit.parent.hex[0] || handle_tree(task, &commit.parent, &merge->theirs))
		&& merge_run(task, merge);
}

bool change_revert(struct task *task, const struct oid *tip,
	const struct oid *merge, const struct change_note *note,
	struct oid *out)
{
	const struct oid *const parents[2] = { tip };
	AUTO(merge_release) struct merge back = { 0 };
	git_oid tree;

	if (!open_revert(task, tip, merge, &back))
		return false;
	if (back.clash)
		return fail(task, ERR_CONFLICT,
			"Later changes stand on this one. Please undo it by an edit.");
	if (!back.edits.count)
		return fail(task, ERR_CONFLICT, "Nothing of this change is left to undo.");
	return edit_tree(task, back.ours, &back.edits, &tree)
		&& write_commit(task, &tree, parents, note, out);
}
