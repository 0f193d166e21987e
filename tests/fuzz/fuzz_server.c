/* The whole site, in this process: an input is a sequence of what people do,
 * asked of the router and of a small model (model.h). They must say the same
 * at every step; no answer is ever "our fault", no page shows what its reader
 * may not see; and at the end tables and git agree, also after the power
 * failed in between. */
#include <inttypes.h>

#include "git/repo.h"
#include "model.h"

struct run {
	struct world *w;
	struct model m;
	struct input in;
	int asked;    /* requests, to tell one from another */
	bool browser; /* this step is done in one, where a form is enough */
};

static struct world world;

/* ---- choosing ---- */

static enum person some_person(struct run *r)
{
	return (enum person)(input_byte(&r->in) % PEOPLE);
}

/* NULL when there is none of that number. */
static struct proposal_model *some_proposal(struct run *r)
{
	size_t which = input_byte(&r->in);

	return which < 250 && r->m.count ? &r->m.proposals[which % r->m.count] : NULL;
}

static const char *path(struct run *r, const struct proposal_model *p, const char *rest)
{
	return arena_printf(&r->w->arena, "/proposals/%" PRId64 "%s", p ? p->id : 4711, rest);
}

static const char *key_query(struct run *r, const struct proposal_model *p, bool with_key)
{
	return p && with_key ? arena_printf(&r->w->arena, "key=%s", p->key) : NULL;
}

/* What somebody writes into a slot, in one line: what was there in the
 * beginning, what others write, too, or words of their own. */
static const char *some_line(struct run *r, int slot)
{
	static const char *const common[] = { "", " one", " two", " a *third* <b>" };
	unsigned int choice = input_byte(&r->in);
	struct buf out = { .arena = &r->w->arena };

	buf_printf(&out, "Slot %d:", slot);
	if (choice % 4 == 0)
		buf_puts(&out, " as it began");
	else if (choice % 4 == 1)
		buf_puts(&out, common[choice / 4 % 4]);
	else
		for (size_t len = choice / 4 % 32; len && r->in.left; len--)
			buf_putc(&out, (char)(0x20 + input_byte(&r->in) % 0x5f));
	buf_putc(&out, '.');
	return buf_text(&out);
}

static struct slots *main_now(struct run *r)
{
	return &r->m.main[r->m.mains - 1].text;
}

/* ---- looking ---- */

static struct oid id_of(const char *hex)
{
	struct oid id;

	MUST(hex && oid_parse(hex, &id));
	return id;
}

/* A moderator sees all of it. */
static void check_proposal(struct run *r, struct proposal_model *p, bool new_head)
{
	struct guide_text text;
	struct oid base, head;

	MUST(world_ask(r->w, (struct ask) { .who = MO, .path = path(r, p, "") }) == 200);
	MUST_STR(world_word(r->w, "state"), state_names[p->state]);
	MUST(json_is_true(json_object_get(r->w->json, "is_public")) == p->is_public);
	MUST(json_is_true(json_object_get(r->w->json, "is_open")) == is_open(p));
	base = id_of(world_word(r->w, "base"));
	head = id_of(world_word(r->w, "head"));
	if (new_head) {
		MUST(!oid_equal(&head, &p->head_id));
		p->head_id = head;
		p->base_id = base;
	}
	MUST(oid_equal(&p->head_id, &head) && oid_equal(&p->base_id, &base));
	MUST(guide_text(&r->w->task, SLUG, &head, &text));
	MUST_STR(text.text, text_of(&r->w->task.arena, &p->head, PARTS));
	MUST(guide_text(&r->w->task, SLUG, &base, &text));
	MUST_STR(text.text, text_of(&r->w->task.arena, &p->base, PARTS));
	world_end(r->w);
}

static void check_main(struct run *r)
{
	MUST(world_ask(r->w, (struct ask) { .who = GUEST, .path = "/guides/" SLUG "/draft.md" }) == 200);
	MUST_STR(buf_text(&r->w->reply.body), text_of(&r->w->task.arena, main_now(r), PARTS));
	world_end(r->w);
}

static void add_main(struct run *r, const struct slots *text, const char *hex)
{
	MUST(r->m.mains < MAINS);
	r->m.main[r->m.mains].text = *text;
	r->m.main[r->m.mains++].id = id_of(hex);
}

