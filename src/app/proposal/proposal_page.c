#include "proposal_page.h"

#include <string.h>

#include "app/account.h"
#include "base/conf.h"
#include "text/diff.h"

static const struct field change_fields[] = {
	FIELD_INT(struct change, id),
	FIELD_TEXT(struct change, block),
	FIELD_TEXT(struct change, kind),
	FIELD_TEXT(struct change, before),
	FIELD_TEXT(struct change, after),
	FIELD_TEXT(struct change, decision),
	FIELD_TEXT(struct change, warning),
	FIELD_END
};
static const struct shape change_shape = SHAPE(change, change_fields);

static const struct field fields[] = {
	PROPOSAL_FIELDS(struct proposal_page, proposal.),
	FIELD_MANY(struct proposal_page, changes, &change_shape),
	PAGE_MANY(struct proposal_page, parts, &diff_part_shape),
	FIELD_MANY(struct proposal_page, checks, &check_shape),
	FIELD_MANY(struct proposal_page, reviews, &review_shape),
	FIELD_MANY(struct proposal_page, comments, &comment_shape),
	FIELD_BOOL(struct proposal_page, mergeable),
	PAGE_BOOL(struct proposal_page, is_author),
	PAGE_BOOL(struct proposal_page, may_talk),
	PAGE_BOOL(struct proposal_page, may_review),
	PAGE_BOOL(struct proposal_page, may_moderate),
	PAGE_BOOL(struct proposal_page, may_undo),
	PAGE_BOOL(struct proposal_page, may_reopen),
	PAGE_TEXT(struct proposal_page, missing),
	PAGE_TEXT(struct proposal_page, key),
	PAGE_MANY(struct proposal_page, queue, &proposal_shape),
	PAGE_INT(struct proposal_page, waiting),
	PAGE_INT(struct proposal_page, next),
	FIELD_END
};
const struct shape proposal_page_shape = SHAPE(proposal_page, fields);

static bool fill_changes(struct task *task, struct proposal_page *out)
{
	struct guide_text before, after;
	struct diff diff = { 0 };

	if (!proposal_texts(task, &out->proposal, &before, &after)
		|| !diff_texts(task, before.text, before.len, after.text, after.len, &diff))
		return false;
	out->parts = diff.parts;
	for (size_t i = 0; i < diff.parts.count; i++) {
		struct diff_part *part = (struct diff_part *)diff.parts.items + i;
		struct change *c;

		if (!part->changed)
			continue;
		diff_tell_source(&task->arena, part);
		c = list_add(&task->arena, &out->changes, sizeof(*c));
		*c = (struct change) { part->id, part->place, part->kind, part->before, part->after,
			out->proposal.merged ? "accept" : NULL, part->warning };
	}
	return true;
}

static bool fill_rights(struct task *task, const char *key, struct proposal_page *out)
{
	const struct proposal *p = &out->proposal;
	bool in_time = task->now <= p->decided_at + task->conf->undo_minutes * 60;
	enum role role;

	if (!account_role_on(task, p->guide, &role))
		return false;
	out->key = key;
	out->is_author = proposal_is_by(task, p, key);
	out->may_talk = p->is_open && (out->is_author || task->who.account);
	out->may_review = p->is_open && role >= ROLE_REVIEWER && !(out->is_author && task->who.account);
	out->may_moderate = role >= ROLE_MODERATOR;
	out->may_undo = out->may_moderate && in_time && !strcmp(p->state, "merged");
	out->may_reopen = out->may_moderate && !p->is_open && strcmp(p->state, "merged");
	return !out->may_moderate || !p->is_open || review_missing(task, p, &out->missing);
}

static bool all_passed(const struct list *checks)
{
	for (size_t i = 0; i < checks->count; i++)
		if (!((const struct check *)checks->items)[i].passed)
			return false;
	return true;
}

bool proposal_page_fill(struct task *task, int64_t id, const char *key, struct proposal_page *out)
{
	*out = (struct proposal_page) { 0 };
	if (!proposal_get(task, id, &out->proposal)
		|| !fill_rights(task, key, out)
		|| !fill_changes(task, out)
		|| !proposal_checks(task, &out->proposal, &out->checks)
		|| !review_list(task, &out->proposal, &out->reviews)
		|| !comment_list(task, &out->proposal, out->may_moderate || out->is_author, &out->comments))
		return false;
	out->mergeable = out->proposal.is_open && all_passed(&out->checks);
	return true;
}
