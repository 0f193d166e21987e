/* serve_folder.c: our server in Apache's place, for git's own HTTP tests
 *
 *	serve_folder -d ROOT -c "Listen ADDRESS:PORT" -k start|stop
 *
 * git's tests fetch from repositories of theirs under ROOT/www, at addresses
 * like /smart/repo.git. Whatever git's protocol is made of goes through the
 * program's own code: server.c and exchange.c read the request, clone_routes
 * answers it, serve.c starts git, stream.c sends what it says. What is
 * different here: which repository (where the program has one), and a few
 * lines of Apache's configuration: redirects, passwords, a cookie, the log. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../src/http/exchange.h"
#include "app/clone.h"
#include "app/site.h"
#include "base/conf.h"
#include "git/serve.h"

#define PASSWORD "Basic dXNlckBob3N0OnBhc3NAaG9zdA==" /* user@host:pass@host, as in git's lib-httpd/passwd */
#define LOG "access.log"
#define PROCESS "httpd.pid"

struct folder {
	struct conf conf;
	struct serve *serve;
	struct router *router;
	FILE *log;
	_Atomic int visits;
};

/* One request and the repository it is about. */
struct visit {
	struct task task; /* first: a task is a visit */
	struct folder *folder;
	struct exchange *exchange;
	const char *repository;
};

/* ---- which repository: in place of src/app/clone/clone.c ---- */

static bool ask(struct task *task, struct serve_order order, struct clone *out)
{
	const struct visit *visit = (const struct visit *)(const void *)task;
	struct served served;

	order.repository = visit->repository;
	if (!serve_ask(task, &order, &served))
		return false;
	*out = (struct clone) { served.output, served.leash };
	return true;
}

bool clone_refs(struct task *task, int protocol, struct clone *out)
{
	return ask(task, (struct serve_order) { .what = SERVE_REFS, .protocol = protocol }, out);
}

bool clone_pack(struct task *task, int protocol, const char *body, size_t len, struct clone *out)
{
	return ask(task, (struct serve_order) { .what = SERVE_PACK, .protocol = protocol, .body = body, .len = len }, out);
}

/* "/auth/smart/repo.git/info/refs" is "/guides.git/info/refs" of repo.git. */
static bool find_repository(struct visit *visit)
{
	struct request *req = &visit->exchange->request;
	struct arena *arena = &visit->exchange->arena;
	const char *smart = strstr(req->path, "/smart"), *name = smart ? strchr(smart + 1, '/') : NULL;
	const char *rest = name ? strchr(name + 1, '/') : NULL;

	if (!rest)
		return false;
	visit->repository = arena_strndup(arena, name + 1, (size_t)(rest - name - 1));
	/* some have a working tree */
	if (!access(arena_printf(arena, "www/%s/.git", visit->repository), F_OK))
		visit->repository = arena_printf(arena, "%s/.git", visit->repository);
	if (access(arena_printf(arena, "www/%s/HEAD", visit->repository), F_OK))
		return false;
	if (!strncmp(smart, "/smart_v0/", 10))
		req->git_protocol = NULL;
	req->path = arena_printf(arena, "/guides.git%s", rest);
	return true;
}

/* ---- Apache's part: lib-httpd/apache.conf of git ---- */

static const struct {
	const char *from, *to;
	int status;
} redirects[] = {
	{ "/smart-redir-perm/", "/smart/", 301 },
	{ "/smart-redir-temp/", "/smart/", 302 },
	{ "/smart-redir-auth/", "/auth/smart/", 301 },
};

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static bool ends(const char *text, const char *with)
{
	size_t len = strlen(text), end = strlen(with);

	return len >= end && !strcmp(text + len - end, with);
}

static const char *header(const struct exchange *ex, const char *name)
{
	const char *value = MHD_lookup_connection_value(ex->connection, MHD_HEADER_KIND, name);

	return value ? value : "";
}

static bool answer(struct exchange *ex, int status, const char *name, const char *value)
{
	ex->reply.status = status;
	ex->response = MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
	if (name)
		MHD_add_response_header(ex->response, name, value);
	return true;
}

