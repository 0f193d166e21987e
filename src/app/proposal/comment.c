/* comment.c: the conversation about a proposal */
#include <string.h>

#include "app/proposal.h"
#include "db/db.h"
#include "proposal_db.h"
#include "text/markdown.h"

bool comment_list(struct task *task, const struct proposal *p, bool hidden_too, struct list *out)
{
	if (!comment_db_list(task, p, hidden_too, out))
		return false;
	for (size_t i = 0; i < out->count; i++) {
		struct comment *c = (struct comment *)out->items + i;

		c->html = markdown_plain(&task->arena, c->text);
	}
	return true;
}

/* An author who answers puts the proposal back into the queue. */
static bool answered(struct task *task, const struct proposal *p, const char *key)
{
	if (strcmp(p->state, "asked") || !proposal_is_by(task, p, key))
		return true;
	return proposal_db_move(task, p->id, "asked", "open");
}

bool comment_add(struct task *task, int64_t id, const char *text, const char *key, int64_t *id_out)
{
	struct proposal p;

	return db_begin(task)
		&& proposal_db_get(task, id, &p)
		&& comment_db_add(task, id, text, task->who.account != 0, id_out)
		&& answered(task, &p, key)
		&& db_commit_for(task, p.guide);
}

bool comment_publish(struct task *task, int64_t proposal, int64_t comment)
{
	return db_begin(task)
		&& comment_db_publish(task, proposal, comment)
		&& db_commit(task);
}