/* ---- asking ---- */

/* Ask once, or with a key and twice: then the second answer is the first one
 * and nothing more happened. */
static int ask(struct run *r, struct ask a, bool twice)
{
	json_t *again = twice ? json_incref(a.body) : NULL;
	const char *first;
	int status;

	r->w->now++;
	a.page = a.page && r->browser;
	if (!twice)
		return world_ask(r->w, a);
	a.once = arena_printf(&r->w->arena, "key-%d", ++r->asked);
	status = world_ask(r->w, a);
	first = arena_strdup(&r->w->arena, buf_text(&r->w->reply.body));
	if (status >= 300) {
		json_decref(again);
		return status;
	}
	world_end(r->w);
	a.body = again;
	MUST(world_ask(r->w, a) == status);
	MUST_STR(buf_text(&r->w->reply.body), first);
	return status;
}

/* What a form answers when all is well. */
static int done(const struct run *r, int status)
{
	return r->browser ? 303 : status;
}

/* ---- writing ---- */

struct writing {
	int part, slot;
	const struct slots *base;
	struct oid base_id;
	struct slots text; /* what the writer means */
};

static struct writing some_writing(struct run *r, const struct slots *base, const struct oid *id)
{
	struct writing out = { .part = (int)(input_byte(&r->in) % (PARTS + 1)), .base = base, .base_id = *id, .text = *base };

	out.slot = (int)(input_byte(&r->in) % SLOTS);
	if (out.part < PARTS)
		out.slot = 2 * out.part + out.slot % 2;
	out.text.of[out.slot] = some_line(r, out.slot);
	return out;
}

static struct writing on_main(struct run *r)
{
	size_t back = input_byte(&r->in) % 4, at = r->m.mains - 1 - (back < r->m.mains ? back : 0);

	return some_writing(r, &r->m.main[at].text, &r->m.main[at].id);
}

static json_t *form_of(struct run *r, const struct writing *writing, const char *reason)
{
	json_t *form = json_pack("{s:s, s:s, s:s, s:s}", "base", writing->base_id.hex, "interests", "none",
		"text", text_of(&r->w->arena, &writing->text, writing->part), "reason", reason);

	if (writing->part < PARTS)
		json_object_set_new(form, "section", json_string(arena_printf(&r->w->arena, "part-%d", writing->part)));
	return form;
}

/* What becomes of a text that was written on `base`; 0: it is good. */
static int should_become(struct run *r, const struct slots *base, const struct slots *text, struct slots *out)
{
	*out = *text;
	if (!same(main_now(r), base) && !merged(base, text, main_now(r), out))
		return 409;
	return same(out, main_now(r)) ? 422 : 0;
}

static void suggest(struct run *r, bool twice)
{
	enum person who = some_person(r);
	struct writing writing = on_main(r);
	struct proposal_model *p = &r->m.proposals[r->m.count];
	const char *reason = arena_printf(&r->w->arena, "Reason %zu ends <b>&.", r->m.count), *key;
	struct slots text;
	int should = same(&writing.text, writing.base) ? 422 : should_become(r, writing.base, &writing.text, &text);
	int status;

	if (r->m.count == PROPOSALS)
		return;
	status = ask(r, (struct ask) { .who = who, .method = POST, .path = "/guides/" SLUG "/proposals", .body = form_of(r, &writing, reason) }, twice);
	MUST(status == (should ? should : 201));
	if (should == 409)
		MUST(world_word(r->w, "yours") && world_word(r->w, "theirs") && world_word(r->w, "merged"));
	if (status == 201) {
		key = strstr(world_word(r->w, "follow"), "?key=");
		MUST(key);
		*p = (struct proposal_model) { .id = json_integer_value(json_object_get(r->w->json, "id")), .author = who, .key = arena_strdup(&r->w->arena, key + 5), .reason = reason, .is_public = who != GUEST, .base = *main_now(r), .head = text };
		MUST(!r->m.count || p->id > p[-1].id);
		r->m.count++;
	}
	world_end(r->w);
	if (status == 201)
		check_proposal(r, p, true);
}

