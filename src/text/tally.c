/* tally.c: the words that turn a recommendation round, and the sentences
 * about them
 *
 * The lists cover the languages guides are first written in; a word missing
 * here costs a flag, not the comparison. */
#include "text/tally.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/task.h"
#include "base/utf8.h"

static const char *const negations[] = {
	"not", "no", "never", "nor", "neither", "none", "nobody", "nothing", "cannot",
	"without", "except", "unless",
	"nicht", "kein", "keine", "keinen", "keinem", "keiner", "nie", "niemals", "ohne",
	"nem", "ne", "sem", "soha", "sose", "tilos", "kivéve",
	"pas", "jamais", "aucun", "aucune", "sans", "sauf", "nunca", "jamás", "sin", "salvo",
	"non", "mai", "senza", "niet", "geen", "nooit", "zonder", "nie", "bez",
	"не", "нет", "никогда", "без",
};

static const char *const strengths[] = {
	"must", "should", "may", "shall", "might", "ought", "recommend", "recommends",
	"recommended", "required", "optional", "consider", "avoid",
	"muss", "müssen", "soll", "sollen", "sollte", "sollten", "darf", "dürfen",
	"kell", "kellene", "szabad", "lehet", "ajánlott", "kötelező", "javasolt",
	"doit", "doivent", "devrait", "devraient", "peut", "peuvent",
	"debe", "deben", "debería", "deberían", "puede", "pueden",
	"deve", "devono", "dovrebbe", "dovrebbero", "può", "possono",
	"moet", "moeten", "mag", "mogen", "zou", "zouden",
};

#define AMONG(list, word, len) among(list, sizeof(list) / sizeof((list)[0]), word, len)

static bool among(const char *const *list, size_t count, const char *word, size_t len)
{
	for (size_t i = 0; i < count; i++)
		if (!strncasecmp(list[i], word, len) && !list[i][len])
			return true;
	return false;
}

/* "don't", with either apostrophe. */
static bool ends_in_nt(const char *word, size_t len)
{
	return (len > 3 && !strncasecmp(word + len - 3, "n't", 3))
		|| (len > 5 && !strncasecmp(word + len - 5, "n\xe2\x80\x99t", 5));
}

static bool negates(const char *word, size_t len)
{
	return ends_in_nt(word, len) || AMONG(negations, word, len);
}

static bool shows_nothing(const char *word, size_t len)
{
	uint32_t point, before = 0;

	for (size_t at = 0; utf8_next(word, len, &at, &point); before = point)
		if (words_invisible(point, before))
			return true;
	return false;
}

static void tally_letters(struct arena *arena, struct tally *tally,
	const char *word, size_t len, bool added)
{
	const char **negation = added ? &tally->not_added : &tally->not_removed;

	if (!*negation && negates(word, len))
		*negation = arena_strndup(arena, word, len);
	if (AMONG(strengths, word, len))
		tally->flags |= TALLY_STRENGTH;
}

void tally_words(struct arena *arena, struct tally *tally,
	const struct words *words, size_t begin, size_t end, bool added)
{
	for (size_t i = begin; i < end; i++) {
		const struct word *word = &words->items[i];
		const char *text = words->text + word->begin;
		const size_t len = word->end - word->begin;

		*(added ? &tally->added : &tally->removed) += word_counts(word);
		switch (word->kind) {
		case WORD_LETTERS: tally_letters(arena, tally, text, len, added); break;
		case WORD_NUMBER: tally->flags |= TALLY_NUMBER; break;
		case WORD_SIGN: tally->flags |= TALLY_SIGN; break;
		case WORD_NOTE: tally->flags |= TALLY_NOTE; break;
		case WORD_SPACE: break;
		}
		if (added && word->kind != WORD_NOTE && shows_nothing(text, len))
			tally->flags |= TALLY_INVISIBLE;
	}
}

void tally_fact(struct arena *arena, struct tally *tally, const char *name)
{
	*(const char **)list_add(arena, &tally->facts, sizeof(name)) = name;
}

