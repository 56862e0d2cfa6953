#include "front/signer.h"

#include <pthread.h>

#include "io/file.h"
#include "io/peer.h"
#include "ipc/messages.h"
#include "tap.h"

/* What the played keys role does with one request. */
struct play {
	int fd;
	bool late_first; /* the answer to an older request comes before */
	bool hang_up;
	bool nonsense;
	enum err code;
};

static void send_signature(int fd, uint64_t request, enum err code, const char *output)
{
	struct msg m = { .id = MSG_signature,
		.signature = { .request = request, .code = code, .output = str_from_c(output) } };
	struct buf octets;

	buf_init(&octets, PEER_MESSAGE_OCTETS_MAX);
	must(msg_encode(&m, &octets) == ERR_OK);
	must(peer_send_now(fd, buf_str(&octets), NULL, 0) == ERR_OK);
	buf_done(&octets);
}

static void *run(void *arg)
{
	struct play *p = arg;
	struct buf octets;
	struct msg m;
	int fds[PEER_FDS_MAX];
	size_t fd_count;

	buf_init(&octets, PEER_MESSAGE_OCTETS_MAX);
	must(peer_receive_now(p->fd, &octets, fds, &fd_count, -1) == ERR_OK);
	must(msg_decode(buf_str(&octets), ROLE_FRONT_MX, ROLE_KEYS, &m) == ERR_OK &&
		m.id == MSG_sign);
	OK(m.sign.key == 3 && m.sign.operation == TLS_RSA_SIGN && m.sign.padding == 1,
		"the request says what is asked");
	IS_STR(m.sign.input, S("digest"));
	if (p->late_first)
		send_signature(p->fd, m.sign.request - 1, ERR_OK, "old");
	if (p->nonsense)
		must(peer_send_now(p->fd, S("xx"), NULL, 0) == ERR_OK);
	else if (!p->hang_up)
		send_signature(p->fd, m.sign.request, p->code, "signed");
	fd_close(&p->fd);
	buf_done(&octets);
	return NULL;
}

static enum err sign(struct play p, struct buf *to, bool *ret_open)
{
	struct signer s;
	pthread_t thread;
	int ends[2];
	enum err e;

	must(peer_pair(ends) == ERR_OK);
	p.fd = ends[1];
	signer_init(&s, ROLE_FRONT_MX);
	signer_take(&s, ends[0]);
	must(pthread_create(&thread, NULL, run, &p) == 0);
	e = signer_sign(&s, 3, TLS_RSA_SIGN, 1, S("digest"), to);
	must(pthread_join(thread, NULL) == 0);
	*ret_open = s.fd >= 0;
	signer_done(&s);
	return e;
}

int main(void)
{
	static const struct {
		const char *what;
		struct play play;
		enum err want;
		const char *output;
		bool open;
	} rows[] = {
		{ "a signature", { .code = ERR_OK }, ERR_OK, "signed", true },
		{ "a late answer is passed over", { .late_first = true }, ERR_OK, "signed", true },
		{ "no such key", { .code = ERR_NOTFOUND }, ERR_UNAVAILABLE, "signed", true },
		{ "keys dies", { .hang_up = true }, ERR_UNAVAILABLE, "", false },
		{ "keys speaks wrongly", { .nonsense = true }, ERR_UNAVAILABLE, "", false },
	};
	struct signer none;
	struct buf to;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool open;

		buf_init(&to, 4096);
		OK(sign(rows[i].play, &to, &open) == rows[i].want, "%s", rows[i].what);
		if (rows[i].want == ERR_OK)
			IS_STR(buf_str(&to), str_from_c(rows[i].output));
		OK(open == rows[i].open, "%s: whether the channel stays", rows[i].what);
		buf_done(&to);
	}
	signer_init(&none, ROLE_FRONT_MX);
	buf_init(&to, 16);
	IS_NUM(signer_sign(&none, 1, TLS_ECDSA_SIGN, 0, S("x"), &to), ERR_UNAVAILABLE);
	return tap_done();
}
