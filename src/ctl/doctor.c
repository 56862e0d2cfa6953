#include "ctl/doctor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/file.h"
#include "io/portholder.h"

#define LINE_OCTETS   512
#define ADDRESSES_MAX 64
#define FIELDS_MAX    30 /* of an HTTP answer */

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static socklen_t address_of(const char *text, unsigned port, union address *ret)
{
	*ret = (union address){ .v6 = { 0 } };
	if (inet_pton(AF_INET, text, &ret->v4.sin_addr) == 1) {
		ret->v4.sin_family = AF_INET;
		ret->v4.sin_port = htons((uint16_t)port);
		return sizeof(ret->v4);
	}
	if (inet_pton(AF_INET6, text, &ret->v6.sin6_addr) == 1) {
		ret->v6.sin6_family = AF_INET6;
		ret->v6.sin6_port = htons((uint16_t)port);
		return sizeof(ret->v6);
	}
	return 0;
}

int doctor_connect(const struct doctor_port *p)
{
	struct timeval limit = { .tv_sec = DOCTOR_TIMEOUT_MS / 1000 };
	union address at;
	socklen_t len = address_of(p->address, p->port, &at);
	int fd;

	if (len == 0) {
		errno = EINVAL;
		return -1;
	}
	fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)); /* connect obeys it, too */
	if (connect(fd, &at.any, len) < 0) {
		int why = errno;

		fd_close(&fd);
		errno = why == EINPROGRESS ? ETIMEDOUT : why;
	}
	return fd;
}

/* One octet at a time, so that nothing behind the line is taken; a greeting is short. */
static bool read_line(int fd, SSL *tls, struct buf *line)
{
	char c = 0;

	while (line->len < LINE_OCTETS && c != '\n') {
		int n = tls != NULL ? SSL_read(tls, &c, 1) : (int)recv(fd, &c, 1, 0);

		if (n != 1)
			return false;
		if (c != '\n' && c != '\r')
			buf_put_octet(line, c);
	}
	return true;
}

/* HTTP servers do not speak first: the field Server is what they greet with. */
static bool ask_http(int fd, SSL *tls, struct buf *line)
{
	static const char request[] = "OPTIONS * HTTP/1.0\r\n\r\n";
	int size = (int)sizeof(request) - 1;

	if ((tls != NULL ? SSL_write(tls, request, size) : (int)send(fd, request, (size_t)size, MSG_NOSIGNAL)) != size)
		return false;
	for (int i = 0; i < FIELDS_MAX; i++) {
		buf_clear(line);
		if (!read_line(fd, tls, line) || line->len == 0)
			return false;
		if (str_istarts(buf_str(line), S("Server:")))
			return true;
	}
	return false;
}

static bool read_greeting(const struct doctor_port *p, int fd, SSL *tls, struct buf *line)
{
	bool http = p->service != NULL && str_starts(str_from_c(p->service), S("http"));

	return http ? ask_http(fd, tls, line) : read_line(fd, tls, line);
}

/* Whose certificate it is does not matter here: the greeting tells. */
static bool greet_tls(const struct doctor_port *p, int fd, struct buf *line, const char **why)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	SSL *tls = context ? SSL_new(context) : NULL;
	bool good = tls != NULL && SSL_set_fd(tls, fd) == 1;

	*why = "no TLS handshake";
	if (good)
		good = SSL_connect(tls) == 1;
	if (good) {
		*why = "TLS, but no greeting";
		good = read_greeting(p, fd, tls, line);
	}
	SSL_free(tls);
	SSL_CTX_free(context);
	return good;
}

bool doctor_greeting(const struct doctor_port *p, struct buf *line, const char **why)
{
	int fd = doctor_connect(p);
	bool good;

	if (fd < 0) {
		*why = strerror(errno);
		return false;
	}
	*why = "connected, but no greeting";
	good = p->tls ? greet_tls(p, fd, line, why) : read_greeting(p, fd, NULL, line);
	fd_close(&fd);
	return good;
}

static bool is_own_pid(const json_t *status, int pid)
{
	json_t *role;
	size_t i;

	if (json_integer_value(json_object_get(status, "pid")) == pid)
		return true;
	json_array_foreach(json_object_get(status, "roles"), i,
		role) if (json_integer_value(json_object_get(role, "pid")) == pid) return true;
	return false;
}

