/* A channel between two roles: order, descriptors, a full queue, a dead end. */
#include "io/peer.h"

#include <unistd.h>

#include "base/mem.h"
#include "io/file.h"
#include "tap.h"

struct end {
	struct peer *peer;
	struct loop *loop;
	size_t messages, octets, fds, closed;
	size_t stop_after;
	char last[64];
};

static void on_message(void *arg, struct str octets, int *fds, size_t fd_count)
{
	struct end *end = arg;

	end->messages++;
	end->octets += octets.len;
	end->fds += fd_count;
	snprintf(end->last, sizeof(end->last), "%.*s", (int)(octets.len < 60 ? octets.len : 60), octets.at);
	for (size_t i = 0; i < fd_count; i++)
		fd_close(&fds[i]);
	if (end->messages == end->stop_after)
		loop_stop(end->loop);
}

static void on_closed(void *arg)
{
	struct end *end = arg;

	end->closed++;
	loop_stop(end->loop);
}

int main(void)
{
	struct loop *loop = loop_new();
	struct end a = { .loop = loop }, b = { .loop = loop };
	int ends[2], pipe_fds[2];
	char *large = mem_new(PEER_MESSAGE_OCTETS_MAX);
	size_t sent = 0;

	OK(peer_pair(ends) == ERR_OK, "a pair");
	a.peer = peer_new(loop, ends[0], on_message, on_closed, &a);
	b.peer = peer_new(loop, ends[1], on_message, on_closed, &b);
	OK(peer_send(a.peer, S("one"), NULL, 0) && peer_send(a.peer, S("two"), NULL, 0), "two messages");
	b.stop_after = 2;
	loop_run(loop);
	IS_STR(str_from_c(b.last), S("two"));
	IS_NUM(b.octets, 6);
	OK(pipe(pipe_fds) == 0 && peer_send(a.peer, S("fds"), pipe_fds, 2), "descriptors beside a message");
	b.stop_after = 3;
	loop_run(loop);
	IS_NUM(b.fds, 2);
	/* More than a socket holds is queued, up to the limit, and arrives whole once the other side reads. */
	for (int i = 0; i < 200; i++)
		sent += peer_send(a.peer, str_make(large, PEER_MESSAGE_OCTETS_MAX), NULL, 0);
	IS_NUM(sent, 200);
	OK(peer_queued(a.peer) > 0, "what does not fit waits");
	b.octets = 0;
	b.stop_after = 203;
	loop_run(loop);
	IS_NUM(b.octets, 200 * PEER_MESSAGE_OCTETS_MAX);
	while (peer_send(a.peer, str_make(large, PEER_MESSAGE_OCTETS_MAX), NULL, 0))
		sent++;
	OK(peer_queued(a.peer) <= PEER_QUEUE_OCTETS_MAX, "the queue has an end");
	peer_free(b.peer);
	loop_run(loop);
	IS_NUM(a.closed, 1);
	OK(!peer_send(a.peer, S("x"), NULL, 0), "nothing is sent to nobody");
	peer_free(a.peer);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	mem_free(large);
	loop_free(loop);
	return tap_done();
}
