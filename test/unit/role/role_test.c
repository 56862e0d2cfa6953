/* The skeleton of a role: start, links and their ends, reload, stop. The role under test says in its answers what it has seen. */
#include "role/role.h"

#include <stdio.h>

#include "kit.h"
#include "tap.h"

struct seen {
	unsigned up, down, messages, reloads;
};

static struct seen seen;
static bool cannot_open;

static void on_link_up(struct role_env *env, struct link *link)
{
	seen.up++;
}

static void on_link_down(struct role_env *env, struct link *link)
{
	seen.down++;
	/* Nothing goes to a channel that has ended, and it is not to be found. */
	if (link_send(link, &(struct msg){ .id = MSG_parsed }) || role_link(env, link->role, 0) == link)
		abort();
}

static void on_message(struct role_env *env, struct link *from, struct msg *m)
{
	struct msg answer = { .id = MSG_parsed };
	char text[80];

	if (m->id != MSG_parse)
		return;
	seen.messages++;
	snprintf(text, sizeof(text), "up %u down %u messages %u reloads %u", seen.up, seen.down, seen.messages, seen.reloads);
	answer.parsed = (struct msg_parsed){ .request = m->parse.request, .record = str_from_c(text) };
	if (m->parse.request != 0)
		link_send(from, &answer);
}

static void on_reload(struct role_env *env)
{
	seen.reloads++;
}

static enum err on_open(struct role_env *env, struct failure *f)
{
	return cannot_open ? fail(f, ERR_CORRUPT, "this is why") : ERR_OK;
}

static const struct role_def def = {
	.role = ROLE_PARSER,
	.profile = SANDBOX_PARSER,
	.open = on_open,
	.link_up = on_link_up,
	.link_down = on_link_down,
	.message = on_message,
	.reloaded = on_reload,
};

static void ask(int fd, uint64_t request)
{
	kit_send_with(fd, &(struct msg){ .id = MSG_parse, .parse = { .request = request } });
}

static void answers(struct kit *k, int fd, const char *want)
{
	struct msg m;
	bool heard;

	ask(fd, 9);
	heard = kit_hear(k, fd, ROLE_STORE, 5000, &m);
	OK(heard && m.id == MSG_parsed && m.parsed.request == 9, "an answer");
	if (heard)
		IS_STR(m.parsed.record, str_from_c(want));
}

/* A channel that the role has taken up for sure: channels are not in order among each other. */
static int link_up(struct kit *k, enum role as, unsigned instance)
{
	int fd = kit_link(k, as, instance);
	struct msg m;

	ask(fd, 1);
	OK(kit_hear(k, fd, as, 5000, &m), "linked");
	return fd;
}

static void test_life(void)
{
	struct kit k;
	struct msg m;
	int store, front, next;

	kit_init(&k, &def);
	OK(kit_start(&k), "ready");
	store = kit_link(&k, ROLE_STORE, 0);
	answers(&k, store, "up 1 down 0 messages 1 reloads 0");
	front = link_up(&k, ROLE_FRONT_MX, 0);
	answers(&k, store, "up 2 down 0 messages 3 reloads 0");
	/* A malformed message closes its channel and nothing else. */
	must(peer_send_now(front, S("\xff\xff nonsense"), NULL, 0) == ERR_OK);
	OK(!kit_hear(&k, front, ROLE_FRONT_MX, 5000, &m), "closed");
	answers(&k, store, "up 2 down 1 messages 4 reloads 0");
	fd_close(&front);
	/* What this role may not be told, a row that others have, counts as malformed. */
	front = link_up(&k, ROLE_FRONT_USER, 3);
	kit_send_with(front, &(struct msg){ .id = MSG_session_gone, .session_gone = { .session = 1 } });
	OK(!kit_hear(&k, front, ROLE_FRONT_USER, 5000, &m), "closed");
	answers(&k, store, "up 3 down 2 messages 6 reloads 0");
	fd_close(&front);
	/* More descriptors than the row has. */
	front = link_up(&k, ROLE_FRONT_USER, 3);
	m = (struct msg){ .id = MSG_parse, .fd_count = 3, .fds = { 0, 1, 2 } };
	kit_send_with(front, &m);
	OK(!kit_hear(&k, front, ROLE_FRONT_USER, 5000, &m), "closed");
	answers(&k, store, "up 4 down 3 messages 8 reloads 0");
	fd_close(&front);
	/* The same role again: what the old one said last is heard before it is forgotten. */
	ask(store, 0);
	ask(store, 0);
	next = kit_link(&k, ROLE_STORE, 0);
	fd_close(&store);
	answers(&k, next, "up 5 down 4 messages 11 reloads 0");
	/* A configuration that cannot be read changes nothing. */
	kit_tell(&k, &(struct msg){ .id = MSG_reload, .reload = { .config = S("no configuration") } });
	answers(&k, next, "up 5 down 4 messages 12 reloads 0");
	IS_NUM(kit_stop(&k), 0);
	fd_close(&next);
	kit_done(&k);
}

static void test_ends(void)
{
	struct kit k;
	struct msg m;

	kit_init(&k, &def);
	OK(kit_start(&k), "ready");
	must(peer_send_now(k.control, S("nonsense"), NULL, 0) == ERR_OK);
	IS_NUM(kit_wait(&k), 0);
	OK(kit_start(&k), "ready");
	fd_close(&k.control);
	IS_NUM(kit_wait(&k), 0);
	/* Another build's attendant. */
	kit_fork(&k);
	kit_start_with(&k, msg_table_hash() + 1);
	IS_NUM(kit_wait(&k), 1);
	kit_fork(&k);
	fd_close(&k.control);
	IS_NUM(kit_wait(&k), 1);
	/* Why it cannot start is heard, although orders are left unread behind it. */
	cannot_open = true;
	kit_fork(&k);
	kit_start_with(&k, msg_table_hash());
	for (int i = 0; i < 20; i++)
		close(kit_link(&k, ROLE_STORE, (unsigned)i));
	kit_tell(&k, &(struct msg){ .id = MSG_go });
	OK(waitpid(k.pid, NULL, 0) == k.pid, "it ends");
	k.pid = 0;
	OK(kit_hear(&k, k.control, ROLE_ATTENDANT, 1000, &m) && m.id == MSG_broken, "and says why");
	IS_STR(m.broken.text, S("this is why"));
	IS_NUM(m.broken.code, ERR_CORRUPT);
	fd_close(&k.control);
	cannot_open = false;
	kit_done(&k);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	test_life();
	test_ends();
	return tap_done();
}
