/* repo.c: opening a repository, and reading its references and files */
#include "git/repo.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limit.h"
#include "base/log.h"
#include "base/memory.h"
#include "handle.h"

#define CACHED_OBJECT_BYTES (64 * 1024) /* a folder of 100 guides has more than the 4 KiB libgit2 keeps */
#define WINDOW_BYTES (512 * 1024) /* of a pack, mapped at a time */
#define MAPPED_BYTES (1536 * 1024) /* of all packs */
#define CACHE_BYTES (1024 * 1024) /* of all handles together, as on disk: in memory a tree takes twice that */

bool oid_parse(const char *text, struct oid *out)
{
	size_t len = strspn(text, "0123456789abcdef");

	/* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Branch): strspn() stopped there, so it is something */
	if (len != sizeof(out->hex) - 1 || text[len])
		return false;
	memcpy(out->hex, text, sizeof(out->hex));
	return true;
}

bool oid_equal(const struct oid *a, const struct oid *b)
{
	return !strcmp(a->hex, b->hex);
}

const char *handle_reason(void)
{
	const git_error *e = git_error_last();

	return e && e->message ? e->message : "no reason given";
}

bool handle_explain(struct task *task)
{
	return room_explain(task, handle_reason()) || room_suspect(task, git_repository_path(task->repo->handle));
}

void handle_text(const git_oid *id, struct oid *out)
{
	git_oid_tostr(out->hex, sizeof(out->hex), id);
}

bool handle_id(struct task *task, const struct oid *id, git_oid *out)
{
	struct oid checked;

	if (!oid_parse(id->hex, &checked))
		return fail(task, ERR_NOT_FOUND, "There is no such version.");
	git_oid_fromstr(out, checked.hex);
	return true;
}

bool handle_commit(struct task *task, const struct oid *id, git_commit **out)
{
	git_oid raw;

	if (!handle_id(task, id, &raw))
		return false;
	switch (git_commit_lookup(out, task->repo->handle, &raw)) {
	case 0: return true;
	case GIT_ENOTFOUND: return fail(task, ERR_NOT_FOUND, "There is no version %.10s.", id->hex);
	default: return broken_git(task, id->hex);
	}
}

bool handle_tree(struct task *task, const struct oid *id, git_tree **out)
{
	GIT_AUTO(git_commit)
	commit = NULL;

	if (!handle_commit(task, id, &commit))
		return false;
	return git_commit_tree(out, commit) == 0 || broken_git(task, id->hex);
}

/* Options are set from constants, before there is a task to fail. */
static void must(int rc)
{
	if (rc >= 0)
		return;
	fprintf(stderr, "guidehall: libgit2 cannot start: %s\n", handle_reason());
	abort();
}

void repo_init(void)
{
	must(handle_memory());
	must(git_libgit2_init());
	must(git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1));
	must(git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 1));
	must(git_libgit2_opts(GIT_OPT_ENABLE_STRICT_SYMBOLIC_REF_CREATION, 1));
	/* An admin's own ~/.gitconfig must not change what the service does. */
	for (int level = GIT_CONFIG_LEVEL_PROGRAMDATA; level <= GIT_CONFIG_LEVEL_GLOBAL; level++)
		must(git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, ""));
	must(git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, (size_t)WINDOW_BYTES));
	must(git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)MAPPED_BYTES));
	must(git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)CACHE_BYTES));
	must(git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE,
		(size_t)CACHED_OBJECT_BYTES));
}

/* For git itself, should an administrator run `git gc`: it removes what it
 * has packed, so the pack must be on the disk. */
static int careful(git_repository *repo)
{
	GIT_AUTO(git_config)
	config = NULL;

	if (git_repository_config(&config, repo) < 0)
		return -1;
	return git_config_set_string(config, "core.fsync", "all");
}

static int create(git_repository **out, const char *path)
{
	git_repository_init_options options = {
		.version = GIT_REPOSITORY_INIT_OPTIONS_VERSION,
		.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH,
		.initial_head = "main",
	};

	return git_repository_init_ext(out, path, &options) < 0 ? -1 : careful(*out);
}

struct repo *repo_open(const char *path)
{
	struct repo *repo = memory_must(calloc(1, sizeof(*repo)));
	int rc;

	rc = git_repository_open_bare(&repo->handle, path);
	if (rc == GIT_ENOTFOUND)
		rc = create(&repo->handle, path);
	repo->folder = rc == 0 ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (repo->folder >= 0)
		return repo;
	fprintf(stderr, "Cannot open the repository %s: %s\n", path, rc == 0 ? strerror(errno) : handle_reason());
	repo_close(repo);
	return NULL;
}

void repo_close(struct repo *repo)
{
	if (!repo)
		return;
	git_repository_free(repo->handle);
	if (repo->packer.state)
		deflateEnd(&repo->packer);
	if (repo->folder >= 0)
		close(repo->folder);
	free(repo);
}

