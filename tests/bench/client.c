/* client.c: client PORT CONNECTIONS TOKEN <REQUESTS
 *
 * Posts over keep-alive connections as fast as the server answers. Each line
 * of standard input is "path<TAB>body", JSON or a form; a connection takes the
 * next line when it has the answer to its last. TOKEN "-": nobody. Prints the
 * seconds all took, then for each request a line "status microseconds body". */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_BYTES (1024 * 1024)

struct line {
	char *path, *body;
	int status;
	double us;
	char *answer;
};

struct client {
	int port;
	const char *token;
	struct line *lines;
	size_t count;
	atomic_size_t next;
};

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void die(const char *what)
{
	fprintf(stderr, "client: %s\n", what);
	exit(1);
}

static int dial(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)))
		die("cannot connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static void send_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);

		if (n <= 0)
			die("the server closed the connection");
		bytes += n;
		len -= (size_t)n;
	}
}

static void ask(const struct client *c, int fd, const struct line *line)
{
	char *request = NULL, bearer[256] = "";
	int len;

	if (*c->token != '-')
		snprintf(bearer, sizeof(bearer), "Authorization: Bearer %s\r\n", c->token);
	len = asprintf(&request, "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: application/json\r\n"
				 "Content-Type: %s\r\n%sContent-Length: %zu\r\n\r\n%s",
		line->path, c->port, *line->body == '{' ? "application/json" : "application/x-www-form-urlencoded", bearer,
		strlen(line->body), line->body);
	if (len < 0)
		die("out of memory");
	send_all(fd, request, (size_t)len);
	free(request);
}

/* Is the answer here to its end? It has a Content-Length, or comes in chunks. */
static int is_whole(const char *buf, size_t have, const char *head)
{
	const char *length = strcasestr(buf, "\r\ncontent-length:");

	if (length && length < head)
		return have >= (size_t)(head + 4 - buf) + strtoul(length + 17, NULL, 10);
	return have >= 7 && !memcmp(buf + have - 7, "\r\n0\r\n\r\n", 7);
}

static void hear(int fd, char *buf, struct line *line)
{
	size_t have = 0;
	char *head = NULL;

	while (!head || !is_whole(buf, have, head)) {
		ssize_t n = read(fd, buf + have, ANSWER_BYTES - 1 - have);

		if (n <= 0)
			die("no whole answer");
		have += (size_t)n;
		buf[have] = '\0';
		head = strstr(buf, "\r\n\r\n");
	}
	line->status = atoi(buf + 9);
	for (char *p = head + 4; *p; p++)
		if (*p == '\n' || *p == '\r')
			*p = ' ';
	line->answer = strdup(head + 4);
}

static void *run(void *arg)
{
	struct client *c = arg;
	char *buf = malloc(ANSWER_BYTES);
	int fd = dial(c->port);
	size_t i;

	while ((i = atomic_fetch_add(&c->next, 1)) < c->count) {
		double begin = now_us();

		ask(c, fd, &c->lines[i]);
		hear(fd, buf, &c->lines[i]);
		c->lines[i].us = now_us() - begin;
	}
	close(fd);
	free(buf);
	return NULL;
}

static void read_lines(struct client *c)
{
	char *text = NULL;
	size_t room = 0, have = 0;
	ssize_t len;

	while ((len = getline(&text, &room, stdin)) > 0) {
		char *tab = strchr(text, '\t');

		if (!tab)
			die("a line is path, tab, body");
		*tab = '\0';
		tab[1 + strcspn(tab + 1, "\n")] = '\0';
		if (c->count == have)
			c->lines = realloc(c->lines, (have = 2 * have + 64) * sizeof(*c->lines));
		c->lines[c->count++] = (struct line) { .path = strdup(text), .body = strdup(tab + 1) };
	}
	free(text);
}

int main(int argc, char **argv)
{
	struct client c = { 0 };
	pthread_t threads[64];
	int count = argc == 4 ? atoi(argv[2]) : 0;
	double begin;

	if (count < 1 || count > 64)
		die("usage: client PORT CONNECTIONS TOKEN <REQUESTS");
	c.port = atoi(argv[1]);
	c.token = argv[3];
	read_lines(&c);
	begin = now_us();
	for (int i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, run, &c))
			die("no thread");
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	printf("%.6f\n", (now_us() - begin) / 1e6);
	for (size_t i = 0; i < c.count; i++)
		printf("%d %.0f %s\n", c.lines[i].status, c.lines[i].us, c.lines[i].answer);
	return 0;
}
