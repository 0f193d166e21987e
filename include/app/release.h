/* release.h: versions of a guide, for ever
 *
 * A release is an annotated tag `<slug>/v<version>` on a commit of main. Its
 * files are made from the tag alone, so they can be made again at any time;
 * their hashes are kept, and what does not match is never handed out. */
#ifndef APP_RELEASE_H
#define APP_RELEASE_H

#include "app/proposal.h"
#include "press/press.h"

struct release {
	const char *guide;
	const char *guide_title;
	const char *version; /* "1.0.0" */
	const char *tag; /* "twitter/v1.0.0" */
	const char *commit;
	const char *notes; /* Markdown */
	int64_t released_at;
};
extern const struct shape release_shape;

/* A file that can be downloaded. */
struct release_file {
	const char *name; /* "twitter-1.0.0.zip" */
	const char *type;
	const char *url;
	const char *label; /* "Everything, zipped" */
	int64_t bytes;
	const char *sha256;
};
extern const struct shape release_file_shape;

/* Newest first; `guide` NULL: of all guides. */
bool release_list(struct task *task, const char *guide, int64_t limit, struct list *out);

/* Fails with ERR_NOT_FOUND. */
bool release_get(struct task *task, const char *guide, const char *version, struct release *out);

/* What the next release would be: version and notes from the accepted
 * changes, which are in *changes (struct proposal). */
bool release_suggest(struct task *task, const char *guide, const char **version,
	const char **notes, struct list *changes);

/* Publish the working text. `version` and `notes` NULL: as suggested. Fails
 * with ERR_FIELDS when the version is not above the newest, ERR_CONFLICT
 * when it is there or nothing has changed since. Slow: makes the files. */
bool release_make(struct task *task, const char *guide, const char *version,
	const char *notes, struct release *out);

/* What can be downloaded: struct release_file, in a fixed order. */
bool release_files(struct task *task, const struct release *release, struct list *out);

/* The bytes of one file, from disk or made again from the tag. Fails when
 * they are not what was published. */
bool release_read(struct task *task, const struct release *release, const char *name,
	const char **bytes, size_t *len);

/* Make all files again from the tag and compare. Fails with words that name
 * the file that differs. */
bool release_verify(struct task *task, const char *guide, const char *version);

/* At start: releases git has and the table does not, and the other way. */
bool release_recover(struct task *task);

#endif
