/* proposal.c: the rules of proposals
 *
 * Git holds the text, the table holds the talk. Sending: objects first
 * (invisible), then in one transaction the row and what the branch will be
 * (app/journal.h). */
#include "app/proposal.h"

#include <inttypes.h>
#include <string.h>

#include "app/account.h"
#include "app/journal.h"
#include "base/limit.h"
#include "base/log.h"
#include "base/when.h"
#include "branch.h"
#include "db/db.h"
#include "git/change.h"
#include "proposal_db.h"
#include "text.h"

/* ---- sending ---- */

/* What they say; else "wording" below five words that carry no duty or fact. */
static const char *kind_of(const struct suggestion *in, const struct diff_extent *extent)
{
	if (in->kind && *in->kind)
		return in->kind;
	return extent->words_added < 5 && extent->words_removed < 5 && !extent->careful ? "wording" : "content";
}

static bool check_kind(struct task *task, const char *kind)
{
	if (!kind || !*kind || !strcmp(kind, "wording") || !strcmp(kind, "content"))
		return true;
	return wrong(task, "kind", "The kind is wording or content.");
}

static const char *first_words(struct arena *arena, const char *text, size_t most)
{
	size_t len = strcspn(text, "\n");

	if (len <= most)
		return arena_strndup(arena, text, len);
	while (most && text[most] != ' ')
		most--;
	return arena_printf(arena, "%.*s…", (int)most, text);
}

/* People are not asked for a title: the reason has one, or the place. */
static const char *title_of(struct task *task, const struct suggestion *in, const char *place)
{
	if (in->title && *in->title)
		return in->title;
	if (in->reason && *in->reason)
		return first_words(&task->arena, in->reason, 80);
	return arena_printf(&task->arena, "Wording in “%s”", place);
}

static bool is_stranger(const struct task *task)
{
	return !task->who.account;
}

static const char *text_or(const char *text, const char *other)
{
	return text && *text ? text : other;
}

static bool write_head(struct task *task, const struct suggestion *in, const struct oid *parent,
	const struct edit *edit, struct oid *out)
{
	struct change_note note = { .subject = in->title, .author = task->who.account };

	change_trailer(task, &note, "Guide", in->guide);
	if (in->section && *in->section)
		change_trailer(task, &note, "Section", in->section);
	return change_write(task, parent, guide_path(&task->arena, in->guide, GUIDE_LANGUAGE),
		edit->text, edit->len, &note, out);
}

static bool insert(struct task *task, struct new_proposal *row, struct opened *out)
{
	out->key = secret_make(&task->arena);
	out->state = "open";
	row->key_hash = secret_hash(&task->arena, out->key);
	row->is_public = !is_stranger(task);
	if (!db_begin(task)
		|| !proposal_db_add(task, row, &out->id)
		|| !proposal_recount(task, row->in->guide)
		|| !branch_make(task, out->id, &row->head)
		|| !db_commit_for(task, row->in->guide))
		return false;
	log_event("proposal", "id", arena_printf(&task->arena, "%" PRId64, out->id), "guide", row->in->guide, "head", row->head.hex, NULL);
	out->follow = arena_printf(&task->arena, "/proposals/%" PRId64 "?key=%s", out->id, out->key);
	return true;
}

static bool send(struct task *task, const struct suggestion *in, const struct edit *edit, struct opened *out)
{
	struct suggestion full = *in;
	struct new_proposal row = { .in = &full };
	struct diff_extent extent;

	if (!edit_extent(task, edit, &extent))
		return false;
	row.place = edit->after ? edit->after->title : edit->section ? edit->section->title : "The whole guide";
	row.base = edit->before.commit;
	row.words_added = extent.words_added;
	row.words_removed = extent.words_removed;
	full.kind = kind_of(in, &extent);
	full.title = title_of(task, in, row.place);
	full.reason = text_or(in->reason, "");
	full.interests = text_or(in->interests, "none");
	full.name = text_or(in->name, NULL);
	full.email = text_or(in->email, NULL);
	full.section = edit->after ? edit->after->id : text_or(in->section, NULL);
	return write_head(task, &full, &edit->before.commit, edit, &row.head)
		&& insert(task, &row, out);
}

bool proposal_open(struct task *task, const struct suggestion *in,
	struct clash *clash, struct opened *out)
{
	struct guide guide;
	struct edit edit;

