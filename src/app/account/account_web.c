/* account_web.c: /sign-in, /me, /setup, /people */
#include "app/account.h"

#include <string.h>

#include "app/site.h"
#include "base/conf.h"
#include "base/limit.h"
#include "http/router.h"

/* ---- signing in and out ---- */

struct sign_in {
	const char *handle;
	const char *password;
	const char *next; /* where to go afterwards */
};
static const struct field sign_in_fields[] = {
	INPUT_TEXT(struct sign_in, handle, LIMIT_HANDLE_BYTES, FIELD_REQUIRED),
	INPUT_TEXT(struct sign_in, password, LIMIT_PASSWORD_BYTES, FIELD_REQUIRED),
	INPUT_TEXT(struct sign_in, next, LIMIT_URL_BYTES, 0),
	FIELD_END
};
static const struct shape sign_in_shape = SHAPE(sign_in, sign_in_fields);
static const struct page sign_in_page = { "pages/sign-in.html", &sign_in_shape, NULL };

struct next_query {
	const char *next;
};
static const struct field next_fields[] = { INPUT_TEXT(struct next_query, next, LIMIT_URL_BYTES, 0), FIELD_END };
static const struct shape next_shape = SHAPE(next_query, next_fields);

/* A path of our own: "//host" and "/\host" are somebody else's. */
static const char *local_path(const char *next)
{
	if (!next || *next != '/' || next[1] == '/' || next[1] == '\\' || strpbrk(next, "\\\n\t"))
		return "/";
	return next;
}

static bool show_sign_in(struct task *task, const struct request *req, struct reply *rep)
{
	struct next_query query = { 0 };
	struct sign_in form = { 0 };

	if (!request_query(task, req, &next_shape, &query))
		return false;
	form.next = query.next;
	return reply_view(task, req, rep, &form);
}

static const char *cookie(struct task *task, const char *value, int64_t seconds)
{
	bool https = !strncmp(task->conf->public_url, "https:", 6);

	return arena_printf(&task->arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s",
		https ? "__Host-session" : "session", value, (long long)seconds, https ? "; Secure" : "");
}

/* A form comes back with what was typed; passwords are typed again. */
static bool sign_in_again(struct task *task, const struct request *req, struct reply *rep, struct sign_in *form)
{
	if (task->err.code != ERR_FIELDS || req->wants_json)
		return false;
	form->password = NULL;
	return reply_other(task, req, rep, 422, form);
}

static bool sign_in(struct task *task, const struct request *req, struct reply *rep)
{
	struct sign_in form = { 0 };
	const char *session;

	if (!request_read(task, req, &sign_in_shape, &form)
		|| !account_sign_in(task, form.handle, form.password, &session))
		return sign_in_again(task, req, rep, &form);
	rep->cookie = cookie(task, session, task->conf->session_days * 86400);
	return reply_see_other(task, rep, "%s", local_path(form.next));
}

static bool sign_out(struct task *task, const struct request *req, struct reply *rep)
{
	if (req->session && !account_sign_out(task, req->session))
		return false;
	rep->cookie = cookie(task, "", 0);
	rep->forget = true;
	return reply_see_other(task, rep, "/");
}

static bool sign_out_everywhere(struct task *task, const struct request *req, struct reply *rep)
{
	(void)req;
	if (!account_sign_out_everywhere(task))
		return false;
	rep->cookie = cookie(task, "", 0);
	rep->forget = true;
	return reply_see_other(task, rep, "/sign-in");
}

/* ---- one's own page ---- */

struct me {
	struct account account;
	struct list tokens;
	const char *secret; /* of a token made just now, shown once */
	bool saved;
};
static const struct field me_fields[] = {
	FIELD_ONE(struct me, account, &account_shape),
	FIELD_MANY(struct me, tokens, &token_shape),
	FIELD_TEXT(struct me, secret),
	PAGE_BOOL(struct me, saved),
	FIELD_END
};
static const struct shape me_shape = SHAPE(me, me_fields);
static const struct page me_page = { "pages/me.html", &me_shape, NULL };

static bool fill_me(struct task *task, struct me *me)
{
	return account_get(task, task->who.handle, &me->account)
		&& token_list(task, task->who.handle, &me->tokens);
}

static bool show_me(struct task *task, const struct request *req, struct reply *rep)
{
	struct me me = { .saved = !strcmp(req->query, "saved=1") };

	return fill_me(task, &me) && reply_view(task, req, rep, &me);
}

