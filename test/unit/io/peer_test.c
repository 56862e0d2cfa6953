/* A channel between two roles: order, descriptors, a full queue, a dead end. */
#include "io/peer.h"

#include <sys/resource.h>
#include <sys/wait.h>
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
	struct peer *drains; /* from inside a message */
	bool kept; /* the message was still the same afterwards */
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
	if (end->drains != NULL) {
		peer_drain(end->drains);
		end->kept = str_starts(octets, str_from_c(end->last));
	}
	if (end->messages == end->stop_after)
		loop_stop(end->loop);
}

static void on_closed(void *arg)
{
	struct end *end = arg;

	end->closed++;
	loop_stop(end->loop);
}

/* An end that dies with messages of ours unread: what it said before is still heard, and only then its end. */
static void test_last_words(struct loop *loop)
{
	struct end a = { .loop = loop };
	int ends[2];

	OK(peer_pair(ends) == ERR_OK, "a pair");
	a.peer = peer_new(loop, ends[0], on_message, on_closed, &a);
	OK(peer_send(a.peer, S("never read"), NULL, 0), "a message that nobody reads");
	OK(peer_send_now(ends[1], S("first"), NULL, 0) == ERR_OK && peer_send_now(ends[1], S("last words"), NULL, 0) == ERR_OK, "an answer");
	fd_close(&ends[1]);
	loop_run(loop);
	IS_NUM(a.messages, 2);
	IS_STR(str_from_c(a.last), S("last words"));
	IS_NUM(a.closed, 1);
	peer_free(a.peer);
	loop_run(loop);
}

/* More messages than one turn takes, with the end behind them: draining leaves none. */
static void test_drain(struct loop *loop)
{
	struct end a = { .loop = loop };
	int ends[2];

	OK(peer_pair(ends) == ERR_OK, "a pair");
	a.peer = peer_new(loop, ends[0], on_message, on_closed, &a);
	peer_pause(a.peer, true);
	for (int i = 0; i < 150; i++)
		OK(peer_send_now(ends[1], S("x"), NULL, 0) == ERR_OK, "message %d", i);
	fd_close(&ends[1]);
	peer_drain(a.peer);
	IS_NUM(a.messages, 150);
	IS_NUM(a.closed, 1);
	peer_drain(a.peer);
	IS_NUM(a.messages, 150);
	peer_free(a.peer);
	loop_run(loop);
}

static void test_drain_inside(struct loop *loop)
{
	struct end a = { .loop = loop }, b = { .loop = loop };
	int one[2], other[2];

	OK(peer_pair(one) == ERR_OK && peer_pair(other) == ERR_OK, "two pairs");
	a.peer = peer_new(loop, one[0], on_message, on_closed, &a);
	b.peer = peer_new(loop, other[0], on_message, on_closed, &b);
	a.drains = b.peer;
	a.stop_after = 1;
	OK(peer_send_now(other[1], S("inner, and longer"), NULL, 0) == ERR_OK && peer_send_now(one[1], S("outer"), NULL, 0) == ERR_OK, "sent");
	peer_pause(b.peer, true);
	loop_run(loop);
	IS_NUM(b.messages, 1);
	OK(a.kept, "a message is not overwritten while another peer is drained");
	peer_free(a.peer);
	peer_free(b.peer);
	fd_close(&one[1]);
	fd_close(&other[1]);
	loop_run(loop);
}

/* Out of descriptors, the message comes without them; the channel stays. */
static void test_no_room_for_descriptors(struct loop *loop)
{
	struct end a = { .loop = loop, .stop_after = 1 };
	struct rlimit old, none;
	int ends[2];

	OK(peer_pair(ends) == ERR_OK, "a pair");
	a.peer = peer_new(loop, ends[0], on_message, on_closed, &a);
	OK(peer_send_now(ends[1], S("fds"), (int[]){ 0, 1 }, 2) == ERR_OK, "two descriptors");
	getrlimit(RLIMIT_NOFILE, &old);
	none = old;
	none.rlim_cur = 3;
	setrlimit(RLIMIT_NOFILE, &none);
	loop_run(loop);
	setrlimit(RLIMIT_NOFILE, &old);
	IS_NUM(a.messages, 1);
	IS_NUM(a.fds, 0);
	IS_NUM(a.closed, 0);
	peer_free(a.peer);
	fd_close(&ends[1]);
	loop_run(loop);
}