static void rewrite(struct run *r, bool twice)
{
	enum person who = some_person(r);
	struct proposal_model *p = some_proposal(r);
	bool with_key = input_byte(&r->in) & 1, on_head = p && (input_byte(&r->in) & 1);
	struct writing writing = on_head ? some_writing(r, &p->head, &p->head_id) : on_main(r);
	json_t *form = form_of(r, &writing, "Second thoughts.");
	struct slots text;
	int should = refused(p, NEED_AUTHOR, who, with_key), status;

	if (!should && !is_open(p))
		should = 409;
	if (!should && same(&writing.text, writing.base))
		should = 422;
	if (!should)
		should = should_become(r, on_head ? &p->base : writing.base, &writing.text, &text);
	if (p && with_key)
		json_object_set_new(form, "key", json_string(p->key));
	status = ask(r, (struct ask) { .who = who, .page = true, .method = POST, .path = path(r, p, "/text"), .body = form }, twice);
	MUST(status == (should ? should : done(r, 200)));
	world_end(r->w);
	if (!should) {
		p->head = text;
		p->base = *main_now(r);
		p->state = OPEN;
	}
	if (p)
		check_proposal(r, p, !should);
}

/* ---- deciding ---- */

static const char *some_head(struct run *r, const struct proposal_model *p, bool *right)
{
	*right = input_byte(&r->in) % 8 != 7;
	return *right && p ? p->head_id.hex : r->m.main[0].id.hex;
}

static void review(struct run *r, bool twice)
{
	enum person who = some_person(r);
	struct proposal_model *p = some_proposal(r);
	enum verdict verdict = (enum verdict)(1 + input_byte(&r->in) % 3);
	bool right, words = input_byte(&r->in) % 4 != 3;
	const char *shown = some_head(r, p, &right);
	int should = refused(p, NEED_REVIEW, who, false), status;

	if (!should && verdict != APPROVE && !words)
		should = 422;
	if (!should && p->author == who)
		should = 403;
	if (!should && (!is_open(p) || !right || (verdict == ASK && p->state == CLASH)))
		should = 409;
	status = ask(r, (struct ask) { .who = who, .page = true, .method = POST, .path = path(r, p, "/reviews"), .body = json_pack("{s:s, s:s, s:s}", "verdict", verdict_names[verdict], "shown", shown, "reason", words ? "Because." : " ") }, twice);
	MUST(status == (should ? should : done(r, 201)));
	world_end(r->w);
	if (!should) {
		p->said[who].verdict = verdict;
		p->said[who].head = p->head_id;
		p->state = verdict == ASK ? ASKED : p->state;
		check_proposal(r, p, false);
	}
}

static void merge(struct run *r, bool twice)
{
	enum person who = some_person(r);
	struct proposal_model *p = some_proposal(r);
	bool right;
	const char *shown = some_head(r, p, &right);
	struct slots text;
	int should = refused(p, NEED_MODERATE, who, false), status;

	if (!should && (!is_open(p) || !right))
		should = 409;
	if (!should && p->author == who && !is_approved(p))
		should = 403;
	if (!should && !merged(&p->base, main_now(r), &p->head, &text)) {
		should = 409;
		p->state = CLASH;
	}
	status = ask(r, (struct ask) { .who = who, .method = POST, .path = path(r, p, "/merge"), .body = json_pack("{s:s}", "shown", shown) }, twice);
	MUST(status == (should ? should : 200));
	if (status == 200) {
		p->state = MERGED;
		p->is_public = true;
		p->decided_at = r->w->now;
		p->before = *main_now(r);
		p->after = text;
		add_main(r, &text, world_word(r->w, "commit"));
	}
	world_end(r->w);
	if (p)
		check_proposal(r, p, false);
	check_main(r);
}

static void undo(struct run *r, bool twice)
{
	enum person who = some_person(r);
	struct proposal_model *p = some_proposal(r);
	struct slots text;
	int should = refused(p, NEED_MODERATE, who, false), status;

	if (!should && (p->state != MERGED || r->w->now + 1 > p->decided_at + 600))
		should = 409;
	if (!should && (!merged(&p->after, main_now(r), &p->before, &text) || same(&text, main_now(r))))
		should = 409;
	status = ask(r, (struct ask) { .who = who, .method = POST, .path = path(r, p, "/undo"), .body = json_object() }, twice);
	MUST(status == (should ? should : 200));
	if (status == 200) {
		p->state = OPEN;
		add_main(r, &text, world_word(r->w, "commit"));
	}
	world_end(r->w);
	if (p)
		check_proposal(r, p, false);
	check_main(r);
}