struct profile {
	const char *name;
	const char *interests;
};
static const struct field profile_fields[] = {
	INPUT_TEXT(struct profile, name, LIMIT_NAME_BYTES, 0),
	INPUT_TEXT(struct profile, interests, LIMIT_REASON_BYTES, 0),
	FIELD_END
};
static const struct shape profile_shape = SHAPE(profile, profile_fields);

static bool save_profile(struct task *task, const struct request *req, struct reply *rep)
{
	struct profile p = { 0 };

	return request_read(task, req, &profile_shape, &p)
		&& account_set_profile(task, p.name, p.interests)
		&& reply_see_other(task, rep, "/me?saved=1");
}

struct new_token {
	const char *label;
	const char *scope;
};
static const struct field new_token_fields[] = {
	INPUT_TEXT(struct new_token, label, LIMIT_NAME_BYTES, FIELD_REQUIRED),
	INPUT_TEXT(struct new_token, scope, 16, FIELD_REQUIRED),
	FIELD_END
};
static const struct shape new_token_shape = SHAPE(new_token, new_token_fields);

static bool read_scope(struct task *task, const char *text, enum scope *out)
{
	return scope_parse(text, out) || wrong(task, "scope", "The scope is read, write or moderate.");
}

static bool add_token(struct task *task, const struct request *req, struct reply *rep)
{
	struct new_token t = { 0 };
	struct me me = { 0 };
	enum scope scope;

	return request_read(task, req, &new_token_shape, &t)
		&& read_scope(task, t.scope, &scope)
		&& token_add(task, task->who.handle, t.label, scope, &me.secret)
		&& fill_me(task, &me)
		&& reply_other(task, req, rep, 201, &me);
}

static bool revoke_token(struct task *task, const struct request *req, struct reply *rep)
{
	int64_t id;

	return request_number(task, req, 0, &id)
		&& token_revoke(task, id, task->who.handle)
		&& reply_see_other(task, rep, "/me");
}

/* ---- set-up ---- */

struct setup {
	const char *token;
	const char *handle;
	const char *name;
	const char *password;
};
static const struct field setup_fields[] = {
	INPUT_TEXT(struct setup, token, LIMIT_KEY_BYTES, FIELD_REQUIRED),
	INPUT_TEXT(struct setup, handle, LIMIT_HANDLE_BYTES, FIELD_REQUIRED),
	INPUT_TEXT(struct setup, name, LIMIT_NAME_BYTES, 0),
	INPUT_TEXT(struct setup, password, LIMIT_PASSWORD_BYTES, FIELD_REQUIRED),
	FIELD_END
};
static const struct shape setup_shape = SHAPE(setup, setup_fields);
static const struct page setup_page = { "pages/setup.html", &setup_shape, NULL };

struct setup_query {
	const char *token;
};
static const struct field setup_query_fields[] = {
	INPUT_TEXT(struct setup_query, token, LIMIT_KEY_BYTES, 0),
	FIELD_END
};
static const struct shape setup_query_shape = SHAPE(setup_query, setup_query_fields);

static bool show_setup(struct task *task, const struct request *req, struct reply *rep)
{
	struct setup_query query = { 0 };
	struct setup form = { 0 };

	if (!request_query(task, req, &setup_query_shape, &query) || !setup_check(task, query.token))
		return false;
	form.token = query.token;
	return reply_view(task, req, rep, &form);
}

static bool setup_again(struct task *task, const struct request *req, struct reply *rep, struct setup *form)
{
	if (task->err.code != ERR_FIELDS || req->wants_json || !form->token)
		return false;
	form->password = NULL;
	return reply_other(task, req, rep, 422, form);
}

static bool finish_setup(struct task *task, const struct request *req, struct reply *rep)
{
	struct setup form = { 0 };
	const char *session;

	if (!request_read(task, req, &setup_shape, &form)
		|| !setup_finish(task, form.token, form.handle, form.name, form.password))
		return setup_again(task, req, rep, &form);
	if (!account_sign_in(task, form.handle, form.password, &session))
		return false;
	rep->cookie = cookie(task, session, task->conf->session_days * 86400);
	return reply_see_other(task, rep, "/review");
}

/* ---- people, for administrators ---- */

struct people {
	struct list people;
};
static const struct field people_fields[] = {
	FIELD_MANY(struct people, people, &account_shape),
	FIELD_END
};
static const struct shape people_shape = SHAPE(people, people_fields);
static const struct page people_page = { "pages/people.html", &people_shape, NULL };

static bool show_people(struct task *task, const struct request *req, struct reply *rep)
{
	struct people page = { 0 };

	return account_list(task, &page.people) && reply_view(task, req, rep, &page);
}

