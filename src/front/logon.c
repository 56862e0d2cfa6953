#include "front/logon.h"

#include "base/code.h"
#include "sasl/sasl.h"

#define RESPONSE_OCTETS_MAX ((size_t)12288)

static void put_client(struct buf *to, const struct client *c)
{
	crowd_address_put(to, &c->address);
}

/* The first logon goes by the session's own number, so that logs of all roles agree on it. */
static uint64_t new_number(struct client *c)
{
	return c->exchanges_count++ == 0 ? c->number : role_request(c->front->env);
}

static enum step ask(struct client *c, const struct msg *m, const struct client_state *wait)
{
	struct client_question q = { .number = c->exchange, .expect = MSG_logon_ok };
	struct link *link = role_link(c->front->env, ROLE_DIRECTORY, 0);

	/* Half an exchange is worth nothing to another directory than the one that has the other
	 * half. */
	if (c->exchange_link == NULL)
		c->exchange_link = link;
	return client_ask(c, c->exchange_link == link ? link : NULL, m, &q, wait);
}

enum step logon_password(
	struct client *c, struct str name, struct str password, const struct client_state *wait)
{
	struct msg m = { .id = MSG_logon };
	struct buf text;
	enum step step;

	buf_init(&text, CROWD_TEXT_OCTETS + 16);
	put_client(&text, c);
	c->exchange = new_number(c);
	c->exchange_link = NULL;
	m.logon.session = c->exchange;
	m.logon.service = (uint8_t)c->service;
	m.logon.tls = conn_is_secured(c->conn);
	m.logon.client = buf_str(&text);
	m.logon.name = name;
	m.logon.password = password;
	step = ask(c, &m, wait);
	buf_done(&text);
	return step;
}

#define SHOWN_OCTETS_MAX ((size_t)256)

void logon_turned_away(struct client *c, struct str name, struct str mechanism, enum err e)
{
	struct msg m = { .id = MSG_logon_turned_away };
	struct buf text;

	buf_init(&text, CROWD_TEXT_OCTETS + 16);
	put_client(&text, c);
	m.logon_turned_away = (struct msg_logon_turned_away){ .service = (uint8_t)c->service, .tls = conn_is_secured(c->conn),
		.client = buf_str(&text), .name = str_sub(name, 0, SHOWN_OCTETS_MAX), .mechanism = str_sub(mechanism, 0, SHOWN_OCTETS_MAX),
		.code = e };
	link_send(role_link(c->front->env, ROLE_DIRECTORY, 0), &m);
	buf_done(&text);
}

static enum err judge(const struct client *c, struct str name)
{
	const struct sasl_mechanism *m = sasl_find(name);
	struct offer_client who = client_offer(c);

	return m == NULL ? ERR_MECHANISM : offer_judge(c->front->env->config, m, &who);
}

bool logon_offers(const struct client *c, struct str mechanism)
{
	return judge(c, mechanism) == ERR_OK;
}

static struct str binding(const struct client *c, const struct tls_binding *b)
{
	return c->bound ? STR_NONE : str_make(b->at, b->octets);
}

static enum err judge_start(struct client *c, struct str mechanism)
{
	enum err e = judge(c, mechanism);

	if (e != ERR_OK)
		logon_turned_away(c, S(""), mechanism, e);
	return e;
}

static enum step start_exchange(struct client *c, struct str mechanism, const struct str *initial, const struct client_state *wait)
{
	struct msg m = { .id = MSG_sasl_start };
	struct tls_bindings bindings;
	struct tls_shown shown;
	struct buf text;
	enum step step;

	buf_init(&text, CROWD_TEXT_OCTETS + 16);
	put_client(&text, c);
	conn_bind(c->conn, &bindings);
	conn_shown(c->conn, &shown);
	c->exchange = new_number(c);
	c->exchange_link = NULL;
	m.sasl_start.session = c->exchange;
	m.sasl_start.service = (uint8_t)c->service;
	m.sasl_start.tls = conn_is_secured(c->conn);
	m.sasl_start.client = buf_str(&text);
	m.sasl_start.mechanism = mechanism;
	m.sasl_start.has_initial = initial != NULL;
	m.sasl_start.initial = initial != NULL ? *initial : STR_NONE;
	m.sasl_start.exporter = binding(c, &bindings.exporter);
	m.sasl_start.end_point = binding(c, &bindings.end_point);
	m.sasl_start.unique = binding(c, &bindings.unique);
	m.sasl_start.certificate = str_from_c(shown.fingerprint);
	m.sasl_start.addresses = str_from_c(shown.addresses);
	step = ask(c, &m, wait);
	buf_done(&text);
	return step;
}

enum err logon_octets_start(struct client *c, const struct logon_start *start, const struct client_state *wait, enum step *ret_step)
{
	enum err e = judge_start(c, start->mechanism);

	if (e == ERR_OK)
		*ret_step = start_exchange(c, start->mechanism, start->has_initial ? &start->initial : NULL, wait);
	return e;
}

enum err logon_sasl_start(struct client *c, const struct logon_start *start,
	const struct client_state *wait, enum step *ret_step)
{
	struct buf initial;
	struct str octets;
	enum err e = judge_start(c, start->mechanism);

	buf_init(&initial, RESPONSE_OCTETS_MAX);
	if (e == ERR_OK && start->has_initial)
		e = base64_get(&initial, start->initial);
	octets = buf_str(&initial);
	if (e == ERR_OK)
		*ret_step = start_exchange(c, start->mechanism, start->has_initial ? &octets : NULL, wait);
	buf_wipe(&initial);
	return e;
}

void logon_cancel(struct client *c)
{
	struct msg m = { .id = MSG_sasl_step,
		.sasl_step = { .session = c->exchange, .cancel = true } };

	if (c->exchange_link != NULL)
		link_send(role_link(c->front->env, ROLE_DIRECTORY, 0), &m);
	c->exchange = 0;
}

enum step logon_octets_line(struct client *c, struct str octets, const struct client_state *wait)
{
	struct msg m = { .id = MSG_sasl_step, .sasl_step = { .session = c->exchange, .response = octets } };

	return c->exchange_link != NULL ? ask(c, &m, wait) : client_ask(c, NULL, &m, NULL, wait);
}

enum err logon_sasl_line(
	struct client *c, struct str line, const struct client_state *wait, enum step *ret_step)
{
	struct buf response;
	enum err e;

	if (str_eq(line, S("*"))) {
		logon_cancel(c);
		return ERR_CANCELLED;
	}
	buf_init(&response, RESPONSE_OCTETS_MAX);
	e = base64_get(&response, line);
	if (e == ERR_OK)
		*ret_step = logon_octets_line(c, buf_str(&response), wait);
	else
		logon_cancel(c);
	buf_wipe(&response);
	return e;
}

enum err logon_answer(struct client *c, struct str *ret_text)
{
	const struct msg *m = c->answer;

	*ret_text = STR_NONE;
	if (m != NULL && m->id == MSG_sasl_challenge)
		return ERR_NEEDMORE;
	c->exchange = 0;
	if (m == NULL)
		return c->answer_code;
	if (m->id == MSG_logon_ok)
		return ERR_OK;
	*ret_text = m->logon_refused.text;
	/* A refusal that says neither is our own trouble. */
	return m->logon_refused.code == ERR_OK || m->logon_refused.code == ERR_NEEDMORE
		       ? ERR_PEER
		       : m->logon_refused.code;
}

void logon_put_mechanisms(const struct client *c, struct str prefix, struct str sep, struct buf *to)
{
	struct offer_client who = client_offer(c);

	offer_put(c->front->env->config, &who, prefix, sep, to);
}
