/* command.h: what a subcommand gets, and the subcommands */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/conf.h"

#define EXIT_USAGE 2
#define WORDS_MAX 4

struct arguments;

struct command {
	const char *name;
	int (*run)(const struct arguments *args);
	const char *usage;
	const char *summary;
};

/* Options may stand anywhere; the rest are words. */
struct arguments {
	const struct command *command;
	struct conf conf;
	struct arena arena; /* texts of the settings */
	const char *words[WORDS_MAX];
	int count;
	bool help;
	bool password_stdin;
	bool sandbox;
	const char *role, *name, *scope, *label, *guide, *version, *notes;
};

/* Returns false after printing what is wrong. */
bool arguments_read(struct arguments *args, int argc, char **argv);

int command_serve(const struct arguments *args);
int command_init(const struct arguments *args);
int command_user(const struct arguments *args);
int command_token(const struct arguments *args);
int command_release(const struct arguments *args);
int command_backup(const struct arguments *args);
int command_restore(const struct arguments *args);
int command_check(const struct arguments *args);
int command_doctor(const struct arguments *args);

#endif
