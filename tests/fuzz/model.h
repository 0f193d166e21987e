/* model.h: what a site should be like, in a few dozen lines
 *
 * The guide is a text of slots: single lines that proposals change, far
 * enough from each other that changes of different slots never clash. So a
 * text is its slots, and a three-way merge is one comparison a slot. */
#ifndef TESTS_FUZZ_MODEL_H
#define TESTS_FUZZ_MODEL_H

#include "base/buf.h"
#include "world.h"

#define SLOTS 6
#define PARTS 3 /* sections, of two slots each; one more: the whole file */
#define PROPOSALS 24
#define MAINS 128
#define COMMENTS 32
#define RELEASES 8
#define SLUG "pilot"

struct slots {
	const char *of[SLOTS];
};

enum state { OPEN,
	ASKED,
	CLASH,
	MERGED,
	DECLINED,
	WITHDRAWN };
static const char *const state_names[] = { "open", "asked", "clash", "merged", "declined", "withdrawn" };

enum verdict { NOTHING_SAID,
	APPROVE,
	ASK,
	DECLINE };
static const char *const verdict_names[] = { NULL, "approve", "ask", "decline" };

struct proposal_model {
	int64_t id;
	enum person author;
	const char *key, *reason;
	enum state state;
	bool is_public;
	struct slots base, head;
	struct oid base_id, head_id;
	int64_t decided_at;
	struct slots before, after; /* main around its merge */
	struct {
		enum verdict verdict; /* the last one */
		struct oid head;
	} said[PEOPLE];
};

struct comment_model {
	int64_t id;
	size_t proposal;
	const char *text;
	bool is_public;
};

struct model {
	struct { /* commits of main, oldest first */
		struct slots text;
		struct oid id;
	} main[MAINS];
	size_t mains;
	struct proposal_model proposals[PROPOSALS];
	size_t count;
	struct comment_model comments[COMMENTS];
	size_t comment_count;
	struct {
		struct slots text;
		const char *version;
		int64_t at;
	} releases[RELEASES];
	size_t release_count;
};

/* ---- texts ---- */

static const char front[] = "---\nid: " SLUG "\ntitle: Pilot\ndescription: A guide.\nplatform: general\naudience: [pharma]\n"
			    "language: en\njurisdiction: [INT]\nlicence: CC-BY-4.0\nowner: me\nreview-by: 2030-01-31\nfunding: none\n---\n";

static inline void put_part(struct buf *out, const struct slots *s, int part)
{
	buf_printf(out, "## Part %d\n", part);
	for (int i = 2 * part; i < 2 * part + 2; i++)
		buf_printf(out, "\n%s\n\nAnchor %d stays.\n\nAnd so does %d.\n", s->of[i], i, i + 100);
}

/* The whole file (part == PARTS), or one section as it is edited. */
static inline const char *text_of(struct arena *arena, const struct slots *s, int part)
{
	struct buf out = { .arena = arena };

	if (part < PARTS) {
		put_part(&out, s, part);
		return buf_text(&out);
	}
	buf_puts(&out, front);
	buf_puts(&out, "# Pilot\n\nA beginning.\n\n");
	for (int i = 0; i < PARTS; i++) {
		put_part(&out, s, i);
		buf_puts(&out, i + 1 < PARTS ? "\n" : "");
	}
	return buf_text(&out);
}

static inline bool same(const struct slots *a, const struct slots *b)
{
	for (int i = 0; i < SLOTS; i++)
		if (strcmp(a->of[i], b->of[i]))
			return false;
	return true;
}

/* False: they clash. */
static inline bool merged(const struct slots *base, const struct slots *mine, const struct slots *theirs, struct slots *out)
{
	for (int i = 0; i < SLOTS; i++) {
		const char *b = base->of[i], *m = mine->of[i], *t = theirs->of[i];

		if (strcmp(b, m) && strcmp(b, t) && strcmp(m, t))
			return false;
		out->of[i] = strcmp(b, m) ? m : t;
	}
	return true;
}

/* ---- who may ---- */

static inline bool is_open(const struct proposal_model *p)
{
	return p->state <= CLASH;
}

/* A private link is for those who are not signed in. */
static inline bool is_by(const struct proposal_model *p, enum person who, bool with_key)
{
	return who == GUEST ? with_key : p->author == who;
}

static inline bool sees(const struct proposal_model *p, enum person who, bool with_key)
{
	return p->is_public || is_by(p, who, with_key) || world_people[who].role >= ROLE_MODERATOR;
}

/* 0: they may; else what they are told. */
static inline int refused(const struct proposal_model *p, enum need need, enum person who, bool with_key)
{
	bool may = false;

	if (!p || !sees(p, who, with_key))
		return 404;
	switch (need) {
	case NEED_AUTHOR: may = is_by(p, who, with_key); break;
	case NEED_TALK: may = who != GUEST || with_key; break;
	case NEED_REVIEW: may = world_people[who].role >= ROLE_REVIEWER; break;
	case NEED_MODERATE: may = world_people[who].role >= ROLE_MODERATOR; break;
	default: may = true;
	}
	return may ? 0 : who == GUEST ? 401
				      : 403;
}

/* Whether anybody but its author has the last word "approve" on this text. */
static inline bool is_approved(const struct proposal_model *p)
{
	for (int i = 0; i < PEOPLE; i++)
		if (i != (int)p->author && p->said[i].verdict == APPROVE && oid_equal(&p->said[i].head, &p->head_id))
			return true;
	return false;
}

#endif