static int unlock(const char *path, const struct stat *info, int type, struct FTW *at)
{
	const char *suffix = strrchr(path + at->base, '.');

	(void)info;
	if (type != FTW_F || !suffix || strcmp(suffix, ".lock"))
		return 0;
	log_event("recovered", "what", "a lock of a process that died", NULL);
	return unlink(path);
}

/* Ours, and what libgit2 writes before it has the name of the object. */
static bool drop_unfinished(struct task *task)
{
	glob_t found;
	bool good = true;

	if (glob(arena_printf(&task->arena, "%sobjects/tmp_obj*", git_repository_path(task->repo->handle)), GLOB_NOSORT, NULL, &found))
		return true;
	for (size_t i = 0; good && i < found.gl_pathc; i++)
		good = !unlink(found.gl_pathv[i]) || broken(task, "%s: %s", found.gl_pathv[i], strerror(errno));
	log_event("recovered", "what", "objects that were not finished", NULL);
	globfree(&found);
	return good;
}

bool repo_unlock(struct task *task)
{
	const char *top = git_repository_path(task->repo->handle);
	const char *refs = arena_printf(&task->arena, "%srefs", top);
	const char *packed = arena_printf(&task->arena, "%spacked-refs.lock", top);

	if (nftw(refs, unlock, 16, FTW_PHYS) || (unlink(packed) && errno != ENOENT))
		return broken(task, "%s: cannot remove old locks: %s", top, strerror(errno));
	return drop_unfinished(task);
}

/* A name that cannot be a reference's is the name of nothing. */
static bool lookup(struct task *task, const char *ref, git_reference **out)
{
	switch (git_reference_lookup(out, task->repo->handle, ref)) {
	case 0:
	case GIT_ENOTFOUND:
	case GIT_EINVALIDSPEC:
		return true;
	default:
		return broken_git(task, ref);
	}
}

bool repo_find(struct task *task, const char *ref, struct oid *out)
{
	GIT_AUTO(git_reference)
	found = NULL;
	GIT_AUTO(git_object)
	target = NULL;
	GIT_AUTO(git_object)
	commit = NULL;
	const git_oid *id;

	if (!lookup(task, ref, &found))
		return false;
	if (!found) {
		*out = (struct oid) { 0 };
		return true;
	}
	/* git_reference_peel() would not say why it could not read the target */
	id = git_reference_target(found);
	if (!id || git_object_lookup(&target, task->repo->handle, id, GIT_OBJECT_ANY) < 0
		|| git_object_peel(&commit, target, GIT_OBJECT_COMMIT) < 0)
		return broken_git(task, ref);
	handle_text(git_object_id(commit), out);
	return true;
}

bool repo_tip(struct task *task, const char *ref, struct oid *out)
{
	struct oid tip = { 0 };

	if (!repo_find(task, ref, &tip))
		return false;
	if (!tip.hex[0])
		return fail(task, ERR_NOT_FOUND, "There is no %s.", ref);
	*out = tip;
	return true;
}

bool repo_blob_id(struct task *task, const struct oid *commit, const char *path, struct oid *blob)
{
	GIT_AUTO(git_tree)
	tree = NULL;
	GIT_AUTO(git_tree_entry)
	entry = NULL;
	int rc;

	if (!handle_tree(task, commit, &tree))
		return false;
	rc = git_tree_entry_bypath(&entry, tree, path);
	if (rc == GIT_ENOTFOUND || (rc == 0 && git_tree_entry_type(entry) != GIT_OBJECT_BLOB))
		return fail(task, ERR_NOT_FOUND, "There is no file %s in this version.", path);
	if (rc < 0)
		return broken_git(task, path);
	handle_text(git_tree_entry_id(entry), blob);
	return true;
}

bool repo_blob(struct task *task, const struct oid *blob, const char **text, size_t *len)
{
	GIT_AUTO(git_blob)
	found = NULL;
	git_oid id;
	size_t size;

	if (!handle_id(task, blob, &id))
		return false;
	if (git_blob_lookup(&found, task->repo->handle, &id) < 0)
		return broken_git(task, blob->hex);
	size = (size_t)git_blob_rawsize(found);
	if (size > LIMIT_PAGE_BYTES)
		return fail(task, ERR_TOO_BIG, "The text is larger than %d KiB.", LIMIT_PAGE_BYTES / 1024);
	if (text)
		*text = arena_strndup(&task->arena, git_blob_rawcontent(found), size);
	if (len)
		*len = size;
	return true;
}

bool repo_file(struct task *task, const struct oid *commit, const char *path,
	const char **text, size_t *len, struct oid *blob)
{
	struct oid id;

	if (!repo_blob_id(task, commit, path, &id) || !repo_blob(task, &id, text, len))
		return false;
	if (blob)
		*blob = id;
	return true;
}

struct listing {
	struct arena *arena;
	const char *folder;
	struct list *out;
};