	return guide_get(task, in->guide, &guide)
		&& check_kind(task, in->kind)
		&& edit_start(task, in, NULL, &edit)
		&& edit_apply(task, in, &edit)
		&& edit_catch_up(task, in, &edit, clash)
		&& send(task, in, &edit, out);
}

bool proposal_try(struct task *task, const struct suggestion *in, struct guide_text *before, struct buf *after)
{
	struct edit edit;

	if (!edit_start(task, in, NULL, &edit))
		return false;
	*before = edit.before;
	edit_put(&edit, in->text, after);
	return true;
}

/* ---- a new guide ---- */

static const char *a_year_from(struct task *task)
{
	char text[WHEN_BYTES];

	return arena_strdup(&task->arena, when_date(task->now + 365 * 86400, text));
}

/* People need not know YAML: what the form asked becomes the front matter. */
static const char *with_front_matter(struct task *task, const struct suggestion *in)
{
	const struct stamp stamps[] = {
		{ "id", in->guide },
		{ "title", in->title },
		{ "description", in->title },
		{ "platform", "general" },
		{ "audience", "[pharma, physician]", .verbatim = true },
		{ "language", GUIDE_LANGUAGE },
		{ "jurisdiction", "[INT]", .verbatim = true },
		{ "licence", "CC-BY-4.0" },
		{ "owner", "the editors of this site" },
		{ "review-by", a_year_from(task) },
		{ "funding", "none" },
	};
	struct buf out = { .arena = &task->arena };

	if (!strncmp(in->text, "---\n", 4))
		return in->text;
	if (!frontmatter_stamp(task, in->text, strlen(in->text), stamps, sizeof(stamps) / sizeof(*stamps), &out))
		return NULL;
	return buf_text(&out);
}

static bool is_free(struct task *task, const char *slug)
{
	struct guide_text taken;

	if (!guide_check_slug(task, slug)) {
		task_forgive(task);
		return wrong(task, "slug", "The short name may hold small letters, digits and hyphens, at most %d.", LIMIT_SLUG_BYTES);
	}
	if (guide_text(task, slug, NULL, &taken))
		return wrong(task, "slug", "There is a guide of that name already. Suggest an edit to it instead.");
	return task->err.code == ERR_NOT_FOUND && task_forgive(task);
}

static bool compose(struct task *task, const struct suggestion *in, struct edit *edit)
{
	edit->text = with_front_matter(task, in);
	edit->len = edit->text ? strlen(edit->text) : 0;
	if (edit->text && edit->len && edit->text[edit->len - 1] != '\n') {
		edit->text = arena_printf(&task->arena, "%s\n", edit->text);
		edit->len++;
	}
	return edit->text && text_is_guide(task, in->guide, edit->text, edit->len)
		&& repo_tip(task, REPO_MAIN, &edit->before.commit);
}

bool proposal_open_guide(struct task *task, const struct suggestion *in, struct opened *out)
{
	struct suggestion guide = *in;
	struct edit edit = { .before.text = "" };

	guide.kind = "guide";
	return is_free(task, in->guide)
		&& compose(task, in, &edit)
		&& send(task, &guide, &edit, out);
}

/* ---- reading ---- */

bool proposal_get(struct task *task, int64_t id, struct proposal *out)
{
	return proposal_db_get(task, id, out);
}

bool proposal_is_by(struct task *task, const struct proposal *p, const char *key)
{
	if (task->who.account)
		return task->who.account == p->author_account;
	return key && *key && !strcmp(secret_hash(&task->arena, key), p->key_hash);
}

bool proposal_list(struct task *task, const struct proposal_query *query, struct list *out)
{
	return proposal_db_list(task, query, out);
}

bool proposal_queue(struct task *task, bool hidden_too, struct list *out, int64_t *waiting)
{
	return proposal_db_queue(task, hidden_too, out)
		&& proposal_db_waiting(task, hidden_too, waiting);
}

bool proposal_accepted(struct task *task, const char *guide, int64_t since, int64_t limit, struct list *out)
{
	return proposal_db_accepted(task, guide, since, limit, out);
}

bool proposal_recount(struct task *task, const char *guide)
{
	int64_t open, accepted;

	return proposal_db_counts(task, guide, &open, &accepted)
		&& guide_counts(task, guide, open, accepted);
}

