#include "front/signer.h"

#include "io/clock.h"
#include "io/file.h"
#include "io/peer.h"
#include "ipc/messages.h"

void signer_init(struct signer *s, enum role role)
{
	*s = (struct signer){ .role = role, .fd = -1 };
}

void signer_done(struct signer *s)
{
	fd_close(&s->fd);
}

void signer_take(struct signer *s, int fd)
{
	fd_close(&s->fd);
	s->fd = fd;
}

static enum err send_request(struct signer *s, const struct msg *m)
{
	struct buf octets;
	enum err e;

	buf_init(&octets, PEER_MESSAGE_OCTETS_MAX);
	e = msg_encode(m, &octets);
	if (e == ERR_OK)
		e = peer_send_now(s->fd, buf_str(&octets), NULL, 0);
	buf_done(&octets);
	return e;
}

/* ERR_NEEDMORE: the answer to an older request, which timed out. */
static enum err take_answer(struct signer *s, uint64_t request, int timeout_ms, struct buf *to)
{
	struct buf octets;
	int fds[PEER_FDS_MAX];
	size_t fd_count = 0;
	struct msg m;
	enum err e;

	buf_init(&octets, PEER_MESSAGE_OCTETS_MAX);
	e = peer_receive_now(s->fd, &octets, fds, &fd_count, timeout_ms);
	while (fd_count > 0)
		fd_close(&fds[--fd_count]);
	if (e == ERR_OK && (msg_decode(buf_str(&octets), ROLE_KEYS, s->role, &m) != ERR_OK ||
				   m.id != MSG_signature))
		e = ERR_PEER;
	if (e == ERR_OK && m.signature.request != request)
		e = ERR_NEEDMORE;
	if (e == ERR_OK) {
		e = m.signature.code;
		buf_put(to, m.signature.output);
	}
	buf_done(&octets);
	return e;
}

enum err signer_sign(void *arg, uint32_t key, enum tls_operation operation, int padding,
	struct str input, struct buf *to)
{
	struct signer *s = arg;
	uint64_t end = clock_mono_ms() + SIGNER_MS_MAX;
	struct msg m = { .id = MSG_sign };
	enum err e = ERR_NEEDMORE;

	if (s->fd < 0)
		return ERR_UNAVAILABLE;
	m.sign.request = ++s->last_request;
	m.sign.key = key;
	m.sign.operation = (uint8_t)operation;
	m.sign.padding = (uint32_t)padding;
	m.sign.input = input;
	if (send_request(s, &m) != ERR_OK)
		e = ERR_IO;
	while (e == ERR_NEEDMORE) {
		uint64_t now = clock_mono_ms();

		e = now < end ? take_answer(s, m.sign.request, (int)(end - now), to) : ERR_TIMEOUT;
	}
	/* A channel that is closed or speaks wrongly is of no use; the attendant brings another. */
	if (e == ERR_IO || e == ERR_PEER)
		fd_close(&s->fd);
	return e == ERR_OK ? ERR_OK : ERR_UNAVAILABLE;
}