static bool redirect(struct exchange *ex, int status, const char *to, const char *rest)
{
	return answer(ex, status, "Location", arena_printf(&ex->arena, "%s%s", to, rest));
}

static bool redirected(struct exchange *ex)
{
	const char *path = ex->request.path;

	for (size_t i = 0; i < sizeof(redirects) / sizeof(*redirects); i++)
		if (begins(path, redirects[i].from))
			return redirect(ex, redirects[i].status, redirects[i].to, ex->uri + strlen(redirects[i].from));
	if (begins(path, "/smart-redir-limited/") && ends(path, "/info/refs"))
		return redirect(ex, 301, "/smart/", ex->uri + strlen("/smart-redir-limited/"));
	if (begins(path, "/insane-redir/"))
		return redirect(ex, 301, "/intern-redir/", arena_printf(&ex->arena, "%s/foo?%s", path + strlen("/insane-redir/"), ex->request.query));
	/* not to the client: something odd that is a repository all the same */
	if (begins(path, "/intern-redir/") && ends(path, "/foo"))
		ex->request.path = arena_printf(&ex->arena, "/smart/%.*s",
			(int)(strlen(path) - strlen("/intern-redir/") - strlen("/foo")), path + strlen("/intern-redir/"));
	return false;
}

static bool guarded(struct exchange *ex)
{
	const char *path = ex->request.path;

	if (begins(path, "/auth/") || (begins(path, "/auth-fetch/") && ends(path, "/git-upload-pack"))
		|| (begins(path, "/auth-push/") && ends(path, "/git-receive-pack")))
		return strcmp(header(ex, "Authorization"), PASSWORD) && answer(ex, 401, "WWW-Authenticate", "Basic realm=\"git-auth\"");
	if (begins(path, "/smart_headers/"))
		return (strcmp(header(ex, "x-magic-one"), "abra") || strcmp(header(ex, "x-magic-two"), "cadabra"))
			&& answer(ex, 403, NULL, NULL);
	return false;
}

static void write_log(const struct visit *visit, bool post)
{
	/* written before the answer is sent, so its length is not known */
	fprintf(visit->folder->log, "127.0.0.1 - - [-] \"%s %s HTTP/1.1\" %d -\n", post ? "POST" : "GET",
		visit->exchange->uri, visit->exchange->reply.status);
	fflush(visit->folder->log);
}

/* ---- one request: as a worker does it, see run() in src/http/server.c ---- */

static void serve(struct visit *visit)
{
	struct exchange *ex = visit->exchange;

	visit->task.arena = ex->arena;
	router_serve(&visit->task, visit->folder->router, &ex->request, &ex->reply);
	ex->arena = visit->task.arena;
	ex->body.arena = ex->reply.body.arena = &ex->arena;
	ex->response = exchange_response(ex);
}

static void *attend(void *arg)
{
	struct visit *visit = arg;
	struct exchange *ex = visit->exchange;
	bool cookie = begins(ex->request.path, "/smart_cookies/");

	visit->task = (struct task) { .now = time(NULL), .conf = &visit->folder->conf, .serve = visit->folder->serve };
	if (!redirected(ex) && !guarded(ex)) {
		if (find_repository(visit))
			serve(visit);
		else
			answer(ex, 404, NULL, NULL);
	}
	if (cookie)
		MHD_add_response_header(ex->response, "Set-Cookie", "name=value");
	write_log(visit, ex->request.method == POST);
	ex->done = true;
	MHD_resume_connection(ex->connection);
	visit->folder->visits--;
	free(visit);
	return NULL;
}

static bool submit(void *workers, struct job *job)
{
	struct visit *visit = calloc(1, sizeof(*visit));
	pthread_t thread;

	if (!visit)
		abort();
	visit->folder = workers;
	visit->exchange = (struct exchange *)(void *)job;
	visit->folder->visits++;
	if (pthread_create(&thread, NULL, attend, visit))
		abort();
	pthread_detach(thread);
	return true;
}

static void drained(void *workers)
{
	const struct folder *folder = workers;

	while (folder->visits)
		usleep(1000);
}

/* ---- start and stop ---- */