static void decline(struct run *r, bool twice)
{
	enum person who = some_person(r);
	struct proposal_model *p = some_proposal(r);
	bool right, words = input_byte(&r->in) % 4 != 3;
	const char *shown = some_head(r, p, &right);
	int should = refused(p, NEED_MODERATE, who, false), status;

	if (!should && !words)
		should = 422;
	if (!should && p->author == who)
		should = 403;
	if (!should && (!is_open(p) || !right))
		should = 409;
	status = ask(r, (struct ask) { .who = who, .page = true, .method = POST, .path = path(r, p, "/decline"), .body = json_pack("{s:s, s:s}", "shown", shown, "reason", words ? "No." : "") }, twice);
	MUST(status == (should ? should : done(r, 200)));
	world_end(r->w);
	if (!should) {
		p->state = DECLINED;
		check_proposal(r, p, false);
	}
}

static void reopen(struct run *r, bool twice)
{
	enum person who = some_person(r);
	struct proposal_model *p = some_proposal(r);
	int should = refused(p, NEED_MODERATE, who, false), status;

	if (!should && p->state != DECLINED && p->state != WITHDRAWN)
		should = 409;
	status = ask(r, (struct ask) { .who = who, .page = true, .method = POST, .path = path(r, p, "/reopen"), .body = json_object() }, twice);
	MUST(status == (should ? should : done(r, 200)));
	world_end(r->w);
	if (!should) {
		p->state = OPEN;
		check_proposal(r, p, false);
	}
}

static void let_through(struct run *r, bool twice)
{
	enum person who = some_person(r);
	struct proposal_model *p = some_proposal(r);
	int should = refused(p, NEED_MODERATE, who, false);

	MUST(ask(r, (struct ask) { .who = who, .page = true, .method = POST, .path = path(r, p, "/publish"), .body = json_object() }, twice) == (should ? should : done(r, 200)));
	world_end(r->w);
	if (!should) {
		p->is_public = true;
		check_proposal(r, p, false);
	}
}

static void withdraw(struct run *r, bool twice)
{
	enum person who = some_person(r);
	struct proposal_model *p = some_proposal(r);
	bool with_key = input_byte(&r->in) & 1;
	int should = refused(p, NEED_AUTHOR, who, with_key), status;

	if (!should && !is_open(p))
		should = 409;
	status = ask(r, (struct ask) { .who = who, .page = true, .method = POST, .path = path(r, p, "/withdraw"), .query = key_query(r, p, with_key), .body = json_object() }, twice);
	MUST(status == (should ? should : done(r, 200)));
	world_end(r->w);
	if (!should) {
		p->state = WITHDRAWN;
		check_proposal(r, p, false);
	}
}

/* ---- talking ---- */

static void comment(struct run *r, bool twice)
{
	enum person who = some_person(r);
	struct proposal_model *p = some_proposal(r);
	bool with_key = input_byte(&r->in) & 1;
	const char *text = arena_printf(&r->w->arena, "Comment %zu ends </p><script>.", r->m.comment_count);
	int should = refused(p, NEED_TALK, who, with_key), status;
	json_t *form = json_pack("{s:s}", "text", text);

	if (r->m.comment_count == COMMENTS) {
		json_decref(form);
		return;
	}
	if (p && with_key)
		json_object_set_new(form, "key", json_string(p->key));
	status = ask(r, (struct ask) { .who = who, .method = POST, .path = path(r, p, "/comments"), .body = form }, twice);
	MUST(status == (should ? should : 201));
	if (status == 201) {
		r->m.comments[r->m.comment_count++] = (struct comment_model) { json_integer_value(json_object_get(r->w->json, "id")),
			(size_t)(p - r->m.proposals), text, who != GUEST };
		p->state = p->state == ASKED && is_by(p, who, with_key) ? OPEN : p->state;
	}
	world_end(r->w);
	if (p)
		check_proposal(r, p, false);
}