bool proposal_texts(struct task *task, const struct proposal *p,
	struct guide_text *before, struct guide_text *after)
{
	struct oid base, head;

	if (!oid_of(task, p->base, &base) || !oid_of(task, p->head, &head)
		|| !guide_text(task, p->guide, &head, after))
		return false;
	if (guide_text(task, p->guide, &base, before))
		return true;
	*before = (struct guide_text) { .slug = p->guide, .text = "" };
	return task->err.code == ERR_NOT_FOUND && task_forgive(task);
}

/* ---- the author's second thoughts ---- */

static bool save_head(struct task *task, const struct proposal *p, const struct edit *edit, const struct oid *head)
{
	struct oid seen;
	struct diff_extent extent;

	return oid_of(task, p->head, &seen)
		&& edit_extent(task, edit, &extent)
		&& db_begin(task)
		&& proposal_db_rewrite(task, p, &edit->before.commit, head, extent.words_added, extent.words_removed)
		&& proposal_recount(task, p->guide)
		&& journal_point(task, branch_open(&task->arena, p->id), &seen, head)
		&& db_commit_for(task, p->guide);
}

/* Their new section, put into the text of the proposal, brought onto main. */
static bool rewrite(struct task *task, const struct proposal *p, const struct suggestion *in, struct clash *clash)
{
	struct edit edit;
	struct oid head, fresh;
	struct guide_text before, after;

	if (!oid_of(task, p->head, &head) || !edit_start(task, in, &head, &edit) || !edit_apply(task, in, &edit))
		return false;
	/* what the proposal changed elsewhere counts from where it began */
	if (oid_equal(&edit.before.commit, &head)) {
		if (!proposal_texts(task, p, &before, &after))
			return false;
		edit.before = before;
	}
	if (strcmp(p->kind, "guide") && !edit_catch_up(task, in, &edit, clash))
		return false;
	if (!strcmp(p->kind, "guide") && !repo_tip(task, REPO_MAIN, &edit.before.commit))
		return false;
	return write_head(task, in, &edit.before.commit, &edit, &fresh)
		&& save_head(task, p, &edit, &fresh);
}

static bool still_open(struct task *task, const struct proposal *p)
{
	return p->is_open || fail(task, ERR_CONFLICT, "This proposal is closed: %s.", p->state_words);
}

bool proposal_rewrite(struct task *task, int64_t id, const struct suggestion *in, struct clash *clash)
{
	struct proposal p;
	struct suggestion full = *in;

	if (!proposal_db_get(task, id, &p) || !still_open(task, &p))
		return false;
	full.guide = p.guide;
	full.title = p.title;
	return rewrite(task, &p, &full, clash);
}

bool proposal_section(struct task *task, const struct proposal *p, struct clash *out)
{
	struct guide_text before, after, now;
	const struct section *mine;
	const char *both;
	bool clashes = false;

	*out = (struct clash) { .guide = p->guide, .section = p->section, .place = p->place, .base = p->head };
	if (!proposal_texts(task, p, &before, &after))
		return false;
	/* its heading may have been changed, by this proposal too */
	mine = text_same_section(task, before.text, p->section, after.text);
	out->section = mine ? mine->id : p->section;
	out->yours = out->merged = text_section(task, after.text, out->section);
	if (!strcmp(p->kind, "guide"))
		return true;
	if (!guide_text(task, p->guide, NULL, &now)
		|| !change_merge_text(task, before.text, after.text, now.text, &clashes, &both))
		return false;
	if (!clashes)
		return true;
	out->base = arena_strdup(&task->arena, now.commit.hex);
	out->section = p->section;
	out->theirs = text_section(task, now.text, p->section);
	out->merged = text_section(task, both, p->section);
	return true;
}

static bool close_branch(struct task *task, const struct proposal *p)
{
	struct oid head;

	return oid_of(task, p->head, &head) && branch_close(task, p->id, &head);
}

bool proposal_withdraw(struct task *task, int64_t id, const char *reason)
{
	struct proposal p;

	return proposal_db_get(task, id, &p)
		&& still_open(task, &p)
		&& db_begin(task)
		&& proposal_db_close(task, id, p.head, "withdrawn", reason, NULL)
		&& proposal_recount(task, p.guide)
		&& close_branch(task, &p)
		&& db_commit_for(task, p.guide);
}
