#include "attendant/attendant_int.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "attendant/systemd.h"
#include "base/log.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/portholder.h"

#define BACKLOG     1024
#define HELD_MS_MAX 1000
#define HELD_NAP_MS 10

struct endpoint {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};
	socklen_t length;
};

static bool parse_endpoint(const char *address, uint16_t port, struct endpoint *ret)
{
	struct endpoint e = { 0 };

	if (inet_pton(AF_INET, address, &e.v4.sin_addr) == 1) {
		e.v4.sin_family = AF_INET;
		e.v4.sin_port = htons(port);
		e.length = sizeof(e.v4);
	} else if (inet_pton(AF_INET6, address, &e.v6.sin6_addr) == 1) {
		e.v6.sin6_family = AF_INET6;
		e.v6.sin6_port = htons(port);
		e.length = sizeof(e.v6);
	} else {
		return false;
	}
	*ret = e;
	return true;
}

/* A socket that systemd has bound for us already; -1: none fits. */
static int activated(const struct endpoint *want)
{
	int count = systemd_sockets();

	for (int fd = SYSTEMD_FIRST_FD; fd < SYSTEMD_FIRST_FD + count; fd++) {
		struct endpoint e = { .length = sizeof(e.v6) };

		if (getsockname(fd, &e.any, &e.length) == 0 && e.length == want->length &&
			memcmp(&e.v6, &want->v6, e.length) == 0)
			return fd;
	}
	return -1;
}

static int bind_one(const struct endpoint *e)
{
	int fd = activated(e), on = 1;

	if (fd >= 0)
		return fd;
	fd = socket(e->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (e->any.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, &e->any, e->length) < 0 || listen(fd, BACKLOG) < 0) {
		int why = errno;

		fd_close(&fd);
		errno = why;
	}
	return fd;
}

/* Roles end with their attendant, but not in the same instant: one that begins as soon as another was killed finds its ports held. */
static int bind_patiently(const struct endpoint *e)
{
	uint64_t begun = clock_mono_ms();
	int fd = bind_one(e);

	while (fd < 0 && errno == EADDRINUSE && clock_mono_ms() - begun < HELD_MS_MAX) {
		nanosleep(&(struct timespec){ .tv_nsec = HELD_NAP_MS * 1000000 }, NULL);
		fd = bind_one(e);
	}
	return fd;
}

static enum err refused(const char *address, uint16_t port, enum service service, int why, struct failure *f)
{
	const char *name = service_row(service)->name;
	struct port_holder holder = { 0 };
	char step[160], who[160];

	if (why == EACCES)
		return fail(f, ERR_PERM, "cannot listen on %s port %u (%s): not permitted; start as root, or add --base-port 1000",
			address, port, name);
	if (why != EADDRINUSE)
		return fail(f, ERR_IO, "cannot listen on %s port %u (%s): %s; set listen.%s or listen.addresses in bourse.conf",
			address, port, name, strerror(why), name);
	if (!port_holder_find(address, port, &holder) || holder.pid == 0) {
		snprintf(who, sizeof(who), "another program");
		snprintf(step, sizeof(step), "find it with 'ss -ltnp' as root and stop it");
	} else if (holder.unit[0] != '\0') {
		snprintf(who, sizeof(who), "process %d (%.40s, unit %.60s)", holder.pid, holder.program, holder.unit);
		snprintf(step, sizeof(step), "stop it with 'systemctl stop %.60s'", holder.unit);
	} else {
		snprintf(who, sizeof(who), "process %d (%.40s)", holder.pid, holder.program);
		snprintf(step, sizeof(step), "stop it with 'kill %d'", holder.pid);
	}
	return fail(f, ERR_INUSE, "%s port %u (%s) is held by %s; %s, or set listen.%s to another port", address, port, name, who,
		step, name);
}

static enum err add_listener(struct attendant *a, enum service service, const char *address, uint16_t port, struct failure *f)
{
	struct listener *l = &a->listeners[a->listener_count];
	struct endpoint e;

	if (a->listener_count == LISTENERS_MAX)
		return fail(f, ERR_CONFIG, "more than %d listeners", LISTENERS_MAX);
	if (!parse_endpoint(address, port, &e))
		return fail(f, ERR_CONFIG, "%s: not an IPv4 or IPv6 address", address);
	l->fd = bind_patiently(&e);
	if (l->fd < 0)
		return refused(address, port, service, errno, f);
	l->service = service;
	l->port = port;
	snprintf(l->address, sizeof(l->address), "%s", address);
	a->listener_count++;
	log_put(LOG_listening, LOG_C("service", service_row(service)->name), LOG_C("address", address), LOG_U("port", port), LOG_END);
	return ERR_OK;
}

static bool has_ipv6(void)
{
	struct endpoint e;
	int fd;
	bool good;

	parse_endpoint("::1", 0, &e);
	fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	good = fd >= 0 && bind(fd, &e.any, e.length) == 0;
	fd_close(&fd);
	return good;
}

static enum err add_endpoint(struct attendant *a, enum service service, const struct config_endpoint *at, struct failure *f)
{
	char address[64];

	if (str_eq(at->address, S("*"))) {
		enum err e = add_listener(a, service, "0.0.0.0", at->port, f);

		return e == ERR_OK && has_ipv6() ? add_listener(a, service, "::", at->port, f) : e;
	}
	snprintf(address, sizeof(address), "%.*s", STR_FMT(at->address));
	return add_listener(a, service, address, at->port, f);
}

enum err listeners_bind(struct attendant *a, struct failure *f)
{
	struct arena arena;

	arena_init(&arena, ARENA_NONE);
	for (unsigned s = 0; s < SERVICE_COUNT && f->code == ERR_OK; s++) {
		const struct config_endpoint *at;
		size_t count = config_endpoints(&arena, a->config, (enum config_listener_id)s, &at);

		must(strcmp(config_listener_name((enum config_listener_id)s), service_row((enum service)s)->name) == 0);
		for (size_t i = 0; i < count && f->code == ERR_OK; i++)
			add_endpoint(a, (enum service)s, &at[i], f);
	}
	arena_done(&arena);
	if (f->code == ERR_OK && a->listener_count == 0)
		fail(f, ERR_CONFIG, "every listener is switched off; set at least one of listen.smtp, listen.imap, ... in bourse.conf");
	if (f->code != ERR_OK)
		listeners_close(a);
	return f->code;
}

void listeners_close(struct attendant *a)
{
	for (size_t i = 0; i < a->listener_count; i++)
		fd_close(&a->listeners[i].fd);
	a->listener_count = 0;
}