static void let_comment_through(struct run *r, bool twice)
{
	enum person who = some_person(r);
	struct proposal_model *p = some_proposal(r);
	struct comment_model *c = r->m.comment_count ? &r->m.comments[input_byte(&r->in) % r->m.comment_count] : NULL;
	int should = refused(p, NEED_MODERATE, who, false);
	bool belongs = p && c && c->proposal == (size_t)(p - r->m.proposals);

	if (!should && !belongs)
		should = 404;
	MUST(ask(r, (struct ask) { .who = who, .method = POST, .body = json_object(), .path = path(r, p, arena_printf(&r->w->arena, "/comments/%" PRId64 "/publish", c ? c->id : 1)) }, twice) == (should ? should : 200));
	world_end(r->w);
	if (!should)
		c->is_public = true;
}

/* ---- releasing ---- */

static void release(struct run *r, bool twice)
{
	enum person who = some_person(r);
	bool silly = input_byte(&r->in) % 4 == 3;
	json_t *form = json_pack("{s:s, s:s}", "guide", SLUG, "notes", "- <i>Notes</i>, [a link](javascript:x)");
	int should = world_people[who].role >= ROLE_MODERATOR ? 201 : who == GUEST ? 401
										   : 403,
	    status;

	if (r->m.release_count == RELEASES) {
		json_decref(form);
		return;
	}
	if (silly)
		json_object_set_new(form, "version", json_string("0.0.0"));
	if (should == 201 && silly && r->m.release_count)
		should = 422;
	else if (should == 201 && r->m.release_count && same(main_now(r), &r->m.releases[r->m.release_count - 1].text))
		should = 409;
	status = ask(r, (struct ask) { .who = who, .method = POST, .path = "/releases", .body = form }, twice);
	MUST(status == should);
	if (status == 201) {
		r->m.releases[r->m.release_count].text = *main_now(r);
		r->m.releases[r->m.release_count].at = r->w->now;
		r->m.releases[r->m.release_count++].version = arena_strdup(&r->w->arena, world_word(r->w, "version"));
	}
	world_end(r->w);
}

/* What was released is there as it was. */
static void check_releases(struct run *r)
{
	for (size_t i = 0; i < r->m.release_count; i++) {
		const char *version = r->m.releases[i].version, *body, *text;

		MUST(world_ask(r->w, (struct ask) { .who = GUEST, .path = arena_printf(&r->w->arena, "/guides/" SLUG "/v/%s.md", version) }) == 200);
		body = strstr(buf_text(&r->w->reply.body), "\n# Pilot\n");
		text = strstr(text_of(&r->w->task.arena, &r->m.releases[i].text, PARTS), "\n# Pilot\n");
		MUST(body && text);
		MUST_STR(body, text);
		world_end(r->w);
		world_begin(r->w);
		MUST(release_verify(&r->w->task, SLUG, version));
		world_end(r->w);
	}
}

/* ---- reading ---- */

/* Nothing that somebody else is still to let through. */
static void check_hidden(struct run *r, enum person who, const struct proposal_model *own)
{
	const char *body = buf_text(&r->w->reply.body);

	for (size_t i = 0; i < r->m.count; i++) {
		const struct proposal_model *p = &r->m.proposals[i];

		if (!sees(p, who, p == own))
			MUST(!strstr(body, arena_printf(&r->w->task.arena, "Reason %zu ends", i)));
	}
	for (size_t i = 0; i < r->m.comment_count; i++) {
		const struct comment_model *c = &r->m.comments[i];
		const struct proposal_model *p = &r->m.proposals[c->proposal];

		if (!sees(p, who, p == own) || (!c->is_public && !is_by(p, who, p == own) && world_people[who].role < ROLE_MODERATOR))
			MUST(!strstr(body, arena_printf(&r->w->task.arena, "Comment %zu ends", i)));
	}
}