static int list_file(const char *below, const git_tree_entry *entry, void *arg)
{
	struct listing *listing = arg;
	struct repo_entry *add;

	if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
		return 0;
	add = list_add(listing->arena, listing->out, sizeof(*add));
	add->path = arena_printf(listing->arena, "%s/%s%s", listing->folder, below,
		git_tree_entry_name(entry));
	handle_text(git_tree_entry_id(entry), &add->blob);
	return 0;
}

static bool list_folder(struct task *task, const git_tree_entry *entry,
	struct listing *listing)
{
	GIT_AUTO(git_tree)
	tree = NULL;

	if (git_tree_entry_type(entry) != GIT_OBJECT_TREE)
		return true;
	/* Git sorts a folder as if its name ended in a slash, so this is path order. */
	if (git_tree_lookup(&tree, task->repo->handle, git_tree_entry_id(entry)) < 0
		|| git_tree_walk(tree, GIT_TREEWALK_PRE, list_file, listing) < 0)
		return broken_git(task, listing->folder);
	return true;
}

bool repo_files(struct task *task, const struct oid *commit,
	const char *folder, struct list *out)
{
	struct list files = { 0 };
	struct listing listing = { &task->arena, folder, &files };
	GIT_AUTO(git_tree)
	root = NULL;
	GIT_AUTO(git_tree_entry)
	entry = NULL;
	int rc;

	if (!handle_tree(task, commit, &root))
		return false;
	rc = git_tree_entry_bypath(&entry, root, folder);
	if (rc < 0 && rc != GIT_ENOTFOUND)
		return broken_git(task, folder);
	if (entry && !list_folder(task, entry, &listing))
		return false;
	*out = files;
	return true;
}

static void list_ref(struct arena *arena, struct list *list, const git_reference *ref)
{
	struct repo_ref *add;

	if (git_reference_type(ref) != GIT_REFERENCE_DIRECT)
		return;
	add = list_add(arena, list, sizeof(*add));
	add->name = arena_strdup(arena, git_reference_name(ref));
	handle_text(git_reference_target(ref), &add->target);
}

bool repo_refs(struct task *task, const char *prefix, struct list *out)
{
	const char *glob = arena_printf(&task->arena, "%s*", prefix);
	GIT_AUTO(git_reference_iterator)
	refs = NULL;
	struct list found = { 0 };

	if (git_reference_iterator_glob_new(&refs, task->repo->handle, glob) < 0)
		return broken_git(task, prefix);
	for (;;) {
		GIT_AUTO(git_reference)
		ref = NULL;
		int rc = git_reference_next(&ref, refs);

		if (rc == GIT_ITEROVER)
			break;
		if (rc < 0)
			return broken_git(task, prefix);
		list_ref(&task->arena, &found, ref);
	}
	*out = found;
	return true;
}

bool repo_ref_names(struct task *task, const char *prefix, struct list *out)
{
	const char *glob = arena_printf(&task->arena, "%s*", prefix);
	GIT_AUTO(git_reference_iterator)
	refs = NULL;
	struct list found = { 0 };
	const char *name;
	int rc;

	if (git_reference_iterator_glob_new(&refs, task->repo->handle, glob) < 0)
		return broken_git(task, prefix);
	while (!(rc = git_reference_next_name(&name, refs)))
		*(const char **)list_add(&task->arena, &found, sizeof(name)) = arena_strdup(&task->arena, name);
	*out = found;
	return rc == GIT_ITEROVER || broken_git(task, prefix);
}

static bool find_tag(struct task *task, const char *name, git_tag **out)
{
	const char *ref = arena_printf(&task->arena, "refs/tags/%s", name);
	GIT_AUTO(git_reference)
	found = NULL;
	int rc = GIT_ENOTFOUND;

	if (!lookup(task, ref, &found))
		return false;
	if (found)
		rc = git_tag_lookup(out, task->repo->handle, git_reference_target(found));
	/* Not found, too, when the reference names a commit without a tag object. */
	if (rc == GIT_ENOTFOUND)
		return fail(task, ERR_NOT_FOUND, "There is no release %s.", name);
	return rc == 0 || broken_git(task, ref);
}

bool repo_tag(struct task *task, const char *name, struct repo_tag *out)
{
	GIT_AUTO(git_tag)
	tag = NULL;
	const git_signature *tagger;

	if (!find_tag(task, name, &tag))
		return false;
	if (git_tag_target_type(tag) != GIT_OBJECT_COMMIT)
		return broken(task, "%s: not a tag of a commit", name);
	tagger = git_tag_tagger(tag);
	*out = (struct repo_tag) {
		.name = arena_strdup(&task->arena, name),
		.message = arena_strdup(&task->arena, git_tag_message(tag) ? git_tag_message(tag) : ""),
		.time = tagger ? tagger->when.time : 0,
	};
	handle_text(git_tag_target_id(tag), &out->commit);
	return true;
}
