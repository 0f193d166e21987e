/* task.h: one unit of work -- a request, a command, a background job
 *
 * Every function that can fail takes a task first and returns bool; the
 * reason for false is in task->err. A function without a task cannot fail. */
#ifndef BASE_TASK_H
#define BASE_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/shape.h"

enum err_code {
	ERR_NONE,
	ERR_MALFORMED, /* 400: the request cannot be read */
	ERR_LOGIN, /* 401: nobody is signed in */
	ERR_FORBIDDEN, /* 403: somebody is, but may not */
	ERR_NOT_FOUND, /* 404 */
	ERR_METHOD, /* 405: the address is there, the verb is not */
	ERR_CONFLICT, /* 409: the world moved on; read again and retry */
	ERR_TOO_BIG, /* 413 */
	ERR_MEDIA, /* 415: a body in a format we do not read */
	ERR_FIELDS, /* 422: a value is wrong; which ones is in err.fields */
	ERR_TOO_OFTEN, /* 429 */
	ERR_BUSY, /* 503: try again in a moment */
	ERR_FULL, /* 507: no room on the disk */
	ERR_INTERNAL, /* 500: our fault; details are in the log only */
};

/* One wrong value of a form, in words for the person who sent it. */
struct field_error {
	const char *field;
	const char *message;
};
extern const struct shape field_error_shape;

struct err {
	enum err_code code;
	const char *message; /* safe to show to a stranger */
	const char *detail; /* for the log; may be NULL */
	const char *where; /* function that failed */
	struct list fields; /* struct field_error */
};

/* Each role may do what the one before may. */
enum role {
	ROLE_READER, /* nobody is signed in */
	ROLE_CONTRIBUTOR,
	ROLE_REVIEWER, /* approves, does not merge */
	ROLE_MODERATOR, /* merges, releases, lets strangers' texts through */
	ROLE_ADMIN, /* people, settings */
};

/* What the credentials allow, whatever the role: browsers get all. */
enum scope {
	SCOPE_READ,
	SCOPE_WRITE,
	SCOPE_MODERATE,
};

struct who {
	int64_t account; /* 0 when nobody is signed in */
	enum role role; /* for all guides; more may be granted for one */
	enum scope scope;
	const char *handle;
	const char *name; /* as the person wants to be shown; may be NULL */
	const char *session; /* identifies the browser session in form tokens; NULL for programs */
	int64_t until; /* when that ends, seconds */
};

struct task {
	struct who who; /* on whose behalf */
	int64_t now; /* seconds since the epoch, read once */
	struct arena arena; /* all memory the task allocates */
	struct err err; /* first failure wins */
	const struct conf *conf;
	struct memo *memo; /* shared by all tasks; may be NULL */
	struct list trees; /* of texts this task has parsed; text/doc.h */
	struct db *db; /* borrowed until the task ends */
	struct repo *repo; /* likewise */
	struct serve *serve; /* answers clones; NULL: nobody does */
	struct journal *journal; /* app/journal.h; may be NULL */
	struct list objects; /* written to git and not yet to the journal; git/loose.h */
	struct list moves; /* of references, made when the transaction commits */
	void (*after_commit)(struct task *task); /* before others get their turn; NULL: nothing to do */
	/* Runs inside the first commit; see app/once.h. NULL: nothing to do. */
	bool (*before_commit)(struct task *task);
	const char *once_name, *once_hash, *once_body;
	bool once_kept;
	bool changed; /* something was committed: a failure after that is not "nothing happened" */
};

/* Both record the first failure and return false, so a caller can write
 * `return fail(...)`. fail() speaks to the user; broken() to the log, and
 * the user is told only that something went wrong on our side. */
#define fail(task, code, ...) task_fail(task, __func__, code, __VA_ARGS__)
#define broken(task, ...) task_broken(task, __func__, __VA_ARGS__)

/* A wrong value of one field: records ERR_FIELDS, adds to err.fields so that
 * several can be reported at once, and returns false. */
#define wrong(task, field, ...) task_wrong(task, __func__, field, __VA_ARGS__)

/* What the macros above call. */
bool task_fail(struct task *task, const char *where, enum err_code code,
	const char *format, ...) __attribute__((format(printf, 4, 5)));
bool task_broken(struct task *task, const char *where, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool task_wrong(struct task *task, const char *where, const char *field,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Forget a failure the caller has dealt with. Returns true. */
bool task_forgive(struct task *task);

/* Release a foreign handle when its variable goes out of scope. */
#define AUTO(release) __attribute__((cleanup(release)))

#endif