static void read_page(struct run *r)
{
	static const struct {
		const char *path, *query;
	} pages[] = {
		{ "/", NULL },
		{ "/guides", NULL },
		{ "/guides/" SLUG, NULL },
		{ "/guides/" SLUG "/draft", NULL },
		{ "/guides/" SLUG "/edit", NULL },
		{ "/guides/" SLUG "/edit", "section=part-1" },
		{ "/guides/" SLUG "/edit", "whole=1" },
		{ "/guides/" SLUG "/history", NULL },
		{ "/proposals", NULL },
		{ "/proposals", "state=open" },
		{ "/proposals", "state=merged&guide=" SLUG },
		{ "/review", NULL },
		{ "/releases", NULL },
		{ "/releases/new", "guide=" SLUG },
		{ "/search", "q=slot+anchor" },
		{ "/search", "q=reason" },
		{ "/feed.atom", NULL },
		{ "/guides/" SLUG "/feed.atom", NULL },
		{ "/proposals/feed.atom", NULL },
		{ "/me", NULL },
		{ "/people", NULL },
		{ "/sitemap.xml", NULL },
		{ "/suggest-guide", NULL },
		{ "/guides/nowhere", NULL },
		{ "/openapi.json", NULL },
	};
	enum person who = some_person(r);
	size_t which = input_byte(&r->in) % (sizeof(pages) / sizeof(*pages));
	bool page = input_byte(&r->in) & 1;

	world_ask(r->w, (struct ask) { .who = who, .path = pages[which].path, .query = pages[which].query, .page = page });
	check_hidden(r, who, NULL);
	world_end(r->w);
}

static void read_proposal(struct run *r)
{
	static const struct {
		const char *rest;
		enum need need;
	} pages[] = { { "", NEED_SEE }, { "/edit", NEED_AUTHOR }, { "/sent", NEED_AUTHOR } };
	enum person who = some_person(r);
	struct proposal_model *p = some_proposal(r);
	unsigned int what = input_byte(&r->in);
	bool with_key = what & 1, page = what & 2;
	size_t which = what / 4 % 4;
	const bool desk = which == 3;
	int should = refused(p, desk ? NEED_REVIEW : pages[which].need, who, !desk && with_key);

	MUST(world_ask(r->w, (struct ask) { .who = who, .page = page, .query = desk ? NULL : key_query(r, p, with_key), .path = desk ? arena_printf(&r->w->arena, "/review/%" PRId64, p ? p->id : 4711) : path(r, p, pages[which].rest) }) == (should ? should : 200));
	check_hidden(r, who, p && with_key && !desk && who == GUEST ? p : NULL);
	world_end(r->w);
}

/* ---- lists ---- */

static void check_list(struct run *r, enum person who)
{
	json_t *list;
	size_t at = 0;

	MUST(world_ask(r->w, (struct ask) { .who = who, .path = "/proposals" }) == 200);
	list = json_object_get(r->w->json, "proposals");
	for (size_t i = r->m.count; i-- > 0;)
		if (r->m.proposals[i].is_public || world_people[who].role >= ROLE_MODERATOR)
			MUST(json_integer_value(json_object_get(json_array_get(list, at++), "id")) == r->m.proposals[i].id);
	MUST(json_array_size(list) == at);
	world_end(r->w);
}

static void check_queue(struct run *r, enum person who)
{
	json_t *list;
	size_t at = 0;

	MUST(world_ask(r->w, (struct ask) { .who = who, .path = "/review" }) == 200);
	list = json_object_get(r->w->json, "proposals");
	for (size_t i = 0; i < r->m.count; i++)
		if (r->m.proposals[i].state == OPEN && (r->m.proposals[i].is_public || world_people[who].role >= ROLE_MODERATOR))
			MUST(json_integer_value(json_object_get(json_array_get(list, at++), "id")) == r->m.proposals[i].id);
	MUST(json_array_size(list) == at && json_integer_value(json_object_get(r->w->json, "count")) == (json_int_t)at);
	world_end(r->w);
}

static void check_counts(struct run *r)
{
	int64_t open = 0, accepted = 0, since = r->m.release_count ? r->m.releases[r->m.release_count - 1].at : 0;

	for (size_t i = 0; i < r->m.count; i++) {
		open += is_open(&r->m.proposals[i]) && r->m.proposals[i].is_public;
		accepted += r->m.proposals[i].state == MERGED && r->m.proposals[i].decided_at > since;
	}
	MUST(world_ask(r->w, (struct ask) { .who = GUEST, .path = "/guides/" SLUG }) == 200);
	MUST(json_integer_value(json_object_get(r->w->json, "open_proposals")) == open);
	MUST(json_integer_value(json_object_get(r->w->json, "accepted")) == accepted);
	MUST_STR(world_word(r->w, "current"), r->m.release_count ? r->m.releases[r->m.release_count - 1].version : NULL);
	world_end(r->w);
}

static void check_lists(struct run *r)
{
	check_list(r, GUEST);
	check_list(r, MIA);
	check_queue(r, RITA);
	check_queue(r, MIA);
	check_counts(r);
}