/* Who stands in our way, and what to do about it. */
static void explain(
	const json_t *status, const struct doctor_port *p, struct buf *detail, struct buf *mend)
{
	struct port_holder h = { 0 };

	if (!port_holder_find(p->address, (uint16_t)p->port, &h)) {
		buf_put_c(detail, "; nobody listens there");
		buf_put_c(mend, "look for a rule that takes the port elsewhere: nft list ruleset");
	} else if (h.pid == 0) {
		buf_put_c(detail, "; the process that listens is not ours to see");
		buf_put_c(mend, "run bourse doctor ports as root");
	} else if (is_own_pid(status, h.pid)) {
		buf_put_c(detail, "; the port is ours");
		buf_put_c(mend, "look for a rule that takes the port elsewhere (nft list ruleset), "
				"and into our log");
	} else {
		buf_printf(detail, "; held by process %d (%s%s%s)", h.pid, h.program,
			h.unit[0] ? ", unit " : "", h.unit);
		if (h.unit[0] != '\0')
			buf_printf(mend, "systemctl stop %s", h.unit);
		else
			buf_printf(mend, "kill %d", h.pid);
	}
}

static json_t *text(const struct buf *b)
{
	json_t *value = json_stringn(b->len > 0 ? b->at : "", b->len);

	return value != NULL ? value : json_string("(no text)");
}

static json_t *look(const json_t *status, const struct doctor_port *p)
{
	const char *instance = json_string_value(json_object_get(status, "instance")), *why = "";
	bool v6 = strchr(p->address, ':') != NULL, good;
	struct buf line, step, detail, mend;
	json_t *row = json_object();

	buf_init(&line, LINE_OCTETS + 1);
	buf_init(&step, 256);
	buf_init(&detail, 2048);
	buf_init(&mend, 512);
	buf_printf(&step, v6 ? "%s at [%s]:%u" : "%s at %s:%u", p->service, p->address, p->port);
	good = doctor_greeting(p, &line, &why);
	if (!good)
		buf_put_c(&detail, why);
	else
		buf_put(&detail, buf_str(&line));
	good = good && instance != NULL && *instance &&
	       str_find_str(buf_str(&line), str_from_c(instance)) != STR_NPOS;
	if (!good)
		explain(status, p, &detail, &mend);
	json_object_set_new(row, "step", text(&step));
	json_object_set_new(row, "ok", json_boolean(good));
	json_object_set_new(row, "detail", text(&detail));
	json_object_set_new(row, "mend", text(&mend));
	buf_done(&line);
	buf_done(&step);
	buf_done(&detail);
	buf_done(&mend);
	return row;
}

/* Every address of the machine of that family, but link-local ones, which need an interface beside
 * them. */
static size_t own_addresses(bool v6, char (*to)[INET6_ADDRSTRLEN])
{
	struct ifaddrs *first = NULL;
	size_t count = 0;

	if (getifaddrs(&first) < 0)
		return 0;
	for (struct ifaddrs *at = first; at != NULL && count < ADDRESSES_MAX; at = at->ifa_next) {
		const union address *a = (const void *)at->ifa_addr;

		if (a == NULL || a->any.sa_family != (v6 ? AF_INET6 : AF_INET) ||
			!(at->ifa_flags & IFF_UP))
			continue;
		if (v6 && IN6_IS_ADDR_LINKLOCAL(&a->v6.sin6_addr))
			continue;
		inet_ntop(a->any.sa_family,
			v6 ? (const void *)&a->v6.sin6_addr : (const void *)&a->v4.sin_addr,
			to[count++], INET6_ADDRSTRLEN);
	}
	freeifaddrs(first);
	return count;
}

static void look_everywhere(const json_t *status, struct doctor_port p, json_t *rows)
{
	char own[ADDRESSES_MAX][INET6_ADDRSTRLEN];
	bool any4 = strcmp(p.address, "0.0.0.0") == 0, any6 = strcmp(p.address, "::") == 0;
	size_t count;

	if (!any4 && !any6) {
		json_array_append_new(rows, look(status, &p));
		return;
	}
	count = own_addresses(any6, own);
	for (size_t i = 0; i < count; i++) {
		p.address = own[i];
		json_array_append_new(rows, look(status, &p));
	}
}

json_t *doctor_ports(const json_t *status)
{
	json_t *rows = json_array(), *listener;
	size_t i;

	json_array_foreach(json_object_get(status, "listeners"), i, listener)
	{
		const char *service = json_string_value(json_object_get(listener, "service"));
		const char *address = json_string_value(json_object_get(listener, "address"));
		json_int_t port = json_integer_value(json_object_get(listener, "port"));
		bool tls = json_is_true(json_object_get(listener, "tls"));

		if (service != NULL && address != NULL && port > 0 && port <= UINT16_MAX)
			look_everywhere(status,
				(struct doctor_port){ service, address, (unsigned)port, tls },
				rows);
	}
	return json_pack("{s:b,s:o}", "ok", 1, "rows", rows);
}
