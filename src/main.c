/* main.c: the command line: a table of subcommands */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

static const struct command commands[] = {
	{ "serve", command_serve, "serve [--listen ADDR:PORT] [--guides FOLDER]", "run the site" },
	{ "init", command_init, "init [--guides FOLDER]", "make repository and database, import guides" },
	{ "user", command_user, "user add HANDLE --role ROLE [--name N] [--password-stdin] | list | role HANDLE ROLE [--guide SLUG] | password HANDLE --password-stdin | erase HANDLE", "people and their roles" },
	{ "token", command_token, "token add HANDLE [--scope read|write|moderate] [--label TEXT] | list | revoke ID", "access for programs" },
	{ "release", command_release, "release make SLUG [--version V] [--notes TEXT] | list | verify SLUG VERSION", "versions of a guide" },
	{ "backup", command_backup, "backup FILE", "everything in one file, while serving" },
	{ "restore", command_restore, "restore FILE --data DIR", "bring a backup back, into a new folder" },
	{ "check", command_check, "check", "whether repository, tables and releases agree" },
	{ "doctor", command_doctor, "doctor [--sandbox]", "what is missing on this machine and how to mend it; or try the sandbox" },
	{ 0 }
};

static void usage(FILE *out)
{
	fprintf(out, "usage: guidehall COMMAND [--data DIR] [--conf FILE] ...\n\n");
	for (const struct command *c = commands; c->name; c++)
		fprintf(out, "  %-8s %s\n           guidehall %s\n", c->name, c->summary, c->usage);
}

static const struct command *find(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

int main(int argc, char **argv)
{
	const struct command *command = argc > 1 ? find(argv[1]) : NULL;
	struct arguments args = { .command = command };
	int status = EXIT_SUCCESS;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help"))) {
		usage(stdout);
		return EXIT_SUCCESS;
	}
	if (!command) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (!arguments_read(&args, argc - 2, argv + 2))
		status = EXIT_USAGE;
	else if (args.help)
		printf("usage: guidehall %s\n\n%s\n", command->usage, command->summary);
	else
		status = command->run(&args);
	arena_free(&args.arena);
	return status;
}