static const char *other_than_words(const struct tally *tally)
{
	if (tally->flags & TALLY_ID)
		return "id of the recommendation";
	if (tally->flags & TALLY_TICK)
		return "ticked box";
	if (tally->flags & TALLY_BOX)
		return "kind of box";
	if (tally->flags & TALLY_LINK_TARGET)
		return "link target";
	if (tally->flags & (TALLY_LINK_ADDED | TALLY_LINK_REMOVED))
		return "link";
	if (tally->flags & TALLY_NOTE)
		return "source mark";
	return tally->flags & TALLY_SIGN ? "punctuation" : "formatting";
}

const char *tally_summary(struct arena *arena, const struct tally *tally)
{
	const char *added = tally->added == 1 ? "word" : "words";
	const char *removed = tally->removed == 1 ? "word" : "words";

	if (tally->added && tally->removed)
		return arena_printf(arena, "%zu %s added, %zu removed", tally->added, added, tally->removed);
	if (tally->added)
		return arena_printf(arena, "%zu %s added", tally->added, added);
	if (tally->removed)
		return arena_printf(arena, "%zu %s removed", tally->removed, removed);
	return other_than_words(tally);
}

/* What goes into one sentence: "a", "a and b", "a, b and c". */
struct phrases {
	struct arena *arena;
	struct list items; /* const char * */
};

static void say(struct phrases *p, const char *phrase)
{
	*(const char **)list_add(p->arena, &p->items, sizeof(phrase)) = phrase;
}

static void say_negation(struct phrases *p, const struct tally *tally)
{
	const char *added = tally->not_added, *removed = tally->not_removed;

	if (added && removed && !strcasecmp(added, removed)) {
		say(p, arena_printf(p->arena, "moves “%s”", added));
		return;
	}
	if (added)
		say(p, arena_printf(p->arena, "adds “%s”", added));
	if (removed)
		say(p, arena_printf(p->arena, "removes “%s”", removed));
}

static void say_link(struct phrases *p, const struct tally *tally)
{
	const unsigned int both = TALLY_LINK_ADDED | TALLY_LINK_REMOVED;

	if (tally->flags & TALLY_LINK_TARGET || (tally->flags & both) == both)
		say(p, "changes a link");
	else if (tally->flags & both)
		say(p, tally->flags & TALLY_LINK_ADDED ? "adds a link" : "removes a link");
}

static void say_facts(struct phrases *p, const struct tally *tally)
{
	const char *const *names = tally->facts.items;

	for (size_t i = 0; i < tally->facts.count; i++)
		say(p, arena_printf(p->arena, "changes “%s”", names[i]));
}

static void say_flag(struct phrases *p, const struct tally *tally, enum tally_flag flag,
	const char *phrase)
{
	if (tally->flags & flag)
		say(p, phrase);
}

static const char *sentence(const struct phrases *p)
{
	const char *const *items = p->items.items;
	struct buf out = { .arena = p->arena };

	for (size_t i = 0; i < p->items.count; i++) {
		if (i)
			buf_puts(&out, i + 1 < p->items.count ? ", " : " and ");
		buf_puts(&out, items[i]);
	}
	return p->items.count ? buf_text(&out) : NULL;
}

const char *tally_warning(struct arena *arena, const struct tally *tally)
{
	struct phrases p = { .arena = arena };

	say_flag(&p, tally, TALLY_INVISIBLE, "adds invisible characters");
	say_flag(&p, tally, TALLY_HIDDEN, "changes what readers do not see");
	say_flag(&p, tally, TALLY_HTML, "has HTML that is not shown");
	say_flag(&p, tally, TALLY_ID, "changes the id of a recommendation");
	say_facts(&p, tally);
	say_flag(&p, tally, TALLY_NUMBER, "changes a number");
	say_negation(&p, tally);
	say_flag(&p, tally, TALLY_STRENGTH, "changes must/should/may");
	say_link(&p, tally);
	say_flag(&p, tally, TALLY_NOTE, "changes which source is named");
	say_flag(&p, tally, TALLY_BOX, "changes the kind of a box");
	say_flag(&p, tally, TALLY_TICK, "changes which box is ticked");
	return sentence(&p);
}
