/* command.c: reading the command line, and what each subcommand does */
#include "command.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/account.h"
#include "app/release.h"
#include "backup.h"
#include "base/limit.h"
#include "doctor.h"
#include "git/repo.h"
#include "sandbox.h"
#include "service.h"

/* ---- the command line ---- */

static const struct {
	const char *option;
	size_t offset;
} options[] = {
	{ "--role", offsetof(struct arguments, role) },
	{ "--name", offsetof(struct arguments, name) },
	{ "--scope", offsetof(struct arguments, scope) },
	{ "--label", offsetof(struct arguments, label) },
	{ "--guide", offsetof(struct arguments, guide) },
	{ "--version", offsetof(struct arguments, version) },
	{ "--notes", offsetof(struct arguments, notes) },
	{ "--data", offsetof(struct arguments, conf) + offsetof(struct conf, data) },
	{ "--listen", offsetof(struct arguments, conf) + offsetof(struct conf, listen) },
	{ "--web", offsetof(struct arguments, conf) + offsetof(struct conf, web) },
	{ "--guides", offsetof(struct arguments, conf) + offsetof(struct conf, guides) },
	{ "--public-url", offsetof(struct arguments, conf) + offsetof(struct conf, public_url) },
};

static bool complain(const struct arguments *args, const char *what, const char *word)
{
	fprintf(stderr, "guidehall %s: %s %s; see guidehall %s --help\n", args->command->name, what, word,
		args->command->name);
	return false;
}

static bool set_option(struct arguments *args, const char *option, const char *value)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (strcmp(options[i].option, option))
			continue;
		if (!value)
			return complain(args, "a value is missing behind", option);
		*(const char **)(void *)((char *)args + options[i].offset) = value;
		return true;
	}
	return complain(args, "there is no option", option);
}

static const char *conf_file(int argc, char **argv)
{
	for (int i = 0; i + 1 < argc; i++)
		if (!strcmp(argv[i], "--conf"))
			return argv[i + 1];
	return getenv("GUIDEHALL_CONF");
}

static bool read_word(struct arguments *args, const char *word)
{
	if (args->count == WORDS_MAX)
		return complain(args, "too many words, at", word);
	args->words[args->count++] = word;
	return true;
}

bool arguments_read(struct arguments *args, int argc, char **argv)
{
	if (!conf_read(&args->conf, &args->arena, conf_file(argc, argv)))
		return false;
	for (int i = 0; i < argc; i++) {
		const char *next = i + 1 < argc ? argv[i + 1] : NULL;

		if (!strcmp(argv[i], "--help"))
			args->help = true;
		else if (!strcmp(argv[i], "--password-stdin"))
			args->password_stdin = true;
		else if (!strcmp(argv[i], "--sandbox"))
			args->sandbox = true;
		else if (!strcmp(argv[i], "--conf"))
			i++; /* NOLINT(bugprone-branch-clone): both step over a value; only one keeps it */
		else if (strncmp(argv[i], "--", 2)) {
			if (!read_word(args, argv[i]))
				return false;
		} else if (!set_option(args, argv[i], next)) {
			return false;
		} else {
			i++;
		}
	}
	return true;
}

/* ---- running one ---- */

/* The words behind the command: "add HANDLE". */
struct verb {
	const char *name;
	int words; /* it takes, itself included */
	bool (*run)(struct task *task, const struct arguments *args);
};

static const struct verb *find_verb(const struct verb *verbs, const struct arguments *args)
{
	for (; verbs->name; verbs++)
		if (args->count == verbs->words && (!*verbs->name || !strcmp(args->words[0], verbs->name)))
			return verbs;
	return NULL;
}

