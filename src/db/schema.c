/* schema.c: the tables
 *
 * Tables are the truth about people and talk; git is the truth about text and
 * decisions. Columns that repeat what git says (head, merged, tag) are put
 * right from git at start. Times are seconds since the epoch. */
#include "schema.h"

#include <stddef.h>

static const char step_1[] =
	/* people */
	"CREATE TABLE account ("
	" id INTEGER PRIMARY KEY,"
	" handle TEXT NOT NULL UNIQUE,"
	" name TEXT," /* as shown; NULL: the handle */
	" role INTEGER NOT NULL," /* enum role, for all guides */
	" password TEXT," /* argon2id string; NULL: cannot sign in by password */
	" interests TEXT,"
	" created_at INTEGER NOT NULL,"
	" erased_at INTEGER NOT NULL DEFAULT 0);"

	"CREATE TABLE guide_role (" /* more than the account's role, for one guide */
	" account INTEGER NOT NULL REFERENCES account (id),"
	" guide TEXT NOT NULL,"
	" role INTEGER NOT NULL,"
	" PRIMARY KEY (account, guide)) WITHOUT ROWID;"

	"CREATE TABLE session ("
	" hash TEXT PRIMARY KEY," /* of the cookie's value */
	" account INTEGER NOT NULL REFERENCES account (id),"
	" created_at INTEGER NOT NULL,"
	" expires_at INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE INDEX session_account ON session (account);"

	"CREATE TABLE token ("
	" id INTEGER PRIMARY KEY,"
	" hash TEXT NOT NULL UNIQUE,"
	" account INTEGER NOT NULL REFERENCES account (id),"
	" label TEXT NOT NULL,"
	" scope INTEGER NOT NULL," /* enum scope */
	" created_at INTEGER NOT NULL,"
	" revoked_at INTEGER NOT NULL DEFAULT 0);"

	"CREATE TABLE secret (" /* one-time links and the key of form tokens */
	" name TEXT PRIMARY KEY,"
	" value TEXT NOT NULL) WITHOUT ROWID;"

	/* guides: derived from main and the tags, made again at every start */
	"CREATE TABLE guide ("
	" slug TEXT NOT NULL,"
	" language TEXT NOT NULL,"
	" title TEXT NOT NULL,"
	" description TEXT NOT NULL,"
	" platform TEXT NOT NULL,"
	" audience TEXT NOT NULL,"
	" licence TEXT NOT NULL,"
	" review_by TEXT NOT NULL,"
	" blob TEXT NOT NULL," /* of the working text */
	" version TEXT," /* newest release; NULL: none */
	" open_proposals INTEGER NOT NULL DEFAULT 0,"
	" accepted INTEGER NOT NULL DEFAULT 0," /* changes since that release */
	" released_at INTEGER NOT NULL DEFAULT 0,"
	" changed_at INTEGER NOT NULL,"
	" PRIMARY KEY (slug, language)) WITHOUT ROWID;"

	"CREATE TABLE guide_section ("
	" id INTEGER PRIMARY KEY,"
	" guide TEXT NOT NULL,"
	" language TEXT NOT NULL,"
	" section TEXT NOT NULL,"
	" title TEXT NOT NULL);"
	"CREATE INDEX guide_section_guide ON guide_section (guide, language);"
	"CREATE VIRTUAL TABLE guide_text USING fts5 (title, body,"
	" tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');"

	"CREATE TABLE main_seen (commit_id TEXT NOT NULL);" /* one row: main as the tables know it */

	"CREATE TABLE once (" /* requests with an Idempotency-Key */
	" hash TEXT PRIMARY KEY,"
	" body_hash TEXT NOT NULL,"
	" at INTEGER NOT NULL,"
	" status INTEGER NOT NULL DEFAULT 0," /* 0: no answer yet */
	" type TEXT,"
	" location TEXT,"
	" body TEXT) WITHOUT ROWID;"
	"CREATE INDEX once_at ON once (at);"

	/* proposals */
	"CREATE TABLE proposal ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT," /* numbers are never used twice */
	" guide TEXT NOT NULL,"
	" language TEXT NOT NULL,"
	" section TEXT," /* NULL: the whole file */
	" place TEXT," /* the section's title when it was opened */
	" title TEXT NOT NULL,"
	" reason TEXT NOT NULL,"
	" kind TEXT NOT NULL," /* wording, content, guide */
	" state TEXT NOT NULL," /* see proposal.h */
	" public INTEGER NOT NULL," /* 0: seen by moderators and its author only */
	" base TEXT NOT NULL," /* commit on main it started from */
	" head TEXT NOT NULL," /* commit that holds its text */
	" author INTEGER," /* account; NULL: nobody was signed in */
	" author_name TEXT," /* as given by a guest */
	" email TEXT,"
	" interests TEXT NOT NULL,"
	" key_hash TEXT NOT NULL," /* of the private link */
	" opened_at INTEGER NOT NULL,"
	" changed_at INTEGER NOT NULL,"
	" decided_at INTEGER NOT NULL DEFAULT 0,"
	" decided_by INTEGER,"
	" decision TEXT," /* words that went with it */
	" merged TEXT," /* merge commit on main */
	" words_added INTEGER NOT NULL DEFAULT 0,"
	" words_removed INTEGER NOT NULL DEFAULT 0);"
	"CREATE INDEX proposal_state ON proposal (state, opened_at);"
	"CREATE INDEX proposal_guide ON proposal (guide, state);"
	"CREATE INDEX proposal_author ON proposal (author);"
	"CREATE INDEX proposal_public ON proposal (public, state, id);"

	"CREATE TABLE review ("
	" id INTEGER PRIMARY KEY,"
	" proposal INTEGER NOT NULL REFERENCES proposal (id),"
	" account INTEGER NOT NULL REFERENCES account (id),"
	" verdict TEXT NOT NULL," /* approve, ask, decline */
	" head TEXT NOT NULL," /* what the reviewer was shown */
	" reason TEXT NOT NULL,"
	" at INTEGER NOT NULL);"
	"CREATE INDEX review_proposal ON review (proposal);"

	"CREATE TABLE comment ("
	" id INTEGER PRIMARY KEY,"
	" proposal INTEGER NOT NULL REFERENCES proposal (id),"
	" account INTEGER," /* NULL: the proposal's author, by private link */
	" public INTEGER NOT NULL,"
	" text TEXT NOT NULL,"
	" at INTEGER NOT NULL);"
	"CREATE INDEX comment_proposal ON comment (proposal);"

	/* releases */
	"CREATE TABLE release ("
	" guide TEXT NOT NULL,"
	" language TEXT NOT NULL,"
	" version TEXT NOT NULL,"
	" tag TEXT NOT NULL,"
	" commit_id TEXT NOT NULL,"
	" notes TEXT NOT NULL,"
	" released_at INTEGER NOT NULL,"
	" released_by INTEGER,"
	" major INTEGER NOT NULL,"
	" minor INTEGER NOT NULL,"
	" patch INTEGER NOT NULL,"
	" PRIMARY KEY (guide, version)) WITHOUT ROWID;"
	"CREATE INDEX release_at ON release (released_at);"
	"CREATE TABLE release_file (" /* what was handed out, to be the same for ever */
	" guide TEXT NOT NULL,"
	" version TEXT NOT NULL,"
	" name TEXT NOT NULL,"
	" type TEXT NOT NULL,"
	" size INTEGER NOT NULL,"
	" sha256 TEXT NOT NULL,"
	" place INTEGER NOT NULL," /* in the list */
	" PRIMARY KEY (guide, version, name)) WITHOUT ROWID;";

