#include "front/http_session.h"

#include <stdio.h>

#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"
#include "front/http_account.h"
#include "front/http_challenge.h"
#include "front/http_place.h"
#include "front/http_setup.h"
#include "front/logon.h"
#include "io/clock.h"
#include "io/file.h"

#define MESSAGE_OCTETS_MAX ((size_t)4 << 20) /* the largest form in base64, with room to spare */

static enum step run_head(struct client *c);
static enum step run_body(struct client *c);
static enum step run_answer(struct client *c);
static enum step run_send(struct client *c);

static const struct client_state head_state = { "request", run_head, CLIENT_FOR_OWN, false };
static const struct client_state body_state = { "request body", run_body, CLIENT_FOR_OWN, false };
static const struct client_state send_state = { "sending", run_send, CLIENT_FOR_OWN, false };
const struct client_state http_answer_state = { "answer", run_answer, CLIENT_FOR_ANSWER, true };

#define M(method) (1u << HTTP_##method)
#define RESOURCE(path, methods, logon, handler, what) { path, methods, HTTP_##logon, http_do_##handler, what },
static const struct http_resource resources[] = {
#include "front/http_resource.tbl"
};

static struct http_session *session_of(const struct client *c)
{
	return c->session;
}

static const struct config *config_of(const struct http_session *s)
{
	return s->client->front->env->config;
}

static void begin_request(struct http_session *s)
{
	arena_wipe(&s->arena);
	arena_init(&s->arena, ARENA_COMMAND);
	s->request = NULL;
	s->resource = NULL;
	s->token = s->said = s->added = STR_NONE;
	s->ways = ~0u;
	s->place = NULL;
	fd_close(&s->message_fd);
	fd_close(&s->record_fd);
	buf_clear(&s->message);
	buf_shrink(&s->message);
	s->once = false;
	s->outcome = ERR_OK;
	s->begun = false;
	if (s->body.at != NULL)
		mem_wipe(s->body.at, s->body.held);
	buf_clear(&s->body);
	buf_shrink(&s->body);
	buf_clear(&s->page);
	buf_shrink(&s->page);
	client_deadline(s->client, config_of(s)->http_idle_ms_max);
}

static void *open_session(struct client *c)
{
	struct http_session *s = MEM_NEW(struct http_session);

	s->client = c;
	c->session = s;
	/* Each request has times of its own. */
	c->logon_deadline_ms = 0;
	arena_init(&s->arena, ARENA_COMMAND);
	buf_init(&s->body, (size_t)config_of(s)->http_body_octets_max);
	buf_init(&s->page, FRONT_IN_OCTETS_MAX * 32);
	buf_init(&s->message, MESSAGE_OCTETS_MAX);
	s->message_fd = s->record_fd = -1;
	room_init(&s->room, c->front, &c->address, false);
	log_put(LOG_session_opened, LOG_U("session", c->number), LOG_C("client", c->address.text),
		LOG_C("service", service_row(c->service)->name), LOG_END);
	begin_request(s);
	return s;
}

static void drop_file(struct http_session *s)
{
	fd_unmap(&s->file);
	room_give(&s->room);
	s->sent = 0;
}

static void close_session(struct client *c)
{
	struct http_session *s = session_of(c);

	http_challenge_close(s);
	arena_wipe(&s->arena);
	buf_wipe(&s->body);
	buf_done(&s->page);
	buf_done(&s->message);
	drop_file(s);
	fd_close(&s->message_fd);
	fd_close(&s->record_fd);
	mem_free(s);
}

const struct client_kind http_kind = { PROTOCOL_HTTP, &head_state, &head_state, open_session, close_session };

/* ---- answers ---- */

/* What so many octets may take: those a second that there must be, and what it has to begin with. */
static uint64_t octets_ms(const struct http_session *s, uint64_t octets)
{
	uint64_t rate = config_of(s)->smtp_data_octets_per_second_min;

	return config_of(s)->http_head_ms_max + (rate > 0 ? octets * 1000 / rate : 0);
}

