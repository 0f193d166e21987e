/* merge.c: three-way merges, file by file
 *
 * What theirs changed since the base is applied to ours. Folders that are
 * the same on two sides have the same id and are not opened, so the cost is
 * that of the change, not of the repository: git_merge_trees() reads every
 * file name and writes every folder again, and it writes merged texts even
 * when one only asks whether they clash. Renames are two changes. */
#include "merge.h"

#include <string.h>

#include "base/limit.h"
#include "git/change.h"

static inline void result_release(git_merge_file_result *result)
{
	git_merge_file_result_free(result);
}

/* The blob of a path, zero when there is none. */
static bool find_blob(struct task *task, const git_tree *tree, const char *path,
	git_oid *out)
{
	GIT_AUTO(git_tree_entry) entry = NULL;
	int rc = git_tree_entry_bypath(&entry, tree, path);

	if (rc < 0 && rc != GIT_ENOTFOUND)
		return broken_git(task, path);
	*out = entry ? *git_tree_entry_id(entry) : (git_oid) { 0 };
	return true;
}

/* The sides of a merge of one file. */
struct sides {
	git_merge_file_input base, mine, theirs;
};

static git_merge_file_input side(const char *text, size_t len)
{
	return (git_merge_file_input) {
		.version = GIT_MERGE_FILE_INPUT_VERSION,
		.ptr = text,
		.size = len,
		.mode = GIT_FILEMODE_BLOB,
	};
}

static bool merge_sides(struct task *task, const struct sides *sides,
	git_merge_file_favor_t favor, git_merge_file_result *out)
{
	const git_merge_file_options options = {
		.version = GIT_MERGE_FILE_OPTIONS_VERSION,
		.favor = favor,
	};

	if (git_merge_file(out, &sides->base, &sides->mine, &sides->theirs, &options) < 0)
		return broken_git(task, "git_merge_file");
	return true;
}

static bool merge_blobs(struct task *task, struct merge *merge,
	const git_diff_delta *delta, const git_oid *mine)
{
	GIT_AUTO(git_blob) b = NULL;
	GIT_AUTO(git_blob) m = NULL;
	GIT_AUTO(git_blob) t = NULL;
	AUTO(result_release) git_merge_file_result result = { 0 };
	git_repository *repo = task->repo->handle;
	const char *path = delta->new_file.path;
	struct sides sides;

	if (git_blob_lookup(&b, repo, &delta->old_file.id) < 0
		|| git_blob_lookup(&m, repo, mine) < 0
		|| git_blob_lookup(&t, repo, &delta->new_file.id) < 0)
		return broken_git(task, path);
	sides = (struct sides) {
		side(git_blob_rawcontent(b), (size_t)git_blob_rawsize(b)),
		side(git_blob_rawcontent(m), (size_t)git_blob_rawsize(m)),
		side(git_blob_rawcontent(t), (size_t)git_blob_rawsize(t)),
	};
	if (!merge_sides(task, &sides, GIT_MERGE_FILE_FAVOR_NORMAL, &result))
		return false;
	if (!result.automergeable) {
		merge->clash = true;
		return true;
	}
	if (result.len == sides.mine.size && !memcmp(result.ptr, sides.mine.ptr, result.len))
		return true; /* ours has all of theirs already */
	return edit_text(task, &merge->edits, arena_strdup(&task->arena, path),
		arena_strndup(&task->arena, result.ptr, result.len), result.len);
}

static bool merge_file(struct task *task, struct merge *merge,
	const git_diff_delta *delta)
{
	const git_oid *base = &delta->old_file.id, *theirs = &delta->new_file.id;
	git_oid ours;

	if (!find_blob(task, merge->ours, delta->new_file.path, &ours))
		return false;
	if (git_oid_equal(&ours, theirs))
		return true; /* both sides did the same */
	if (git_oid_equal(&ours, base)) {
		edit_blob(&task->arena, &merge->edits, delta->new_file.path, theirs);
		return true;
	}
	if (git_oid_is_zero(base) || git_oid_is_zero(&ours) || git_oid_is_zero(theirs)) {
		merge->clash = true; /* both added it, or one changed what the other removed */
		return true;
	}
	return merge_blobs(task, merge, delta, &ours);
}

bool merge_run(struct task *task, struct merge *merge)
{
	GIT_AUTO(git_diff) diff = NULL;

	if (git_diff_tree_to_tree(&diff, task->repo->handle, merge->base, merge->theirs, NULL) < 0)
		return broken_git(task, "git_diff_tree_to_tree");
	for (size_t i = 0; i < git_diff_num_deltas(diff) && !merge->clash; i++)
		if (!merge_file(task, merge, git_diff_get_delta(diff, i)))
			return false;
	return true;
}

void merge_release(struct merge *merge)
{
	git_tree_free(merge->base);
	git_tree_free(merge->ours);
	git_tree_free(merge->theirs);
}

bool change_merge_text(struct task *task, const char *base, const char *mine,
	const char *theirs, bool *clash, const char **out)
{
	const struct sides sides = {
		side(base, strlen(base)), side(mine, strlen(mine)), side(theirs, strlen(theirs)),
	};
	AUTO(result_release) git_merge_file_result clean = { 0 };
	AUTO(result_release) git_merge_file_result both = { 0 };

	if (!merge_sides(task, &sides, GIT_MERGE_FILE_FAVOR_NORMAL, &clean))
		return false;
	if (!clean.automergeable
		&& !merge_sides(task, &sides, GIT_MERGE_FILE_FAVOR_UNION, &both))
		return false;
	*clash = !clean.automergeable;
	*out = clean.automergeable
		? arena_strndup(&task->arena, clean.ptr, clean.len)
		: arena_strndup(&task->arena, both.ptr, both.len);
	return true;
}