/* ---- endings ---- */

static void check_stores(struct run *r)
{
	int64_t count;

	world_begin(r->w);
	MUST(proposal_check(&r->w->task, &count) && count == (int64_t)r->m.count);
	world_end(r->w);
}

/* What is safe on the disk is what counts when the power fails. */
static void note_sync(struct run *r)
{
	if (r->w->journal.safe)
		world_sync(r->w);
}

static void restart(struct run *r)
{
	unsigned int how = input_byte(&r->in) % 3;
	int kept;

	if (how == 0) {
		world_begin(r->w);
		MUST(journal_settle(&r->w->task));
		world_end(r->w);
	}
	world_close_stores(r->w);
	if (how == 2) { /* the power fails: of git, only what was asked of the disk is there */
		const char *repository = arena_printf(&r->w->arena, "%s/guides.git", r->w->data);

		world_remove(repository);
		world_copy(r->w->synced, repository);
	}
	kept = silence();
	world_open_stores(r->w);
	world_repair(r->w);
	speak(kept);
	world_sync(r->w);
	check_stores(r);
	check_main(r);
	for (size_t i = 0; i < r->m.count; i++)
		check_proposal(r, &r->m.proposals[i], false);
	check_releases(r);
}

/* ---- one sequence ---- */

static void (*const acts[])(struct run *r, bool twice) = {
	suggest,
	suggest,
	rewrite,
	rewrite,
	review,
	review,
	merge,
	merge,
	undo,
	decline,
	reopen,
	let_through,
	withdraw,
	comment,
	let_comment_through,
	release,
};
static void (*const looks[])(struct run *r) = { read_page, read_page, read_proposal, check_lists, restart };
#define ACTS (sizeof(acts) / sizeof(*acts))
#define LOOKS (sizeof(looks) / sizeof(*looks))

static void step(struct run *r)
{
	unsigned int what = input_byte(&r->in), which = what % 32;

	r->browser = what >= 160 && what < 224;
	if (which < ACTS)
		acts[which](r, what >= 224);
	else if (which < ACTS + LOOKS)
		looks[which - ACTS](r);
	else
		r->w->now += input_byte(&r->in) * 4; /* time goes by */
	note_sync(r);
}

static void begin(struct run *r)
{
	struct slots first = { 0 };
	struct oid tip;

	for (int i = 0; i < SLOTS; i++)
		first.of[i] = arena_printf(&r->w->arena, "Slot %d: as it began.", i);
	world_begin(r->w);
	MUST(repo_tip(&r->w->task, REPO_MAIN, &tip));
	add_main(r, &first, tip.hex);
	world_end(r->w);
	check_main(r);
}

static void forget(void)
{
	world_remove(world.folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct slots first = { 0 };
	const char *guides;
	FILE *file;

	(void)argc;
	(void)argv;
	snprintf(world.folder, sizeof(world.folder), "%s/guidehall-fuzz-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	MUST(mkdtemp(world.folder));
	atexit(forget);
	world.now = 1795430520;
	guides = arena_printf(&world.arena, "%s/guides", world.folder);
	MUST(!mkdir(guides, 0700) && !mkdir(arena_printf(&world.arena, "%s/" SLUG, guides), 0700));
	for (int i = 0; i < SLOTS; i++)
		first.of[i] = arena_printf(&world.arena, "Slot %d: as it began.", i);
	file = fopen(arena_printf(&world.arena, "%s/" SLUG "/en.md", guides), "we");
	MUST(file && fputs(text_of(&world.arena, &first, PARTS), file) >= 0 && !fclose(file));
	world_prepare(&world, guides);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena kept = world.arena;
	struct run *r = calloc(1, sizeof(*r));

	world.arena = (struct arena) { 0 };
	world.now = 1795430600;
	*r = (struct run) { .w = &world, .in = { data, size < 2000 ? size : 2000 } };
	world_open(&world);
	begin(r);
	for (int steps = 0; r->in.left && steps < 60; steps++)
		step(r);
	check_stores(r);
	check_main(r);
	check_releases(r);
	check_lists(r);
	world_close_stores(&world);
	arena_free(&world.arena);
	world.arena = kept;
	free(r);
	return 0;
}