static int run(const struct verb *verbs, const struct arguments *args)
{
	const struct verb *verb = find_verb(verbs, args);
	struct service *service;
	struct task task;
	bool good;

	if (!verb) {
		fprintf(stderr, "usage: guidehall %s\n", args->command->usage);
		return EXIT_USAGE;
	}
	service = service_open(&args->conf);
	if (!service)
		return EXIT_FAILURE;
	service_begin(service, &task);
	verb->run(&task, args);
	good = service_end(service, &task);
	service_close(service);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

int command_serve(const struct arguments *args)
{
	struct service *service = service_open(&args->conf);
	int status;

	if (!service)
		return EXIT_FAILURE;
	status = service_run(service);
	service_close(service);
	return status;
}

/* ---- init ---- */

/* Opening the data makes them. */
static bool nothing(struct task *task, const struct arguments *args)
{
	(void)task;
	(void)args;
	return true;
}

int command_init(const struct arguments *args)
{
	static const struct verb verbs[] = { { "", 0, nothing }, { 0 } };

	return run(verbs, args);
}

/* ---- user ---- */

static const char *read_password(struct task *task, const struct arguments *args)
{
	char line[LIMIT_PASSWORD_BYTES + 2] = "";

	if (!args->password_stdin || !fgets(line, sizeof(line), stdin))
		return NULL;
	line[strcspn(line, "\r\n")] = '\0';
	return arena_strdup(&task->arena, line);
}

static bool read_role(struct task *task, const char *text, enum role *out)
{
	if (text && role_parse(text, out))
		return true;
	return fail(task, ERR_FIELDS, "The role is contributor, reviewer, moderator or admin (--role ROLE).");
}

static bool user_add(struct task *task, const struct arguments *args)
{
	const char *password = read_password(task, args);
	enum role role;
	int64_t id;

	if (!password)
		return fail(task, ERR_FIELDS, "Give the password on standard input, with --password-stdin.");
	return read_role(task, args->role ? args->role : "contributor", &role)
		&& account_add(task, args->words[1], args->name, role, password, &id);
}

static bool user_list(struct task *task, const struct arguments *args)
{
	struct list all = { 0 };

	(void)args;
	if (!account_list(task, &all))
		return false;
	for (size_t i = 0; i < all.count; i++) {
		const struct account *a = (const struct account *)all.items + i;

		printf("%s\t%s\t%s\n", a->handle, a->role, a->name ? a->name : "");
	}
	return true;
}

static bool user_role(struct task *task, const struct arguments *args)
{
	enum role role = ROLE_READER;

	if (!read_role(task, args->words[2], &role))
		return false;
	return args->guide ? account_set_guide_role(task, args->words[1], args->guide, role)
			   : account_set_role(task, args->words[1], role);
}

static bool user_password(struct task *task, const struct arguments *args)
{
	const char *password = read_password(task, args);

	if (!password)
		return fail(task, ERR_FIELDS, "Give the password on standard input, with --password-stdin.");
	return account_set_password(task, args->words[1], password);
}

static bool user_erase(struct task *task, const struct arguments *args)
{
	return account_erase(task, args->words[1]);
}

int command_user(const struct arguments *args)
{
	static const struct verb verbs[] = {
		{ "add", 2, user_add }, { "list", 1, user_list }, { "role", 3, user_role },
		{ "password", 2, user_password }, { "erase", 2, user_erase }, { 0 }
	};

	return run(verbs, args);
}

/* ---- token ---- */

static bool add_token(struct task *task, const struct arguments *args)
{
	const char *secret;
	enum scope scope;

	if (!scope_parse(args->scope ? args->scope : "read", &scope))
		return fail(task, ERR_FIELDS, "The scope is read, write or moderate.");
	if (!token_add(task, args->words[1], args->label ? args->label : "command line", scope, &secret))
		return false;
	printf("%s\n", secret);
	return true;
}

static bool list_tokens(struct task *task, const struct arguments *args)
{
	struct list all = { 0 };

	(void)args;
	if (!token_list(task, NULL, &all))
		return false;
	for (size_t i = 0; i < all.count; i++) {
		const struct token *t = (const struct token *)all.items + i;

		printf("%lld\t%s\t%s\t%s\n", (long long)t->id, t->handle, t->scope, t->label);
	}
	return true;
}

static bool revoke_token(struct task *task, const struct arguments *args)
{
	return token_revoke(task, strtoll(args->words[1], NULL, 10), NULL);
}

int command_token(const struct arguments *args)
{
	static const struct verb verbs[] = {
		{ "add", 2, add_token }, { "list", 1, list_tokens }, { "revoke", 2, revoke_token }, { 0 }
	};

	return run(verbs, args);
}

/* ---- release ---- */

static bool make_release(struct task *task, const struct arguments *args)
{
	struct release r;

	if (!release_make(task, args->words[1], args->version, args->notes, &r))
		return false;
	printf("%s\n", r.tag);
	return true;
}

static bool list_releases(struct task *task, const struct arguments *args)
{
	struct list all = { 0 };

	(void)args;
	if (!release_list(task, NULL, LIMIT_LIST_ROWS, &all))
		return false;
	for (size_t i = 0; i < all.count; i++)
		printf("%s\n", ((const struct release *)all.items)[i].tag);
	return true;
}

static bool verify_release(struct task *task, const struct arguments *args)
{
	if (!release_verify(task, args->words[1], args->words[2]))
		return false;
	printf("%s %s: every file is what was published\n", args->words[1], args->words[2]);
	return true;
}

int command_release(const struct arguments *args)
{
	static const struct verb verbs[] = {
		{ "make", 2, make_release }, { "list", 1, list_releases }, { "verify", 3, verify_release }, { 0 }
	};

	return run(verbs, args);
}

/* ---- backup ---- */

static bool write_backup(struct task *task, const struct arguments *args)
{
	return backup_write(task, args->words[0]);
}

int command_backup(const struct arguments *args)
{
	static const struct verb verbs[] = { { "", 1, write_backup }, { 0 } };

	return run(verbs, args);
}

/* Before there are stores to open; afterwards opening them repairs them. */
int command_restore(const struct arguments *args)
{
	struct task task = { .conf = &args->conf };
	struct service *service = NULL;
	bool good;

	if (args->count != 1) {
		fprintf(stderr, "usage: guidehall %s\n", args->command->usage);
		return EXIT_USAGE;
	}
	good = backup_restore(&task, args->words[0], args->conf.data);
	if (!good)
		fprintf(stderr, "guidehall: %s\n", task.err.message);
	arena_free(&task.arena);
	if (good && (service = service_open(&args->conf)))
		service_close(service);
	return service ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* ---- check ---- */

static bool check_releases(struct task *task)
{
	struct list all = { 0 };

	if (!release_list(task, NULL, LIMIT_LIST_ROWS, &all))
		return false;
	for (size_t i = 0; i < all.count; i++) {
		const struct release *r = (const struct release *)all.items + i;

		if (!release_verify(task, r->guide, r->version))
			return false;
	}
	return true;
}

static bool check_all(struct task *task, const struct arguments *args)
{
	int64_t proposals;

	(void)args;
	if (!proposal_check(task, &proposals) || !check_releases(task))
		return false;
	printf("repository, tables and releases agree: %lld proposals\n", (long long)proposals);
	return true;
}

int command_check(const struct arguments *args)
{
	static const struct verb verbs[] = { { "", 0, check_all }, { 0 } };

	return run(verbs, args);
}

/* ---- doctor ---- */

int command_doctor(const struct arguments *args)
{
	bool good;

	if (args->count) {
		fprintf(stderr, "usage: guidehall %s\n", args->command->usage);
		return EXIT_USAGE;
	}
	repo_init();
	good = args->sandbox ? sandbox_try(&args->conf, stdout) : doctor_examine(&args->conf);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
