/* point.c: moving, deleting and making references
 *
 * Two writers meet here and nowhere else. libgit2 compares and swaps under a
 * lock file, and answers "locked" at once instead of waiting: the waiting is
 * ours. */
#include "git/change.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "object.h"

#define LOCK_WAIT_SECONDS 10
#define LOCK_PAUSE_NANOSECONDS (8 * 1000 * 1000)

/* Which reference, from where (zero: nowhere) to where (zero: delete). */
struct move {
	git_repository *repo;
	const char *ref;
	git_oid from, to;
};

static int create(const struct move *move)
{
	GIT_AUTO(git_reference)
	made = NULL;

	return git_reference_create_matching(&made, move->repo, move->ref, &move->to, true,
		&move->from, NULL);
}

static int drop(const struct move *move)
{
	GIT_AUTO(git_reference)
	found = NULL;
	int rc = git_reference_lookup(&found, move->repo, move->ref);

	if (rc < 0)
		return rc;
	if (git_reference_type(found) != GIT_REFERENCE_DIRECT
		|| !git_oid_equal(git_reference_target(found), &move->from))
		return GIT_EMODIFIED;
	return git_reference_delete(found); /* compares again, under the lock */
}

/* A copy of packed-refs that replaces it must be on the disk first: it holds
 * more than this reference. */
static int drop_synced(const struct move *move)
{
	int rc;

	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	rc = drop(move);
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 0);
	return rc;
}

static bool has_packed(const struct move *move)
{
	char path[4096];

	snprintf(path, sizeof(path), "%spacked-refs", git_repository_path(move->repo));
	return !access(path, F_OK);
}

/* Deleting a packed reference rewrites packed-refs from a copy read before
 * its lock is taken: of two at once, one brings the other's back (measured).
 * The mutex lives here because it guards that one file of the process, not a
 * handle. */
static int drop_alone(const struct move *move)
{
	static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
	int rc;

	pthread_mutex_lock(&one_at_a_time);
	rc = has_packed(move) ? drop_synced(move) : drop(move);
	pthread_mutex_unlock(&one_at_a_time);
	return rc;
}

/* A pause of random length, so that waiting writers do not march in step. */
static void pause_briefly(const struct timespec *now)
{
	const struct timespec pause = { .tv_nsec = 1 + now->tv_nsec % LOCK_PAUSE_NANOSECONDS };

	nanosleep(&pause, NULL);
}

/* Try until the lock is ours, or for LOCK_WAIT_SECONDS. */
static int persist(int (*attempt)(const struct move *), const struct move *move)
{
	struct timespec start, now;
	int rc;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (;;) {
		rc = attempt(move);
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (rc != GIT_ELOCKED || now.tv_sec - start.tv_sec > LOCK_WAIT_SECONDS)
			return rc;
		pause_briefly(&now);
	}
}

static bool settle(struct task *task, int rc, const char *ref, const char *conflict)
{
	switch (rc) {
	case 0:
		return true;
	case GIT_EMODIFIED:
	case GIT_ENOTFOUND:
	case GIT_EEXISTS:
		return fail(task, ERR_CONFLICT, "%s", conflict);
	case GIT_ELOCKED:
		return fail(task, ERR_BUSY,
			"Too many people are saving at the same time. Please try again in a moment.");
	default:
		return broken_git(task, ref);
	}
}

/* libgit2 lets `-x` and `$(id)` pass for names; they are ours to refuse. */
static bool is_ref(const char *ref)
{
	return !strncmp(ref, "refs/", 5) && !strstr(ref, "/-") && !strstr(ref, "/.")
		&& !ref[strspn(ref, "abcdefghijklmnopqrstuvwxyz0123456789/._+-")];
}

static bool prepare(struct task *task, const char *ref, const struct oid *from,
	struct move *out)
{
	*out = (struct move) { .repo = task->repo->handle, .ref = ref };
	if (!is_ref(ref))
		return broken(task, "%s: not a name for a reference", ref);
	return !from->hex[0] || handle_id(task, from, &out->from);
}

bool change_point(struct task *task, const char *ref, const struct oid *from,
	const struct oid *to)
{
	struct move move;

	return prepare(task, ref, from, &move)
		&& handle_id(task, to, &move.to)
		&& settle(task, persist(create, &move), ref,
			"Somebody changed this while you were working.");
}

bool change_drop(struct task *task, const char *ref, const struct oid *from)
{
	struct move move;

	return prepare(task, ref, from, &move)
		&& settle(task, persist(drop_alone, &move), ref,
			"Somebody changed this while you were working.");
}

bool change_tag(struct task *task, const char *name, const struct oid *commit,
	const char *message, struct oid *out)
{
	struct buf text = { .arena = &task->arena };
	GIT_AUTO(git_commit)
	target = NULL;
	git_oid id;

	if (!handle_commit(task, commit, &target))
		return false;
	buf_printf(&text, "object %s\ntype commit\ntag %s\n", commit->hex, name);
	object_person(task, &text, "tagger", task->who.account);
	buf_printf(&text, "\n%s", message);
	if (!object_write(task, GIT_OBJECT_TAG, buf_text(&text), text.len, &id))
		return false;
	handle_text(&id, out);
	return true;
}
