// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The exporter's HTTP server. One thread serves all clients, one request at a time; how
 * many there may be, and how slow, is bounded.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/memory.h"
#include "loop.h"
#include "openmetrics.h"
#include "serve.h"

#define CONNECTIONS	32
#define TIMEOUT_S	10
#define MEMORY_BYTES	16384

static const char landing[] =
	"<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>dmpstat</title></head>"
	"<body><h1>dmpstat export</h1><p>What the volumes of this machine do: "
	"<a href=\"/metrics\">/metrics</a></p></body></html>\n";

/**
 * struct served - what a request is answered from
 * @options: which volumes
 * @source: to read them from
 */
struct served {
	const struct options *options;
	struct dmp_source *source;
};

/* --- answers --------------------------------------------------------------------- */

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned int status,
			      const char *type, void *text, size_t length,
			      enum MHD_ResponseMemoryMode mode)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(length, text, mode);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result answer_line(struct MHD_Connection *connection, unsigned int status,
				   const char *line)
{
	return answer(connection, status, "text/plain; charset=utf-8", (void *)line,
		      strlen(line), MHD_RESPMEM_PERSISTENT);
}

static bool wants_openmetrics(struct MHD_Connection *connection)
{
	const char *accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							 MHD_HTTP_HEADER_ACCEPT);

	return accept && strstr(accept, "application/openmetrics-text");
}

static enum MHD_Result answer_metrics(struct MHD_Connection *connection,
				      const struct served *served)
{
	const struct options *options = served->options;
	bool openmetrics = wants_openmetrics(connection);
	struct dmp_snapshot snapshot;
	char *text = NULL;
	size_t length;
	FILE *file;

	if (loop_read_next(options->arguments, options->n_arguments, served->source,
			   &snapshot) <= 0)
		return answer_line(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
				   "the dmp module is not loaded\n");
	file = open_memstream(&text, &length);
	if (!file) {
		dmp_snapshot_free(&snapshot);
		return MHD_NO;
	}
	openmetrics_write(file, &snapshot, openmetrics ? OPENMETRICS : PROMETHEUS_TEXT);
	fclose(file);
	dmp_snapshot_free(&snapshot);
	return answer(connection, MHD_HTTP_OK, openmetrics ?
		      "application/openmetrics-text; version=1.0.0; charset=utf-8" :
		      "text/plain; version=0.0.4; charset=utf-8",
		      text, length, MHD_RESPMEM_MUST_FREE);
}

static enum MHD_Result on_request(void *served, struct MHD_Connection *connection,
				  const char *url, const char *method, const char *version,
				  const char *data, size_t *size, void **state)
{
	static int seen;

	(void)version;
	(void)data;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0) {
		if (*size) {
			*size = 0;
			return MHD_YES;
		}
		return answer_line(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET or HEAD only\n");
	}
	/* The first call is before the headers have been read. */
	if (!*state) {
		*state = &seen;
		return MHD_YES;
	}
	*size = 0;
	if (!strcmp(url, "/metrics"))
		return answer_metrics(connection, served);
	if (!strcmp(url, "/"))
		return answer(connection, MHD_HTTP_OK, "text/html; charset=utf-8",
			      (void *)landing, strlen(landing), MHD_RESPMEM_PERSISTENT);
	return answer_line(connection, MHD_HTTP_NOT_FOUND, "not here: try /metrics\n");
}

/* --- the server ------------------------------------------------------------------ */

/* [HOST]:PORT or PORT; without a host, loopback. */
static struct addrinfo *resolve(const char *address)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
	const char *colon = strrchr(address, ':');
	const char *port = colon ? colon + 1 : address;
	struct addrinfo *found = NULL;
	char *host, *inner;
	int error;

	host = colon && colon != address ? dmp_strndup(address, colon - address) :
					   dmp_strdup("127.0.0.1");
	inner = host;
	if (*host == '[' && host[strlen(host) - 1] == ']') {
		host[strlen(host) - 1] = 0;
		inner++;
	}
	error = getaddrinfo(inner, port, &hints, &found);
	if (error)
		fprintf(stderr, "dmpstat: no address '%s': %s\n", address, gai_strerror(error));
	free(host);
	return error ? NULL : found;
}

static int listen_on(const char *address)
{
	struct addrinfo *found = resolve(address);
	int fd = -1, yes = 1, error = 0;

	if (!found)
		return -1;
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (fd < 0 || bind(fd, found->ai_addr, found->ai_addrlen) || listen(fd, CONNECTIONS)) {
		error = errno;
		fprintf(stderr, "dmpstat: cannot listen on '%s': %s\n", address, strerror(error));
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	return fd;
}

/* systemd hands the socket over as descriptor 3. */
static int inherited_socket(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");

	if (!pid || !fds || atol(pid) != getpid() || strcmp(fds, "1") != 0)
		return -1;
	return 3;
}

static void wait_for_signal(void)
{
	sigset_t none, both;

	/* A signal between the test and the wait would be missed: block both meanwhile. */
	sigemptyset(&both);
	sigaddset(&both, SIGINT);
	sigaddset(&both, SIGTERM);
	sigprocmask(SIG_BLOCK, &both, &none);
	while (!loop_ended())
		sigsuspend(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/**
 * serve() - answer requests until a signal comes
 * @options: the volumes, and the address, [HOST:]PORT; a socket that systemd hands over
 *	comes before it
 * @source: to read from
 *
 * Return: exit status.
 */
int serve(const struct options *options, struct dmp_source *source)
{
	struct served served = { .options = options, .source = source };
	const char *address = options->listen;
	struct MHD_Daemon *daemon;
	int fd = inherited_socket();

	if (fd < 0)
		fd = listen_on(address);
	if (fd < 0)
		return EXIT_FAILED;
	daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, on_request,
				  &served, MHD_OPTION_LISTEN_SOCKET, fd,
				  MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS,
				  MHD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_S,
				  MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_BYTES,
				  MHD_OPTION_END);
	if (!daemon) {
		fprintf(stderr, "dmpstat: cannot serve on '%s'\n", address);
		close(fd);
		return EXIT_FAILED;
	}
	fprintf(stderr, "dmpstat: serving /metrics on %s\n", address);
	wait_for_signal();
	MHD_stop_daemon(daemon);
	return EXIT_DONE;
}
