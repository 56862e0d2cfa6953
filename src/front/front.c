#include "front/front.h"

#include "base/log.h"
#include "base/mem.h"
#include "front/client.h"
#include "front/hand_over.h"
#include "front/listener.h"
#include "front/relay.h"
#include "io/file.h"

/* How long a stop waits for messages that are being stored and for sessions in the store to say
 * goodbye. */
#define STOP_MS_MAX ((uint64_t)5000)

/* ---- what the others ask ---- */

struct tls_context *front_tls(struct front *f)
{
	return f->signer.fd >= 0 ? f->tls : NULL;
}

void front_one_less(struct front *f)
{
	if (f->env->stopping && f->clients_count == 0 && f->relays_count == 0)
		role_stopped(f->env);
}

/* ---- life ---- */

static enum err open_front(struct role_env *env, struct failure *failure)
{
	struct front *f = MEM_NEW(struct front);

	env->state = f;
	f->env = env;
	signer_init(&f->signer, env->def->role);
	list_init(&f->listeners);
	list_init(&f->clients);
	list_init(&f->strangers);
	list_init(&f->relays);
	map_init(&f->waiting);
	map_init(&f->by_address);
	map_init(&f->by_network);
	list_init(&f->bodies);
	buf_init(&f->scratch, 2 * FRONT_PIECE_OCTETS_MAX + 2);
	f->reserve_fd = memfd_new("reserve");
	f->descriptors_max = sandbox_descriptors(env->def->profile);
	f->pause = timer_new(env->loop, listeners_resume, f);
	return ERR_OK;
}

void front_close(struct role_env *env)
{
	struct front *f = env->state;

	must(f->clients_count == 0);
	relay_free_all(f);
	listeners_free(f);
	timer_free(f->grace);
	timer_free(f->pause);
	tls_context_unref(f->tls);
	signer_done(&f->signer);
	map_done(&f->waiting);
	crowd_done(&f->by_address);
	crowd_done(&f->by_network);
	buf_done(&f->scratch);
	fd_close(&f->reserve_fd);
	mem_free(f);
	env->state = NULL;
}

static void go(struct role_env *env)
{
	struct front *f = env->state;
	int next = memfd_new("next");

	/* The lowest number that is free: so many are in use before any client is there. */
	f->descriptors_own = next < 0 ? 0 : (uint64_t)next;
	fd_close(&next);
	listeners_open(f, true);
}

static void on_grace_over(void *arg)
{
	struct front *f = arg;

	role_stopped(f->env);
}

/* Whoever waits for the store's word on a message gets it; the others are told to come again. */
static void stop(struct role_env *env)
{
	struct front *f = env->state;

	listeners_free(f);
	f->grace = timer_new(env->loop, on_grace_over, f);
	timer_set(f->grace, STOP_MS_MAX);
	LIST_EACH (node, &f->clients) {
		struct client *c = LIST_OF(node, struct client, node);

		if (!c->state->waits || c->handshaking)
			client_end(c, ERR_SHUTDOWN);
	}
	front_one_less(f);
}

/* ---- messages from the attendant ---- */

static void take_certificate(struct front *f, const struct msg_certificate *q)
{
	struct tls_options options = { .chain_pem = q->chain_pem,
		.key = q->key,
		.minimum = f->env->config->tls_minimum == CONFIG_TLS_1_3 ? 13 : 12,
		.sign = signer_sign,
		.arg = &f->signer,
		.client_ca_pem = q->client_ca_pem };
	struct failure failure = { 0 };
	struct tls_context *next = NULL;

	if (q->chain_pem.len > 0 && tls_context_new(&options, &next, &failure) != ERR_OK) {
		log_put(LOG_tls_unusable, LOG_C("why", failure.text), LOG_END);
		return;
	}
	/* Connections that stand hold the old one themselves. */
	tls_context_unref(f->tls);
	f->tls = next;
}

static void on_attendant(struct front *f, struct msg *m)
{
	if (m->id == MSG_certificate)
		take_certificate(f, &m->certificate);
	if (m->id == MSG_listener && m->fd_count == 1 && service_valid(m->listener.service)) {
		listener_add(f, (enum service)m->listener.service, m->fds[0]);
		m->fds[0] = -1;
	}
}

/* ---- answers ---- */

/* The number of the question that a message answers; 0: it answers none. */
static uint64_t number_of(const struct msg *m, enum msg_id *ret_expect)
{
	*ret_expect = m->id;
	if (m->id == MSG_verdict)
		return m->verdict.request;
	if (m->id == MSG_web_told)
		return m->web_told.request;
	if (m->id == MSG_place_told)
		return m->place_told.request;
	if (m->id == MSG_page_told)
		return m->page_told.request;
	if (m->id == MSG_place_posted)
		return m->place_posted.request;
	if (m->id == MSG_parsed)
		return m->parsed.request;
	if (m->id == MSG_delivered)
		return m->delivered.request;
	*ret_expect = MSG_logon_ok;
	if (m->id == MSG_logon_ok)
		return m->logon_ok.session;
	if (m->id == MSG_logon_refused)
		return m->logon_refused.session;
	return m->id == MSG_sasl_challenge ? m->sasl_challenge.session : 0;
}

static void on_answer(struct front *f, const struct link *from, struct msg *m)
{
	enum msg_id expect;
	uint64_t number = number_of(m, &expect);
	struct client *c = number ? map_get(&f->waiting, number) : NULL;

	/* Nobody answers for another: a parser that has been taken over must not speak as the
	 * store. */
	if (c != NULL && c->question.link == from && c->question.expect == expect)
		client_answer(c, m);
}

static void on_message(struct role_env *env, struct link *from, struct msg *m)
{
	if (from->role == ROLE_ATTENDANT)
		on_attendant(env->state, m);
	else if (m->id == MSG_hand_back)
		hand_back(env->state, m);
	else if (m->id == MSG_kerberos_state)
		((struct front *)env->state)->kerberos = m->kerberos_state.ready;
	else
		on_answer(env->state, from, m);
}

static bool take_link(struct role_env *env, enum role role, unsigned instance, int fd)
{
	struct front *f = env->state;

	if (role != ROLE_KEYS)
		return false;
	signer_take(&f->signer, fd);
	return true;
}

static struct client *asker_of(struct front *f, const struct link *link)
{
	MAP_EACH (struct client, c, &f->waiting) {
		if (c->question.link == link)
			return c;
	}
	return NULL;
}

static void on_link_down(struct role_env *env, struct link *link)
{
	struct front *f = env->state;
	struct client *c;

	LIST_EACH (node, &f->clients) {
		struct client *half = LIST_OF(node, struct client, node);

		if (half->exchange_link == link)
			half->exchange_link = NULL;
	}
	/* Told one by one from the start: being told changes the map, and may free the client. */
	while ((c = asker_of(f, link)) != NULL)
		client_link_down(c);
}

#define FRONT_DEF(role_)                                                                           \
	{                                                                                          \
		.role = (role_), .profile = SANDBOX_FRONT, .prepare = tls_prepare,                 \
		.open = open_front, .go = go, .link_down = on_link_down, .take_link = take_link,   \
		.message = on_message, .stop = stop,                                               \
	}

const struct role_def front_mx_role = FRONT_DEF(ROLE_FRONT_MX);
const struct role_def front_user_role = FRONT_DEF(ROLE_FRONT_USER);