#define POLICY "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
#define SCRIPTS "; script-src 'self'"

static void put_head(struct buf *to, const struct http_reply *r, bool close)
{
	buf_printf(to, "HTTP/1.1 %u %s\r\n", r->status, http_reason(r->status));
	buf_put_c(to, "Date: ");
	date_put_http(to, clock_real_ms() / 1000);
	buf_printf(to, "\r\nContent-Security-Policy: " POLICY "%s\r\n", r->script ? SCRIPTS : "");
	buf_put_c(to, "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
		      "Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n");
	if (r->etag.len > 0)
		buf_printf(to, "Cache-Control: no-cache, private\r\nETag: %.*s\r\n", STR_FMT(r->etag));
	else
		buf_put_c(to, r->cache ? "Cache-Control: max-age=86400\r\n" : "Cache-Control: no-store\r\n");
	if (r->type.len > 0)
		buf_printf(to, "Content-Type: %.*s\r\n", STR_FMT(r->type));
	buf_put(to, r->extra);
	if (r->status != 204 && r->status != 304)
		buf_printf(to, "Content-Length: %zu\r\n", r->file.at != NULL ? r->file.len : r->body.len);
	if (close)
		buf_put_c(to, "Connection: close\r\n");
}

static void log_request(const struct http_session *s, const struct http_reply *r)
{
	const struct http_request *q = s->request;

	log_put(LOG_http_request, LOG_U("session", s->client->number), LOG_C("client", s->client->address.text),
		LOG_S("method", q ? http_method_name(q->method) : S("")), LOG_S("path", q ? str_sub(q->path, 0, 200) : S("")),
		LOG_U("status", r->status), LOG_END);
}

bool http_stays(const struct http_session *s)
{
	return !s->close && s->request != NULL && s->request->keep && s->requests + 1 < HTTP_REQUESTS_MAX && !s->client->front->env->stopping;
}

static enum step answered(struct http_session *s)
{
	struct client *c = s->client;

	if (s->close) {
		client_end(c, ERR_OK);
		return STEP_DONE;
	}
	begin_request(s);
	client_go(c, &head_state);
	return STEP_AGAIN;
}

/* As fast as the client takes it: run is not called while the output is congested. */
static enum step run_send(struct client *c)
{
	struct http_session *s = session_of(c);
	struct str piece = str_sub(s->file, s->sent, CONN_OUT_HIGH_WATER);

	conn_put(c->conn, piece);
	s->sent += piece.len;
	if (s->sent < s->file.len)
		return STEP_AGAIN;
	drop_file(s);
	return answered(s);
}

enum step http_answer(struct http_session *s, const struct http_reply *r)
{
	struct client *c = s->client;
	struct buf *out = conn_out(c->conn);
	const struct config *config = config_of(s);
	bool head_only = s->request != NULL && s->request->method == HTTP_HEAD;

	s->file = r->file;
	s->close |= !http_stays(s);
	s->requests++;
	put_head(out, r, s->close);
	buf_put(out, s->added);
	buf_printf(out, "Server: Bourse %.*s\r\n", STR_FMT(c->front->env->server_instance));
	if (conn_is_secured(c->conn) && config->http_hsts_ms > 0)
		buf_printf(out, "Strict-Transport-Security: max-age=%llu\r\n", (unsigned long long)(config->http_hsts_ms / 1000));
	/* A client of HTTP/1.0 that asked for it must hear that the connection stays. */
	if (!s->close && s->request->old)
		buf_put_c(out, "Connection: keep-alive\r\n");
	buf_put_c(out, "\r\n");
	if (!head_only && r->status != 204 && r->status != 304)
		buf_put(out, r->body);
	conn_flush(c->conn);
	http_forget(s);
	http_challenge_answered(s);
	log_request(s, r);
	if (s->file.len == 0 || head_only) {
		drop_file(s);
		return answered(s);
	}
	client_go(c, &send_state);
	client_deadline(c, octets_ms(s, s->file.len));
	return STEP_AGAIN;
}

