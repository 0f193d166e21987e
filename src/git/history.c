/* history.c: commits, the first-parent log, trailers */
#include "git/repo.h"

#include <string.h>

#include "handle.h"

static struct repo_commit copy(struct arena *arena, const git_commit *commit)
{
	struct repo_commit out = {
		.message = arena_strdup(arena, git_commit_message(commit)),
		.time = git_commit_time(commit),
	};
	const unsigned int parents = git_commit_parentcount(commit);

	handle_text(git_commit_id(commit), &out.id);
	if (parents > 0)
		handle_text(git_commit_parent_id(commit, 0), &out.parent);
	if (parents > 1)
		handle_text(git_commit_parent_id(commit, 1), &out.second);
	return out;
}

bool repo_commit(struct task *task, const struct oid *id, struct repo_commit *out)
{
	GIT_AUTO(git_commit) commit = NULL;

	if (!handle_commit(task, id, &commit))
		return false;
	*out = copy(&task->arena, commit);
	return true;
}

bool repo_holds(struct task *task, const struct oid *id, bool *out)
{
	GIT_AUTO(git_odb) objects = NULL;
	git_oid name;

	if (!handle_id(task, id, &name))
		return false;
	if (git_repository_odb(&objects, task->repo->handle) < 0)
		return broken_git(task, "git_repository_odb");
	*out = git_odb_exists(objects, &name);
	return true;
}

bool repo_log(struct task *task, const struct oid *tip, const struct oid *stop,
	size_t limit, struct list *out)
{
	struct list log = { 0 };
	struct oid at = *tip;

	while (log.count < limit && at.hex[0] && !oid_equal(&at, stop)) {
		struct repo_commit commit, *add;

		if (!repo_commit(task, &at, &commit))
			return false;
		add = list_add(&task->arena, &log, sizeof(*add));
		*add = commit;
		at = commit.parent;
	}
	*out = log;
	return true;
}

bool repo_contains(struct task *task, const struct oid *tip,
	const struct oid *old, bool *out)
{
	GIT_AUTO(git_commit) newer = NULL;
	GIT_AUTO(git_commit) older = NULL;
	int rc;

	if (!handle_commit(task, tip, &newer) || !handle_commit(task, old, &older))
		return false;
	/* For libgit2 a commit is not its own descendant. */
	rc = oid_equal(tip, old) ? 1
		: git_graph_descendant_of(task->repo->handle, git_commit_id(newer), git_commit_id(older));
	if (rc < 0)
		return broken_git(task, tip->hex);
	*out = rc == 1;
	return true;
}

/* The last paragraph of a message, which must not be its subject too; NULL
 * when there is none. *end is where its text ends. */
static const char *last_paragraph(const char *message, const char **end)
{
	const char *at = message + strlen(message);

	while (at > message && at[-1] == '\n')
		at--;
	*end = at;
	for (; at - message > 1; at--)
		if (at[-1] == '\n' && at[-2] == '\n')
			return at;
	return NULL;
}

const char *repo_trailer(struct arena *arena, const char *message,
	const char *key)
{
	const size_t key_len = strlen(key);
	const char *end, *line = last_paragraph(message, &end);

	while (line && line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));

		if (!stop)
			stop = end;
		if ((size_t)(stop - line) > key_len && line[key_len] == ':'
			&& !memcmp(line, key, key_len)) {
			line += key_len + 1;
			line += strspn(line, " ");
			return arena_strndup(arena, line, stop > line ? (size_t)(stop - line) : 0);
		}
		line = stop + 1;
	}
	return NULL;
}
