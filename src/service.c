#include "service.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>
#include <sodium.h>

#include "app/account.h"
#include "app/guide.h"
#include "app/journal.h"
#include "app/proposal.h"
#include "app/release.h"
#include "backup.h"
#include "base/log.h"
#include "base/memo.h"
#include "base/memory.h"
#include "db/db.h"
#include "git/repo.h"
#include "git/serve.h"
#include "http/server.h"
#include "measure.h"
#include "sandbox.h"
#include "site.h"
#include "worker.h"

#define TRIM_SECONDS 2
#define MEMO_BYTES (2 * 1024 * 1024)

struct service {
	const struct conf *conf;
	char *repo_path;
	int lock; /* data/lock, held while we run */
	bool first; /* nobody else has the data open */
	struct memo *memo;
	struct db_store *store;
	struct db *db; /* the service's own desk */
	struct repo *repo;
	struct journal journal;
	bool ready; /* opened and repaired */
	struct serve *serve; /* NULL: nobody may clone */
	struct measured measured;
};

/* ---- the data folder ---- */

static char *join(const char *folder, const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		memory_out();
	return path;
}

static bool make_folder(const char *path)
{
	if (!mkdir(path, 0700) || errno == EEXIST)
		return true;
	fprintf(stderr, "guidehall: cannot make the folder %s: %s\n", path, strerror(errno));
	return false;
}

/* The first process to open the data holds the lock for itself while it
 * repairs, then shares it; so commands work beside a running server, and
 * only the first one repairs. */
static bool lock_data(struct service *service)
{
	char *path = join(service->conf->data, "lock");

	service->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	free(path);
	if (service->lock < 0) {
		fprintf(stderr, "guidehall: cannot write to %s: %s\n", service->conf->data, strerror(errno));
		return false;
	}
	service->first = !flock(service->lock, LOCK_EX | LOCK_NB);
	return service->first || !flock(service->lock, LOCK_SH);
}

static bool open_stores(struct service *service)
{
	char *tables = join(service->conf->data, "guidehall.db");

	service->store = db_store_open(tables);
	free(tables);
	service->db = service->store ? db_open(service->store) : NULL;
	service->repo = service->db ? repo_open(service->repo_path) : NULL;
	return service->repo;
}

/* ---- repair ---- */

static bool import_if_empty(struct task *task)
{
	struct oid main;

	if (!repo_find(task, REPO_MAIN, &main))
		return false;
	return main.hex[0] || guide_import(task, task->conf->guides);
}

static bool repair(struct service *service)
{
	struct task task;

	service_begin(service, &task);
	/* nobody else has the data open, so every lock in git is a dead one's */
	if (repo_unlock(&task) && backup_sweep(&task) && journal_recover(&task) && import_if_empty(&task) && proposal_recover(&task)
		&& guide_refresh_all(&task))
		release_recover(&task);
	return service_end(service, &task);
}

/* Another process has the data open and lives; one that died may have left
 * moves unmade. */
static bool catch_up(struct service *service)
{
	struct task task;

	service_begin(service, &task);
	journal_catch_up(&task);
	return service_end(service, &task);
}

struct service *service_open(const struct conf *conf)
{
	struct service *service = memory_must(calloc(1, sizeof(*service)));

	if (sodium_init() < 0)
		abort();
	json_set_alloc_funcs(memory_get, free);
	json_object_seed(0);
	repo_init();
	service->conf = conf;
	service->lock = -1;
	service->repo_path = join(conf->data, "guides.git");
	service->memo = memo_open(MEMO_BYTES);
	if (!make_folder(conf->data) || !lock_data(service)) {
		service_close(service);
		return NULL;
	}
	if (!open_stores(service) || !(service->first ? repair(service) : catch_up(service))) {
		service_close(service);
		return NULL;
	}
	flock(service->lock, LOCK_SH);
	service->ready = true;
	return service;
}

/* What the journal holds goes to the disk, so that the next start is quick. */
static void settle(struct service *service)
{
	struct task task;

	service_begin(service, &task);
	journal_settle(&task);
	service_end(service, &task);
}

void service_close(struct service *service)
{
	/* a journal that could not be done again is all there is of it */
	if (service->ready)
		settle(service);
	repo_close(service->repo);
	db_close(service->db);
	db_store_close(service->store);
	memo_close(service->memo);
	spare_give(&service->journal.spare);
	if (service->lock >= 0)
		close(service->lock);
	free(service->repo_path);
	free(service);
}

void service_begin(struct service *service, struct task *task)
{
	*task = (struct task) { .now = time(NULL), .conf = service->conf, .memo = service->memo, .db = service->db, .repo = service->repo, .journal = &service->journal };
}

bool service_end(struct service *service, struct task *task)
{
	bool good = !task->err.code;

	if (!good)
		fprintf(stderr, "guidehall: %s\n", task->err.detail ? task->err.detail : task->err.message);
	db_settle(service->db);
	arena_free(&task->arena);
	return good;
}

/* ---- serving ---- */

static void announce(struct service *service, int port)
{
	const char *colon = strrchr(service->conf->listen, ':');
	int host_len = (int)(colon - service->conf->listen);
	struct task task;
	const char *secret = NULL;

	service_begin(service, &task);
	if (setup_secret(&task, &secret) && secret)
		printf("set up the first moderator here, once: http://%.*s:%d/setup?token=%s\n",
			host_len, service->conf->listen, port, secret);
	service_end(service, &task);
	printf("listening on http://%.*s:%d\n", host_len, service->conf->listen, port);
	fflush(stdout);
}