enum step http_refuse(struct http_session *s, enum err e, struct str text)
{
	unsigned status = err_row(e)->http;
	struct http_reply r = { .status = status, .type = S("text/html; charset=utf-8") };
	struct buf *page = &s->page;
	char extra[200] = "";

	buf_clear(page);
	buf_printf(page, "<!DOCTYPE html>\r\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%s</title>"
			 "<link rel=\"stylesheet\" href=\"/style.css\"></head>\r\n<body><main><h1>%s</h1><p>", http_reason(status), http_reason(status));
	http_put_html(page, text.len > 0 ? text : str_from_c(err_text(e)));
	buf_put_c(page, "</p></main></body></html>\r\n");
	if (status == 405 && s->resource != NULL)
		snprintf(extra, sizeof(extra), "Allow: %s%s\r\n", s->resource->methods & M(GET) ? "GET, HEAD, " : "",
			s->resource->methods & M(POST) ? "POST, OPTIONS" : "OPTIONS");
	r.extra = str_from_c(extra);
	r.body = buf_str(page);
	return http_answer(s, &r);
}

void http_put_farewell(struct buf *to, enum err why)
{
	struct http_reply r = { .status = err_row(why)->http, .type = S("text/plain; charset=utf-8"), .body = str_from_c(err_text(why)) };

	put_head(to, &r, true);
	buf_put_c(to, "\r\n");
	buf_put(to, r.body);
}

/* Between two requests nobody has asked anything: a browser would take the words for the answer to its next request. */
void http_session_farewell(const struct client *c, enum err why)
{
	const struct http_session *s = session_of(c);

	if (s->begun || s->request != NULL)
		http_put_farewell(conn_out(c->conn), why);
}

/* ---- a request ---- */

static enum step hang_up(struct http_session *s, enum err e)
{
	log_put(LOG_bad_input, LOG_U("session", s->client->number), LOG_C("client", s->client->address.text),
		LOG_C("what", err_text(e)), LOG_END);
	s->close = true;
	return http_refuse(s, e, STR_NONE);
}

static const struct http_resource *find(struct str path)
{
	for (size_t i = 0; i < sizeof(resources) / sizeof(*resources); i++)
		if (str_ieq(path, str_from_c(resources[i].path)))
			return &resources[i];
	return NULL;
}

enum step http_send_to_tls(struct http_session *s)
{
	const struct http_request *q = s->request;
	struct str host = q->host.len > 0 ? q->host : s->client->front->env->host_name;
	uint64_t port = http_port(s, CONFIG_listen_https);
	struct http_reply r = { .status = 308 };
	struct str extra;

	if (port == 0 || front_tls(s->client->front) == NULL)
		return http_refuse(s, ERR_NEEDTLS, STR_NONE);
	extra = arena_printf(&s->arena, "Location: https://%.*s", STR_FMT(host));
	if (port != 443)
		extra = arena_printf(&s->arena, "%.*s:%llu", STR_FMT(extra), (unsigned long long)port);
	r.extra = arena_printf(&s->arena, "%.*s%.*s%s%.*s\r\n", STR_FMT(extra), STR_FMT(q->path), q->query.at ? "?" : "", STR_FMT(q->query));
	return http_answer(s, &r);
}

static enum step obey(struct http_session *s)
{
	const struct http_request *q = s->request;
	enum http_method method = q->method == HTTP_HEAD ? HTTP_GET : q->method;

