/* guide_db.h: this room's queries; one function per statement */
#ifndef GUIDE_DB_H
#define GUIDE_DB_H

#include "app/guide.h"

/* What the text says about itself. */
struct guide_row {
	const char *slug, *language, *title, *description, *platform, *audience, *licence, *review_by, *blob;
	int64_t changed_at;
};

bool guide_db_get(struct task *task, const char *slug, struct guide *out);
bool guide_db_list(struct task *task, struct list *out);
bool guide_db_put(struct task *task, const struct guide_row *row);
bool guide_db_drop(struct task *task, const char *slug);
/* The blob the row was made from; empty when there is no row. */
bool guide_db_blob(struct task *task, const char *slug, const char **out);

/* Where the working text is: its blob, and main as the tables know it; NULL
 * when there is no row. */
struct guide_place {
	const char *blob;
	const char *main;
};
bool guide_db_place(struct task *task, const char *slug, struct guide_place *out);

bool guide_db_released(struct task *task, const char *slug, const char *version, int64_t at);
bool guide_db_counts(struct task *task, const char *slug, int64_t open_proposals, int64_t accepted);

/* A section as the index knows it. */
struct section_row {
	int64_t id;
	const char *section, *title;
	const char *hash; /* of its own source */
	bool stays; /* it is still in the text */
};
bool section_db_list(struct task *task, const char *slug, struct list *out);
bool section_db_change(struct task *task, const struct section_row *row, const char *words);
bool section_db_drop(struct task *task, int64_t id);
bool section_db_clear(struct task *task, const char *slug);
bool section_db_add(struct task *task, const char *slug, const struct section_row *row, const char *words);

/* *out is NULL when main was never seen. */
bool main_db_get(struct task *task, const char **out);
bool main_db_set(struct task *task, const char *commit);

#endif