static bool nobody(struct task *task, const struct request *req)
{
	(void)task;
	(void)req;
	return true;
}

static bool everybody(struct task *task, const struct request *req, const struct route *route)
{
	(void)task;
	(void)req;
	(void)route;
	return true;
}

static uint64_t never_changes(const void *store, const char *part)
{
	(void)store;
	(void)part;
	return 0;
}

static const struct route *const tables[] = { clone_routes, NULL };
static const struct site site = { .tables = tables, .identify = nobody, .authorize = everybody };

static void wait_for_end(void)
{
	sigset_t signals;
	int signal;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	sigwait(&signals, &signal);
}

/* Says "1" into `ready` when clients may come. */
static int run(struct folder *folder, int ready)
{
	const unsigned char key[32] = { 0 };
	const struct router_options options = { .site = &site, .conf = &folder->conf, .web = folder->conf.web, .form_key = key };
	const struct serve_options repositories = { .root = "www", .processes = folder->conf.clone_processes };
	struct server_options server_options = { .conf = &folder->conf, .web = folder->conf.web, .submit = submit, .workers = folder, .version = never_changes };
	struct server *server;
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	signal(SIGPIPE, SIG_IGN);
	folder->serve = serve_start(&repositories); /* while there is one thread */
	folder->router = server_options.router = router_open(&options);
	folder->log = fopen(LOG, "ae");
	server = folder->serve && folder->router && folder->log ? server_open(&server_options) : NULL;
	if (!server || !server_start(server) || write(ready, "1", 1) != 1)
		return EXIT_FAILURE;
	close(ready);
	wait_for_end();
	server_stop(server, drained);
	router_close(folder->router);
	serve_stop(folder->serve);
	fclose(folder->log);
	return EXIT_SUCCESS;
}

static void write_process(pid_t pid)
{
	FILE *file = fopen(PROCESS, "we");

	if (!file)
		abort();
	fprintf(file, "%d\n", (int)pid);
	fclose(file);
}

static int start(struct folder *folder)
{
	FILE *errors = fopen("error.log", "ae"), *nothing = fopen("/dev/null", "r+e");
	int ends[2];
	pid_t pid;
	char word;

	if (!errors || !nothing || pipe(ends) || (pid = fork()) < 0)
		abort();
	if (!pid) {
		setsid();
		/* whoever waits for the end of an output of ours must not wait for us */
		dup2(fileno(nothing), STDIN_FILENO);
		dup2(fileno(errors), STDOUT_FILENO);
		dup2(fileno(errors), STDERR_FILENO);
		dup2(ends[1], 3);
		close_range(4, ~0U, 0);
		exit(run(folder, 3));
	}
	write_process(pid);
	close(ends[1]);
	return read(ends[0], &word, 1) == 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int stop(void)
{
	FILE *file = fopen(PROCESS, "re");
	int pid = 0;

	if (!file || fscanf(file, "%d", &pid) != 1 || pid <= 1)
		return EXIT_FAILURE;
	fclose(file);
	kill(pid, SIGTERM);
	for (int i = 0; i < 3000 && !kill(pid, 0); i++)
		usleep(10000);
	return kill(pid, 0) ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct folder folder = { 0 };
	struct arena arena = { 0 };
	const char *root = ".", *order = "";
	int option;

	if (!conf_read(&folder.conf, &arena, NULL) || !conf_set(&folder.conf, "rate_limits", "0")
		|| !conf_set(&folder.conf, "data", "."))
		return EXIT_FAILURE;
	while ((option = getopt(argc, argv, "vd:f:c:k:D:")) != -1) {
		if (option == 'v')
			puts("Server version: Apache/2.4.99 (in its place: guidehall)");
		else if (option == 'd')
			root = optarg;
		else if (option == 'k')
			order = optarg;
		else if (option == 'c' && begins(optarg, "Listen "))
			conf_set(&folder.conf, "listen", optarg + strlen("Listen "));
	}
	if (!*order)
		return EXIT_SUCCESS;
	if (chdir(root))
		return EXIT_FAILURE;
	return strcmp(order, "start") ? stop() : start(&folder);
}