	if (q->method == HTTP_OPTIONS)
		return http_answer(s, &(struct http_reply){ .status = 204, .extra = S("Allow: GET, HEAD, POST, OPTIONS\r\n") });
	s->resource = find(q->path);
	if (s->resource == NULL && q->method != HTTP_OTHER)
		return http_place(s);
	if (q->method == HTTP_OTHER || !(s->resource->methods & 1u << method))
		return http_refuse(s, q->method == HTTP_OTHER ? ERR_UNSUPPORTED : ERR_COMMAND, S("That cannot be done here."));
	if (s->resource->logon != HTTP_ANYBODY && client_judge_password(s->client) == ERR_NEEDTLS)
		return http_send_to_tls(s);
	return s->resource->logon >= HTTP_PERSON ? http_identify(s) : s->resource->run(s);
}

static uint64_t body_ms(const struct http_session *s)
{
	return octets_ms(s, s->request->chunked ? config_of(s)->http_body_octets_max : s->request->length);
}

/* The head is copied: the input goes while the body comes. */
static enum step begin_body(struct http_session *s, struct str head, size_t used)
{
	struct client *c = s->client;
	struct str copy = arena_str(&s->arena, str_sub(head, 0, used));

	s->request = ARENA_NEW(&s->arena, struct http_request);
	must(http_read_request(copy, used, s->request, &used) == ERR_OK);
	client_consume_secret(c, used);
	if (s->request->has_length && s->request->length > s->body.ceiling)
		return hang_up(s, ERR_TOOBIG);
	http_body_init(&s->reader, s->request);
	if (!s->request->chunked && s->request->length == 0)
		return obey(s);
	if (s->request->expects_continue && conn_in(c->conn).len == 0)
		conn_put(c->conn, S("HTTP/1.1 100 Continue\r\n\r\n"));
	client_go(c, &body_state);
	client_deadline(c, body_ms(s));
	return STEP_AGAIN;
}

static enum step run_head(struct client *c)
{
	struct http_session *s = session_of(c);
	struct str in = conn_in(c->conn);
	struct http_request request;
	size_t used = 0;
	enum err e;

	if (in.len > 0 && !s->begun) {
		s->begun = true;
		client_deadline(c, config_of(s)->http_head_ms_max);
	}
	if (in.len == 0)
		return STEP_READ;
	e = http_read_request(in, (size_t)config_of(s)->http_head_octets_max, &request, &used);
	if (e == ERR_NEEDMORE)
		return STEP_READ;
	return e == ERR_OK ? begin_body(s, in, used) : hang_up(s, e);
}

static enum step run_body(struct client *c)
{
	struct http_session *s = session_of(c);
	struct str in = conn_in(c->conn), rest = in;
	enum err e = http_body_take(&s->reader, &rest, &s->body);

	client_consume_secret(c, in.len - rest.len);
	if (e == ERR_NEEDMORE)
		return STEP_READ;
	return e == ERR_OK ? obey(s) : hang_up(s, e);
}

/* ---- other roles ---- */

static const struct {
	enum msg_id question, answer;
} answers[] = { { MSG_place_ask, MSG_place_told }, { MSG_place_post, MSG_place_posted }, { MSG_parse, MSG_parsed }, { MSG_deliver, MSG_delivered },
	{ MSG_page_ask, MSG_page_told } };

enum step http_ask(struct http_session *s, struct link *link, const struct msg *m, uint64_t number, http_handler *next)
{
	enum msg_id expect = MSG_verdict;

	/* A change of password is answered as a logon is. */
	if (m->id == MSG_web_ask)
		expect = m->web_ask.what == WEB_PASSWORD ? MSG_logon_ok : MSG_web_told;
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++)
		expect = m->id == answers[i].question ? answers[i].answer : expect;
	s->next = next;
	return client_ask(s->client, link, m, &(struct client_question){ .number = number, .expect = expect }, &http_answer_state);
}

enum step http_ask_logon(struct http_session *s, struct str name, struct str password, http_handler *next)
{
	s->next = next;
	return logon_password(s->client, name, password, &http_answer_state);
}

static enum step run_answer(struct client *c)
{
	return session_of(c)->next(session_of(c));
}
