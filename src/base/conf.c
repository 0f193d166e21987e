/* conf.c: the table of settings and its reader */
#include "base/conf.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#ifndef GUIDEHALL_WEB
#define GUIDEHALL_WEB "web"
#endif
#ifndef GUIDEHALL_GUIDES
#define GUIDEHALL_GUIDES "guides"
#endif

#define TEXT(key, value, help) { #key, false, offsetof(struct conf, key), value, 0, 0, help }
#define NUMBER(key, value, least, most, help) { #key, true, offsetof(struct conf, key), value, least, most, help }

const struct conf_key conf_keys[] = {
	TEXT(listen, "127.0.0.1:8080", "address and port; port 0 picks a free one"),
	TEXT(public_url, "", "the site's address as readers type it, without a final slash"),
	TEXT(site_name, "Guidehall", "shown in the header, feeds and releases"),
	TEXT(data, "./data", "folder with repository and database"),
	TEXT(web, GUIDEHALL_WEB, "folder with templates and assets"),
	TEXT(guides, GUIDEHALL_GUIDES, "folder of guides to begin with, read at the first start"),
	NUMBER(event_threads, "1", 1, 64, "threads that read requests and answer from memory"),
	NUMBER(worker_threads, "4", 1, 256, "threads that run everything else"),
	NUMBER(costly_threads, "2", 1, 64, "threads that compare and search"),
	NUMBER(slow_threads, "1", 1, 64, "threads that hash passwords and make release files"),
	NUMBER(clone_processes, "4", 0, 64, "git processes that answer clones at once; more wait; 0: no clones"),
	NUMBER(queue_max, "256", 1, 100000, "requests that may wait in each lane; above: 503"),
	NUMBER(session_days, "14", 1, 365, "how long a browser stays signed in"),
	NUMBER(form_hours, "24", 1, 720, "how long a form can be sent without a second look"),
	NUMBER(undo_minutes, "10", 0, 1440, "how long a merge can be taken back with one button"),
	NUMBER(connections_max, "1000", 16, 100000, "open connections"),
	NUMBER(idle_seconds, "30", 1, 3600, "how long a silent connection stays open"),
	NUMBER(head_seconds, "10", 1, 300, "how long the head of a request may take"),
	NUMBER(body_seconds, "300", 1, 3600, "how long the body of a request may take"),
	NUMBER(rate_least_bytes, "1024", 1, 1000000, "bytes a second a body must come and a reply be taken with, on average"),
	NUMBER(stall_seconds, "20", 1, 300, "how long bodies and readers may stand still"),
	NUMBER(rate_limits, "1", 0, 1, "whether addresses and accounts are slowed down: 1 or 0"),
	NUMBER(log_requests, "1", 0, 2, "lines of the log: 1 for each request a worker answers, 2 for kept pages, assets and refusals, too"),
	NUMBER(behind_proxy, "0", 0, 1, "1: a proxy in front writes X-Forwarded-For, and nobody else can reach the program"),
	NUMBER(drain_seconds, "0", 0, 600, "how long /readyz says no before SIGTERM ends the program"),
	NUMBER(sandbox, "1", 0, 1, "whether the program locks itself in, by Landlock and seccomp"),
	{ 0 }
};

static const struct conf_key *find(const char *name)
{
	for (const struct conf_key *k = conf_keys; k->name; k++)
		if (!strcmp(k->name, name))
			return k;
	fprintf(stderr, "guidehall: there is no setting %s\n", name);
	return NULL;
}

static bool set_number(struct conf *conf, const struct conf_key *key, const char *value)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(value, &end, 10);
	if (errno || *end || end == value || n < key->least || n > key->most) {
		fprintf(stderr, "guidehall: %s must be a number from %lld to %lld, not \"%s\"\n",
			key->name, (long long)key->least, (long long)key->most, value);
		return false;
	}
	*(int64_t *)(void *)((char *)conf + key->offset) = n;
	return true;
}

bool conf_set(struct conf *conf, const char *name, const char *value)
{
	const struct conf_key *key = find(name);

	if (!key)
		return false;
	if (key->number)
		return set_number(conf, key, value);
	*(const char **)(void *)((char *)conf + key->offset) = value;
	return true;
}

struct reader {
	struct conf *conf;
	struct arena *arena;
};

static int set_line(void *cls, const char *section, const char *name, const char *value)
{
	struct reader *reader = cls;

	if (*section) {
		fprintf(stderr, "guidehall: settings stand outside of [%s]\n", section);
		return 0;
	}
	return conf_set(reader->conf, name, arena_strdup(reader->arena, value));
}

static bool set_from_environment(struct conf *conf, const struct conf_key *key)
{
	char name[64] = "GUIDEHALL_";
	size_t len = strlen(name);
	const char *value;

	for (const char *c = key->name; *c && len + 1 < sizeof(name); c++)
		name[len++] = (char)toupper((unsigned char)*c);
	name[len] = '\0';
	value = getenv(name);
	return !value || conf_set(conf, key->name, value);
}

bool conf_read(struct conf *conf, struct arena *arena, const char *file)
{
	struct reader reader = { conf, arena };
	int line;

	for (const struct conf_key *k = conf_keys; k->name; k++)
		if (!conf_set(conf, k->name, k->standard))
			return false;
	line = file ? ini_parse(file, set_line, &reader) : 0;
	if (line) {
		if (line < 0)
			fprintf(stderr, "guidehall: cannot read %s\n", file);
		else
			fprintf(stderr, "guidehall: %s, line %d is wrong\n", file, line);
		return false;
	}
	for (const struct conf_key *k = conf_keys; k->name; k++)
		if (!set_from_environment(conf, k))
			return false;
	return true;
}