static const char step_2[] =
	/* what git is about to say; see app/journal.h. The numbers are never used
	 * again, so that "up to" keeps its meaning. */
	"CREATE TABLE journal ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" ref TEXT NOT NULL,"
	" old TEXT NOT NULL," /* commit; empty: none */
	" new TEXT NOT NULL,"
	" at INTEGER NOT NULL);"
	"CREATE TABLE journal_object ("
	" id INTEGER PRIMARY KEY,"
	" move INTEGER NOT NULL,"
	" oid TEXT NOT NULL,"
	" bytes TEXT NOT NULL);" /* as in git's file; bytes since step 4, base64 before */
	"CREATE INDEX journal_object_move ON journal_object (move);"
	"CREATE TABLE journal_safe (at INTEGER NOT NULL);" /* one row: what git had then is on disk */
	"INSERT INTO journal_safe (at) VALUES (0);";

static const char step_3[] =
	/* the newest accepted first, of all guides or of one, without sorting all */
	"CREATE INDEX proposal_decided ON proposal (state, decided_at, id);"
	"DROP INDEX proposal_guide;"
	"CREATE INDEX proposal_guide ON proposal (guide, state, decided_at, id);"
	/* of the section's own source: whether its words must be read again */
	"ALTER TABLE guide_section ADD COLUMN hash TEXT NOT NULL DEFAULT '';";

static const char step_4[] =
	/* what is left in base64 was written to git as well, and is of use only after a power cut */
	"DELETE FROM journal_object;";

const char *const schema_steps[] = { step_1, step_2, step_3, step_4, NULL };