static uint64_t store_version(const void *store, const char *part)
{
	return db_store_version(store, part);
}

static struct router *open_router(struct service *service)
{
	struct router_options options = { .site = &site_map, .conf = service->conf, .web = service->conf->web,
		.measure = measure_site, .measured = &service->measured };
	unsigned char key[32];
	struct task task;

	service_begin(service, &task);
	account_form_key(&task, key);
	options.form_key = key;
	return service_end(service, &task) ? router_open(&options) : NULL;
}

static struct workers *open_workers(struct service *service)
{
	const struct workers_options options = { service->conf, service->memo, service->store, service->repo_path, service->serve,
		&service->journal };

	return workers_open(&options);
}

/* Meanwhile, what was freed between what is kept goes back to the system. */
static void wait_for_signal(const sigset_t *signals)
{
	static const struct timespec now_and_then = { .tv_sec = TRIM_SECONDS };

	while (sigtimedwait(signals, NULL, &now_and_then) < 0)
		malloc_trim(0);
}

/* SIGTERM; then, for as long as the settings say, whoever asks is told to go
 * elsewhere, and a second signal ends that. */
static void wait_for_end(const struct service *service, struct router *router, const sigset_t *signals)
{
	const struct timespec patience = { .tv_sec = service->conf->drain_seconds };

	wait_for_signal(signals);
	router_drain(router);
	if (patience.tv_sec)
		sigtimedwait(signals, NULL, &patience);
}

static const char *in_force(bool it_is, const char *what)
{
	return it_is ? what : "no: this kernel has none";
}

/* Everything is open, and there is one thread. */
static bool lock_in(struct service *service)
{
	struct sandbox *sandbox = &service->measured.sandbox;
	char version[16];

	if (!sandbox_lock(service->conf, LOCK_SERVER, sandbox))
		return false;
	snprintf(version, sizeof(version), "%d", sandbox->landlock);
	if (service->conf->sandbox)
		log_event("sandbox", "landlock", in_force(sandbox->landlock, version), "seccomp", in_force(sandbox->seccomp, "yes"), NULL);
	else
		log_event("sandbox", "off", "by the setting sandbox", NULL);
	return true;
}

static void allow_descriptors(const struct conf *conf)
{
	int64_t need = descriptors_needed(conf), may = descriptors_allow(need);
	char needed[32], allowed[32];

	if (may >= need)
		return;
	snprintf(needed, sizeof(needed), "%lld", (long long)need);
	snprintf(allowed, sizeof(allowed), "%lld", (long long)may);
	log_event("few", "what", "files that may be open: see guidehall doctor", "needed", needed, "allowed", allowed, NULL);
}

static int serve(struct service *service, struct router *router, const sigset_t *signals)
{
	struct measured *m = &service->measured;

	allow_descriptors(service->conf);
	if (!lock_in(service) || !workers_start(m->workers) || !server_start(m->server))
		return EXIT_FAILURE;
	announce(service, server_port(m->server));
	log_event("start", "libmicrohttpd", server_library(), "listen", service->conf->listen, "data", service->conf->data, NULL);
	wait_for_end(service, router, signals);
	log_event("stop", "data", service->conf->data, NULL);
	return EXIT_SUCCESS;
}

/* What the threads will need, then the threads, then all of it back. */
static int open_and_serve(struct service *service, struct router *router, const sigset_t *signals)
{
	struct server_options options = { .conf = service->conf, .router = router, .web = service->conf->web,
		.submit = workers_submit, .version = store_version, .store = service->store };
	struct measured *m = &service->measured;
	int status = EXIT_FAILURE;

	options.workers = m->workers = open_workers(service);
	m->server = m->workers ? server_open(&options) : NULL;
	if (m->server) {
		status = serve(service, router, signals);
		server_stop(m->server, workers_drain);
	}
	if (m->workers)
		workers_stop(m->workers);
	return status;
}

static bool lock_git(const void *site, bool is_git)
{
	struct sandbox locked;

	return sandbox_lock(site, is_git ? LOCK_GIT : LOCK_STARTER, &locked);
}

static bool start_serving(struct service *service)
{
	const struct serve_options options = { service->conf->data, service->repo_path, service->conf->clone_processes,
		lock_git, service->conf };

	if (!service->conf->clone_processes)
		return true;
	service->serve = serve_start(&options);
	return service->serve;
}

/* A server runs for months beside others. Threads share two heaps, and what is
 * larger than what zlib takes for an object stands alone: pages that are kept
 * would hold the heap open between what comes and goes. */
static void be_modest(void)
{
	mallopt(M_ARENA_MAX, 2);
	mallopt(M_MMAP_THRESHOLD, 80 * 1024);
	mallopt(M_TRIM_THRESHOLD, 512 * 1024);
	malloc_trim(0); /* of starting, before it is copied into the process that starts git */
}

int service_run(struct service *service)
{
	struct router *router;
	sigset_t signals;
	int status = EXIT_FAILURE;

	be_modest();
	/* first, while there is one thread and nothing but the data is open */
	router = start_serving(service) ? open_router(service) : NULL;
	measure_open(&service->measured, service->conf, service->serve);
	/* blocked in all threads, taken by wait_for_signal() in this one */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (router)
		status = open_and_serve(service, router, &signals);
	router_close(router);
	serve_stop(service->serve);
	measure_close(&service->measured);
	return status;
}
