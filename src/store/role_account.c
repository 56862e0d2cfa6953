#include "base/cursor.h"
#include "store/role_int.h"

#define ASK_MS  10000 /* between two questions whether those who are here may go on */
#define AT_ONCE ((size_t)1000)

static void send(struct store_role *r, struct buf *sessions)
{
	if (sessions->len > 0)
		link_send(role_link(r->env, ROLE_DIRECTORY, 0),
			&(struct msg){ .id = MSG_sessions_held, .sessions_held = { .sessions = buf_str(sessions) } });
	buf_clear(sessions);
}

void role_accounts_ask(struct store_role *r)
{
	struct buf sessions;
	struct wr w = wr_to(&sessions);

	buf_init(&sessions, AT_ONCE * 2 * sizeof(uint64_t));
	LIST_EACH(node, &r->sessions) {
		uint64_t issued_ms;

		wr_u64(&w, role_session_account(node, &issued_ms));
		wr_u64(&w, issued_ms);
		if (sessions.len == AT_ONCE * 2 * sizeof(uint64_t))
			send(r, &sessions);
	}
	send(r, &sessions);
	buf_done(&sessions);
}

static void on_timer(void *arg)
{
	struct store_role *r = arg;

	role_accounts_ask(r);
	timer_set(r->accounts_timer, ASK_MS);
}

void role_accounts_start(struct store_role *r)
{
	r->accounts_timer = timer_new(r->env->loop, on_timer, r);
	timer_set(r->accounts_timer, ASK_MS);
}

void role_accounts_stop(struct store_role *r)
{
	timer_free(r->accounts_timer);
	r->accounts_timer = NULL;
}