/* Gathered messages leave together, in order with those that do not wait, and with nobody lost when the socket is full. */
static void test_gather(struct loop *loop)
{
	struct end a = { .loop = loop }, b = { .loop = loop };
	char line[600] = { 0 };
	int ends[2], sent = 0, fds[1] = { 0 };

	OK(peer_pair(ends) == ERR_OK, "a pair");
	a.peer = peer_new(loop, ends[0], on_message, on_closed, &a);
	b.peer = peer_new(loop, ends[1], on_message, on_closed, &b);
	peer_gather(a.peer);
	OK(peer_send(a.peer, S("one"), NULL, 0) && peer_send(a.peer, S("two"), NULL, 0), "two messages");
	peer_drain(b.peer);
	IS_NUM(b.messages, 0);
	OK(peer_send(a.peer, S("with a descriptor"), fds, 1), "a third, with a descriptor");
	peer_drain(b.peer);
	IS_NUM(b.messages, 3);
	IS_NUM(b.fds, 1);
	IS_STR(str_from_c(b.last), S("with a descriptor"));
	OK(peer_send(a.peer, S("four"), NULL, 0), "one more");
	peer_flush(a.peer);
	peer_drain(b.peer);
	IS_STR(str_from_c(b.last), S("four"));
	while (sent < 5000 && peer_send(a.peer, str_make(line, sizeof(line)), NULL, 0))
		snprintf(line, sizeof(line), "%d", ++sent);
	IS_NUM(sent, 5000);
	b.stop_after = 5004;
	loop_run(loop);
	IS_NUM(b.messages, 5004);
	IS_STR(str_from_c(b.last), S("4999"));
	OK(peer_send(a.peer, S("to nobody"), NULL, 0), "a message that has not left");
	peer_free(a.peer);
	loop_run(loop);
	IS_NUM(b.messages, 5004);
	IS_NUM(b.closed, 1);
	peer_free(b.peer);
	loop_run(loop);
}

#define IN_FLIGHT 70

/* As a user without special rights: more descriptors in flight than a process may have. Exit status 0: all arrived. */
static _Noreturn void send_too_many(void)
{
	struct loop *loop = loop_new();
	struct end a = { .loop = loop }, b = { .loop = loop };
	struct rlimit few = { .rlim_cur = 60, .rlim_max = 60 };
	int ends[2], pipe_fds[2];
	unsigned sent = 0;

	if ((geteuid() == 0 && setresuid(65534, 65534, 65534) != 0) || peer_pair(ends) != ERR_OK ||
		pipe(pipe_fds) != 0 || setrlimit(RLIMIT_NOFILE, &few) != 0)
		_exit(2);
	a.peer = peer_new(loop, ends[0], on_message, on_closed, &a);
	b.peer = peer_new(loop, ends[1], on_message, on_closed, &b);
	for (unsigned i = 0; i < IN_FLIGHT; i++)
		sent += peer_send(a.peer, S("with one"), pipe_fds, 1);
	if (sent != IN_FLIGHT || peer_queued(a.peer) == 0)
		_exit(3);
	b.stop_after = IN_FLIGHT;
	loop_run(loop);
	_exit(b.messages == IN_FLIGHT && b.fds == IN_FLIGHT && a.closed + b.closed == 0 ? 0 : 4);
}

static void test_too_many_in_flight(void)
{
	pid_t pid;
	int status = -1;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		send_too_many();
	OK(pid > 0 && waitpid(pid, &status, 0) == pid, "a process of its own");
	IS_NUM(status, 0);
}

int main(void)
{
	struct loop *loop = loop_new();
	struct end a = { .loop = loop }, b = { .loop = loop };
	int ends[2], pipe_fds[2];
	char *large = mem_new(PEER_MESSAGE_OCTETS_MAX);
	size_t sent = 0;

	test_too_many_in_flight();
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
	test_last_words(loop);
	test_drain(loop);
	test_drain_inside(loop);
	test_no_room_for_descriptors(loop);
	test_gather(loop);
	loop_free(loop);
	return tap_done();
}
