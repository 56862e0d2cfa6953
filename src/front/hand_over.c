#include "front/hand_over.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include "base/log.h"
#include "front/relay.h"
#include "io/file.h"

static const struct conn_events no_events = { 0 };

static bool send_session(struct client *c, struct link *store, int fd, const struct msg *form)
{
	struct msg m = *form;
	struct buf client;
	bool sent;

	buf_init(&client, CROWD_TEXT_OCTETS + 16);
	crowd_address_put(&client, &c->address);
	m.id = MSG_hand_over;
	m.fd_count = 1;
	m.fds[0] = fd;
	m.hand_over.session = c->number;
	m.hand_over.service = (uint8_t)c->service;
	m.hand_over.tls = conn_is_secured(c->conn);
	m.hand_over.client = buf_str(&client);
	m.hand_over.unread = conn_in(c->conn);
	sent = link_send(store, &m);
	buf_done(&client);
	return sent;
}

/* The store gets one end of a pair; it cannot tell the other from a client. */
static enum err give_relayed(struct client *c, struct link *store, const struct msg *form)
{
	struct front *f = c->front;
	struct conn *conn;
	struct relay_origin origin = { .number = c->number, .service = c->service, .address = c->address };
	struct stat st = { 0 };
	int ends[2];
	bool sent;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) < 0)
		return ERR_UNAVAILABLE;
	must(fstat(ends[1], &st) == 0);
	origin.device = st.st_dev;
	origin.inode = st.st_ino;
	sent = send_session(c, store, ends[1], form);
	fd_close(&ends[1]);
	if (!sent) {
		fd_close(&ends[0]);
		return ERR_UNAVAILABLE;
	}
	conn_consume(c->conn, conn_in(c->conn).len);
	conn = client_take_conn(c);
	relay_new(f, conn, ends[0], &origin);
	client_free(c);
	return ERR_OK;
}

static enum err give_plain(struct client *c, struct link *store, int fd, const struct msg *form)
{
	bool sent = send_session(c, store, fd, form);

	/* It can no longer be answered from here; but then the store died in this very turn. */
	if (!sent)
		log_put(LOG_session_dropped, LOG_U("session", c->number),
			LOG_C("why", err_text(ERR_UNAVAILABLE)), LOG_END);
	fd_close(&fd);
	client_free(c);
	return ERR_OK;
}

enum err hand_over(struct client *c, const struct hand_over *what)
{
	struct link *store = role_link(c->front->env, ROLE_STORE, 0);
	struct msg form = { .hand_over = { .ticket = what->ticket,
				    .tag = what->tag,
				    .client_name = what->client_name,
				    .client_version = what->client_version,
				    .language = (uint8_t)what->language,
				    .place = what->place,
				    .offers = what->offers } };
	int fd;

	if (store == NULL)
		return ERR_UNAVAILABLE;
	/* Output still on its way out must not be overtaken: then plain octets are relayed, too. */
	fd = conn_is_secured(c->conn) ? -1 : conn_take_fd(c->conn);
	return fd < 0 ? give_relayed(c, store, &form) : give_plain(c, store, fd, &form);
}

/* ---- the way back ---- */

static bool may_come_back(enum service_protocol protocol)
{
	return protocol == PROTOCOL_IMAP || protocol == PROTOCOL_NNTP;
}

static void take_plain(struct front *f, struct msg *m)
{
	const struct msg_hand_back *q = &m->hand_back;
	struct client_back back = { .service = (enum service)q->service,
		.number = role_request(f->env),
		.unread = q->unread,
		.name = q->client_name,
		.version = q->client_version,
		.place = q->place };

	crowd_address_get(q->client, &back.address);
	back.conn = conn_new(f->env->loop, m->fds[0], FRONT_IN_OCTETS_MAX, &no_events, NULL);
	m->fds[0] = -1;
	client_back(f, &back);
}

void hand_back(struct front *f, struct msg *m)
{
	const struct msg_hand_back *q = &m->hand_back;

	if (m->fd_count != 1 || !service_valid(q->service) || !may_come_back(service_row(q->service)->protocol))
		return;
	if (relay_return(f, m->fds[0], q))
		fd_close(&m->fds[0]);
	else if (q->unread.len <= FRONT_IN_OCTETS_MAX)
		take_plain(f, m);
}