struct new_person {
	const char *handle;
	const char *name;
	const char *password;
	const char *role;
};
static const struct field new_person_fields[] = {
	INPUT_TEXT(struct new_person, handle, LIMIT_HANDLE_BYTES, FIELD_REQUIRED),
	INPUT_TEXT(struct new_person, name, LIMIT_NAME_BYTES, 0),
	INPUT_TEXT(struct new_person, password, LIMIT_PASSWORD_BYTES, FIELD_REQUIRED),
	INPUT_TEXT(struct new_person, role, 16, FIELD_REQUIRED),
	FIELD_END
};
static const struct shape new_person_shape = SHAPE(new_person, new_person_fields);

static bool read_role(struct task *task, const char *text, enum role *out)
{
	if (role_parse(text, out) && *out != ROLE_READER)
		return true;
	return wrong(task, "role", "The role is contributor, reviewer, moderator or admin.");
}

static bool people_again(struct task *task, const struct request *req, struct reply *rep)
{
	struct people page = { 0 };
	struct err err = task->err;

	if ((err.code != ERR_FIELDS && err.code != ERR_CONFLICT) || req->wants_json)
		return false;
	task_forgive(task);
	if (!account_list(task, &page.people))
		return false;
	task->err = err;
	return reply_other(task, req, rep, err.code == ERR_FIELDS ? 422 : 409, &page);
}

static bool add_person(struct task *task, const struct request *req, struct reply *rep)
{
	struct new_person p = { 0 };
	enum role role;
	int64_t id;

	if (!request_read(task, req, &new_person_shape, &p)
		|| !read_role(task, p.role, &role)
		|| !account_add(task, p.handle, p.name, role, p.password, &id))
		return people_again(task, req, rep);
	return reply_see_other(task, rep, "/people");
}

struct new_role {
	const char *role;
};
static const struct field new_role_fields[] = { INPUT_TEXT(struct new_role, role, 16, FIELD_REQUIRED), FIELD_END };
static const struct shape new_role_shape = SHAPE(new_role, new_role_fields);

static bool set_role(struct task *task, const struct request *req, struct reply *rep)
{
	struct new_role form = { 0 };
	enum role role;

	return request_read(task, req, &new_role_shape, &form)
		&& read_role(task, form.role, &role)
		&& account_set_role(task, req->param[0], role)
		&& reply_see_other(task, rep, "/people");
}

const struct route account_routes[] = {
	{ GET, "/sign-in", show_sign_in, NEED_NOTHING, &sign_in_page, .input = &next_shape, .flags = ROUTE_HIDDEN },
	{ POST, "/sign-in", sign_in, NEED_NOTHING, .other = &sign_in_page, .input = &sign_in_shape, .flags = ROUTE_GUESS | ROUTE_SLOW, .summary = "Sign in; the answer sets the session cookie" },
	{ POST, "/sign-out", sign_out, NEED_NOTHING, .summary = "End this session" },
	{ GET, "/me", show_me, NEED_SIGN_IN, &me_page, .summary = "One's own account and tokens" },
	{ POST, "/me/profile", save_profile, NEED_SIGN_IN, .input = &profile_shape, .summary = "Change name and declared interests" },
	{ POST, "/me/sign-out-everywhere", sign_out_everywhere, NEED_SIGN_IN, .summary = "End all one's sessions" },
	{ POST, "/me/tokens", add_token, NEED_SIGN_IN, .other = &me_page, .input = &new_token_shape, .result = &me_shape, .summary = "Make a token for a program" },
	{ POST, "/me/tokens/:id/revoke", revoke_token, NEED_SIGN_IN, .summary = "Revoke a token" },
	{ GET, "/setup", show_setup, NEED_NOTHING, &setup_page, .flags = ROUTE_GUESS | ROUTE_HIDDEN },
	{ POST, "/setup", finish_setup, NEED_NOTHING, .other = &setup_page, .input = &setup_shape, .flags = ROUTE_GUESS | ROUTE_SLOW | ROUTE_HIDDEN },
	{ GET, "/people", show_people, NEED_ADMIN, &people_page, .summary = "All accounts" },
	{ POST, "/people", add_person, NEED_ADMIN, .other = &people_page, .input = &new_person_shape, .flags = ROUTE_SLOW, .summary = "Add an account" },
	{ POST, "/people/:handle/role", set_role, NEED_ADMIN, .input = &new_role_shape, .summary = "Give an account another role" },
	{ 0 }
};
