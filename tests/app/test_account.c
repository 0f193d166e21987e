/* test_account.c: people, sessions, tokens, the first moderator */
#include "fixture.h"

static void test_names(struct fixture *f)
{
	static const char *const bad[] = { "", "Ada", "-ada", "ada!", "a b", "abcdefghijklmnopqrstuvwxyzabcdefg", "adä" };
	int64_t id;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct task task = begin(f, 0, ROLE_READER);

		CHECK(!account_add(&task, bad[i], NULL, ROLE_CONTRIBUTOR, NULL, &id));
		CHECK(task.err.code == ERR_FIELDS);
		end(&task);
	}
}

static void test_signing_in(struct fixture *f)
{
	struct task task = begin(f, 0, ROLE_READER);
	const char *session, *other;
	int64_t id;

	CHECK(account_add(&task, "ada", "Ada L.", ROLE_REVIEWER, "correct horse", &id));
	CHECK(account_sign_in(&task, "ada", "correct horse", &session));
	CHECK(strlen(session) == 43);
	CHECK(account_identify(&task, session, NULL));
	CHECK(task.who.account == id && task.who.role == ROLE_REVIEWER);
	CHECK_STR(task.who.name, "Ada L.");
	CHECK(strcmp(task.who.session, session)); /* what forms see is not the cookie */
	CHECK(account_sign_in(&task, "ada", "correct horse", &other));
	CHECK(account_sign_out(&task, session));
	CHECK(account_identify(&task, session, NULL) && !task.who.account);
	CHECK(account_identify(&task, other, NULL) && task.who.account == id);
	CHECK(account_set_role(&task, "ada", ROLE_MODERATOR)); /* ends all sessions */
	CHECK(account_identify(&task, other, NULL) && !task.who.account);
	CHECK(!account_sign_in(&task, "ada", "wrong horse", &session) && task.err.code == ERR_FIELDS);
	task_forgive(&task);
	task.now += f->conf.session_days * 86400 + 1;
	end(&task);
}

static void test_sessions_end(struct fixture *f)
{
	struct task task = begin(f, 0, ROLE_READER);
	const char *session;

	CHECK(account_sign_in(&task, "ada", "correct horse", &session));
	task.now += f->conf.session_days * 86400 - 1;
	CHECK(account_identify(&task, session, NULL) && task.who.account);
	task.now += 1;
	CHECK(account_identify(&task, session, NULL) && !task.who.account);
	end(&task);
}

static void test_tokens(struct fixture *f)
{
	struct task task = begin(f, 0, ROLE_READER);
	struct list tokens = { 0 };
	const char *secret;

	CHECK(token_add(&task, "ada", "script", SCOPE_READ, &secret));
	CHECK(account_identify(&task, NULL, secret) && task.who.account && task.who.scope == SCOPE_READ && !task.who.session);
	CHECK(token_list(&task, "ada", &tokens) && tokens.count == 1);
	CHECK(!token_revoke(&task, ((struct token *)tokens.items)->id, "nobody") && task.err.code == ERR_NOT_FOUND);
	task_forgive(&task);
	db_settle(f->db);
	CHECK(token_revoke(&task, ((struct token *)tokens.items)->id, "ada"));
	CHECK(!account_identify(&task, NULL, secret) && task.err.code == ERR_LOGIN);
	end(&task);
}

static void test_set_up_works_once(struct fixture *f)
{
	struct task task = begin(f, 0, ROLE_READER);
	const char *secret;

	CHECK(setup_secret(&task, &secret) && !secret); /* ada moderates already */
	CHECK(account_set_role(&task, "ada", ROLE_CONTRIBUTOR));
	CHECK(setup_secret(&task, &secret) && secret);
	CHECK(!setup_finish(&task, "guess", "eve", NULL, "correct horse") && task.err.code == ERR_FORBIDDEN);
	task_forgive(&task);
	db_settle(f->db);
	CHECK(setup_finish(&task, secret, "judit", "Judit", "correct horse"));
	CHECK(!setup_finish(&task, secret, "eve", NULL, "correct horse") && task.err.code == ERR_FORBIDDEN);
	end(&task);
}

static void test_erasure(struct fixture *f)
{
	struct task task = begin(f, 0, ROLE_READER);
	const char *shown, *session;

	CHECK(account_sign_in(&task, "ada", "correct horse", &session));
	CHECK(account_erase(&task, "ada"));
	CHECK(account_identify(&task, session, NULL) && !task.who.account);
	CHECK(account_shown(&task, 1, &shown));
	CHECK_STR(shown, "a former member");
	CHECK(!account_sign_in(&task, "ada", "correct horse", &session));
	task_forgive(&task);
	CHECK(account_add(&task, "ada", NULL, ROLE_CONTRIBUTOR, NULL, &(int64_t) { 0 })); /* the handle is free again */
	end(&task);
}

static void test_roles_of_a_guide(struct fixture *f)
{
	int64_t bob = person(f, "bob", ROLE_CONTRIBUTOR);
	struct task task = begin(f, bob, ROLE_CONTRIBUTOR);
	enum role role;

	CHECK(account_set_guide_role(&task, "bob", "twitter", ROLE_MODERATOR));
	CHECK(account_role_on(&task, "twitter", &role) && role == ROLE_MODERATOR);
	CHECK(account_role_on(&task, "blogs", &role) && role == ROLE_CONTRIBUTOR);
	CHECK(account_set_guide_role(&task, "bob", "twitter", ROLE_READER));
	CHECK(account_role_on(&task, "twitter", &role) && role == ROLE_CONTRIBUTOR);
	end(&task);
}

int main(int argc, char **argv)
{
	struct fixture f;

	CHECK(argc == 2);
	fixture_open(&f, argv[1]);
	test_names(&f);
	test_signing_in(&f);
	test_sessions_end(&f);
	test_tokens(&f);
	test_set_up_works_once(&f);
	test_erasure(&f);
	test_roles_of_a_guide(&f);
	fixture_close(&f);
	return test_result();
}
