/* conf.h: settings, from one file and the environment, checked once
 *
 * Every key stands in one table (conf.c) with its kind, default and range. The
 * environment wins over the file: GUIDEHALL_SITE_NAME for site_name. */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf {
	const char *listen; /* address:port; port 0 picks one */
	const char *public_url; /* "https://guides.example.org"; "": what the browser says */
	const char *site_name;
	const char *data; /* folder of everything that must be kept */
	const char *web; /* folder of templates and assets */
	const char *guides; /* folder of guides to begin with */
	int64_t event_threads;
	int64_t worker_threads;
	int64_t costly_threads; /* comparing, searching */
	int64_t slow_threads; /* hashing passwords, making files */
	int64_t clone_processes; /* gits at once; 0: no clones */
	int64_t queue_max; /* requests that may wait in each lane */
	int64_t session_days;
	int64_t form_hours; /* how long a form can be sent without a second look */
	int64_t undo_minutes;
	int64_t connections_max;
	int64_t idle_seconds;
	int64_t head_seconds; /* of a request, from its first byte */
	int64_t body_seconds; /* of a request, from its head */
	int64_t rate_least_bytes; /* a second, of bodies and of who takes a reply */
	int64_t stall_seconds; /* how long it may be nothing */
	int64_t rate_limits; /* 0: none */
	int64_t log_requests; /* 1: one line each; 2: also of what needs no worker */
	int64_t behind_proxy; /* 1: believe the last X-Forwarded-For */
	int64_t drain_seconds; /* between "not ready" and the end */
	int64_t sandbox; /* 0: not locked in */
};

/* One row of the table, for the README and `guidehall doctor`. */
struct conf_key {
	const char *name;
	bool number;
	size_t offset;
	const char *standard; /* the default */
	int64_t least, most; /* of a number */
	const char *help;
};
extern const struct conf_key conf_keys[]; /* ends with a NULL name */

/* Fill from defaults, the file (NULL: none) and the environment. Returns
 * false after printing which key of which line is wrong and what would be
 * right. Strings of the file live in the arena. */
struct arena;
bool conf_read(struct conf *conf, struct arena *arena, const char *file);

/* Set one key from text, as a command line option does; the text must outlive
 * the settings. */
bool conf_set(struct conf *conf, const char *name, const char *value);

#endif
