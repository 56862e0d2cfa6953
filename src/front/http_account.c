#include "front/http_account.h"

#include "base/code.h"
#include "base/cursor.h"
#include "front/http_challenge.h"
#include "front/logon.h"
#include "ipc/place.h"
#include "ipc/web.h"

#define FIELD_OCTETS_MAX ((size_t)4096) /* of a form, decoded */
#define HTML             S("text/html; charset=utf-8")

/* ---- pages ---- */

static void put_top(struct http_session *s, const char *title)
{
	buf_clear(&s->page);
	buf_printf(&s->page, "<!DOCTYPE html>\r\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>%s</title>"
		"<link rel=\"stylesheet\" href=\"/style.css\"></head>\r\n<body><main><h1>%s</h1>\r\n", title, title);
}

static void put_message(struct http_session *s, const char *class, struct str text)
{
	if (text.len == 0)
		return;
	buf_printf(&s->page, "<p class=\"%s\" role=\"status\">", class);
	http_put_html(&s->page, text);
	buf_put_c(&s->page, "</p>\r\n");
}

static void put_input(struct http_session *s, const char *name, const char *label, const char *attributes)
{
	buf_printf(&s->page, "<label for=\"%s\">%s</label><input id=\"%s\" name=\"%s\" %s required>\r\n", name, label, name, name,
		attributes);
}

static void put_form_token(struct http_session *s, struct str token)
{
	buf_printf(&s->page, "<input type=\"hidden\" name=\"form\" value=\"%.*s\">\r\n", STR_FMT(token));
}

static enum step send_page(struct http_session *s, unsigned status, struct str extra)
{
	buf_put_c(&s->page, "</main></body></html>\r\n");
	return http_answer(s, &(struct http_reply){ .status = status, .type = HTML, .body = buf_str(&s->page), .extra = extra });
}

static enum step sign_in_page(struct http_session *s, unsigned status, struct str wrong)
{
	put_top(s, "Sign in");
	put_message(s, "wrong", wrong);
	buf_put_c(&s->page, "<form method=\"post\" action=\"/sign-in\">\r\n");
	put_input(s, "user", "E-mail address or user name", "autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" autofocus");
	put_input(s, "password", "Password", "type=\"password\" autocomplete=\"current-password\"");
	buf_put_c(&s->page, "<label for=\"code\">Code of your second factor, if you have one</label>"
		"<input id=\"code\" name=\"code\" autocomplete=\"one-time-code\">\r\n<button>Sign in</button></form>\r\n");
	if (http_challenge_is_offered(s))
		buf_put_c(&s->page, "<p><a href=\"/single-sign-on\">Sign in as who is logged on to this computer</a></p>\r\n");
	return send_page(s, status, STR_NONE);
}

static enum step go_to(struct http_session *s, const char *path, struct str extra)
{
	return http_answer(s, &(struct http_reply){ .status = 303,
		.extra = arena_printf(&s->arena, "Location: %s\r\n%.*s", path, STR_FMT(extra)) });
}

/* ---- cookies and forms ---- */

/* A browser takes a cookie of this name inside TLS only, and from nobody but this host. */
static const char *cookie_name(const struct http_session *s)
{
	return conn_is_secured(s->client->conn) ? "__Host-bourse" : "bourse";
}

static struct str set_cookie(struct http_session *s, struct str token)
{
	return arena_printf(&s->arena, "Set-Cookie: %s=%.*s; Path=/; HttpOnly; SameSite=Strict%s%s\r\n", cookie_name(s), STR_FMT(token),
		conn_is_secured(s->client->conn) ? "; Secure" : "", token.len == 0 ? "; Max-Age=0" : "");
}

struct str http_token_of(const struct http_session *s)
{
	struct str token = http_cookie(s->request, str_from_c(cookie_name(s)));

	return token.len == WEB_TOKEN_OCTETS ? token : STR_NONE;
}

bool http_is_foreign(const struct http_session *s)
{
	struct str origin = http_field(s->request, S("Origin")), site = http_field(s->request, S("Sec-Fetch-Site"));
	struct str host = http_field(s->request, S("Host"));

	if (site.at != NULL && !str_eq(site, S("same-origin")) && !str_eq(site, S("none")))
		return true;
	if (origin.at == NULL)
		return false;
	return !str_starts(origin, conn_is_secured(s->client->conn) ? S("https://") : S("http://")) ||
	       !str_ieq(str_skip(origin, str_find(origin, '/') + 2), host);
}

/* What every form has to be like. ERR_OK, or the refusal. */
static enum err check_form(const struct http_session *s)
{
	struct str type = http_field(s->request, S("Content-Type")), kind;

	if (!str_cut(&type, ';', &kind))
		kind = type;
	if (http_is_foreign(s))
		return ERR_FORM;
	return str_ieq(str_trim(kind), S("application/x-www-form-urlencoded")) ? ERR_OK : ERR_MEDIATYPE;
}

/* One field, decoded into the request's arena, which is wiped. */
static struct str field(struct http_session *s, const char *name)
{
	struct str ret = S("");
	struct buf to;

	buf_init(&to, FIELD_OCTETS_MAX);
	if (http_decode(http_form(buf_str(&s->body), str_from_c(name)), true, &to) == ERR_OK)
		ret = arena_str(&s->arena, buf_str(&to));
	buf_wipe(&to);
	return ret;
}

/* ---- the directory ---- */

static enum step ask_directory(struct http_session *s, struct msg_web_ask *q, http_handler *next)
{
	struct role_env *env = s->client->front->env;
	struct msg m = { .id = MSG_web_ask };
	struct buf client;
	enum step step;

	buf_init(&client, CROWD_TEXT_OCTETS + 16);
	crowd_address_put(&client, &s->client->address);
	q->request = role_request(env);
	q->service = (uint8_t)s->client->service;
	q->tls = conn_is_secured(s->client->conn);
	q->client = buf_str(&client);
	m.web_ask = *q;
	step = http_ask(s, role_link(env, ROLE_DIRECTORY, 0), &m, q->request, next);
	buf_done(&client);
	return step;
}

static const struct msg_web_told *told(const struct http_session *s)
{
	return s->client->answer != NULL ? &s->client->answer->web_told : NULL;
}

static enum err told_code(const struct http_session *s)
{
	return told(s) != NULL ? (enum err)told(s)->code : s->client->answer_code;
}

void http_forget(struct http_session *s)
{
	struct msg m = { .id = MSG_web_ask, .web_ask = { .what = WEB_DROP, .token = s->token } };

	if (s->once)
		link_send(role_link(s->client->front->env, ROLE_DIRECTORY, 0), &m);
	s->once = false;
}

/* ---- who asks ---- */

static bool wants_page(const struct http_session *s)
{
	struct str accept = http_field(s->request, S("Accept"));

	return str_find_str(accept, S("text/html")) != STR_NPOS;
}

/* Whoever comes with a password or a message of a logon is told there what became of it. */
static bool wants_form(const struct http_session *s)
{
	if (s->resource->logon == HTTP_NETWORK)
		return !http_challenge_is_offered(s);
	if (!(s->ways & PLACE_FORM))
		return false;
	return wants_page(s) && http_field(s->request, S("Authorization")).at == NULL;
}

#define OFFERS_OCTETS_MAX ((size_t)1024)

/* A person is shown the form; a program is told how to say who it is. */
enum step http_ask_who(struct http_session *s, struct str text)
{
	struct str cookie = http_token_of(s).len > 0 ? set_cookie(s, S("")) : S("");
	struct http_reply r = { .status = 401, .type = S("text/plain; charset=utf-8") };
	struct buf offers;

	if (wants_form(s))
		return go_to(s, "/", cookie);
	buf_init(&offers, OFFERS_OCTETS_MAX);
	http_challenge_put_offers(s, &offers);
	if (s->resource->logon != HTTP_NETWORK && (s->ways & PLACE_BASIC))
		buf_printf(&offers, "WWW-Authenticate: Basic realm=\"%.*s\", charset=\"UTF-8\"\r\n", STR_FMT(s->client->front->env->host_name));
	buf_put(&offers, cookie);
	must(!buf_overflowed(&offers));
	r.body = arena_printf(&s->arena, "%.*s\r\n", STR_FMT(text.len > 0 ? text : S("Sign in first.")));
	r.extra = arena_str(&s->arena, buf_str(&offers));
	buf_done(&offers);
	return http_answer(s, &r);
}

static enum step on_identified(struct http_session *s)
{
	enum err e = told_code(s);

	if (e == ERR_NEEDAUTH && s->token.at == http_challenge_token(s).at)
		http_challenge_lost(s);
	if (e == ERR_NEEDAUTH)
		return http_ask_who(s, STR_NONE);
	if (e != ERR_OK)
		return http_refuse(s, e, STR_NONE);
	return s->resource->run(s);
}

enum step http_look(struct http_session *s)
{
	return ask_directory(s, &(struct msg_web_ask){ .what = WEB_LOOK, .token = s->token }, on_identified);
}

/* A session for this one request, made of the password that came with it. */
static enum step on_basic(struct http_session *s)
{
	struct str text;
	enum err e = logon_answer(s->client, &text);

	if (e != ERR_OK)
		return err_row(e)->http == 401 ? http_ask_who(s, text) : http_refuse(s, e, text);
	s->token = arena_str(&s->arena, s->client->answer->logon_ok.ticket);
	s->once = true;
	return http_look(s);
}

static enum step take_basic(struct http_session *s, struct str credentials)
{
	struct buf clear;
	struct str name, password;

	buf_init(&clear, FIELD_OCTETS_MAX);
	if (base64_get(&clear, credentials) != ERR_OK) {
		buf_done(&clear);
		return http_refuse(s, ERR_BASE64, STR_NONE);
	}
	password = arena_str(&s->arena, buf_str(&clear));
	buf_wipe(&clear);
	if (!str_cut(&password, ':', &name))
		return http_refuse(s, ERR_SYNTAX, S("There is no colon between name and password."));
	return http_ask_logon(s, name, password, on_basic);
}

enum step http_identify(struct http_session *s)
{
	struct str rest = http_field(s->request, S("Authorization")), scheme = rest;

	if (!str_cut(&rest, ' ', &scheme))
		rest = S("");
	/* What was said last by the person counts: a program sends no cookie. */
	if (str_ieq(scheme, S("Basic")))
		return take_basic(s, str_trim(rest));
	if (http_challenge_is(scheme))
		return http_challenge_take(s, scheme, str_trim(rest));
	if (scheme.at != NULL)
		return http_refuse(s, ERR_MECHANISM, STR_NONE);
	s->token = http_token_of(s);
	if (s->token.len == 0)
		s->token = http_challenge_token(s);
	return s->token.len > 0 ? http_look(s) : http_ask_who(s, STR_NONE);
}

/* ---- signing in and out ---- */

enum step http_do_entrance(struct http_session *s)
{
	if (http_token_of(s).len > 0)
		return go_to(s, "/account", STR_NONE);
	return sign_in_page(s, 200, STR_NONE);
}

static enum step on_signed_in(struct http_session *s)
{
	struct str text;
	enum err e = logon_answer(s->client, &text);
	unsigned status = err_row(e)->http;

	if (e == ERR_OK)
		return go_to(s, "/account", set_cookie(s, s->client->answer->logon_ok.ticket));
	/* 401 would make the browser ask in a window of its own. */
	return sign_in_page(s, status == 401 ? 403 : status, text.len > 0 ? text : str_from_c(err_text(e)));
}

enum step http_do_sign_in(struct http_session *s)
{
	enum err e = check_form(s);
	struct str name = field(s, "user"), password = field(s, "password");

	if (e != ERR_OK)
		return http_refuse(s, e, STR_NONE);
	if (name.len == 0 || password.len == 0)
		return sign_in_page(s, 403, S("Give both, name and password."));
	/* The directory takes a code from behind the password. */
	password = arena_printf(&s->arena, "%.*s%.*s", STR_FMT(password), STR_FMT(str_trim(field(s, "code"))));
	return http_ask_logon(s, name, password, on_signed_in);
}

/* A browser has proved to the connection who sits at it: from now on a cookie says so, on any connection. */
enum step http_do_single_sign_on(struct http_session *s)
{
	struct str cookie;

	if (http_is_foreign(s))
		return http_refuse(s, ERR_FORM, STR_NONE);
	if (s->token.at != http_challenge_token(s).at)
		return go_to(s, "/account", STR_NONE);
	cookie = set_cookie(s, s->token);
	http_challenge_give(s);
	return go_to(s, "/account", cookie);
}

static enum step on_signed_out(struct http_session *s)
{
	enum err e = told_code(s);

	if (e != ERR_OK && e != ERR_NEEDAUTH)
		return http_refuse(s, e, STR_NONE);
	return go_to(s, "/", set_cookie(s, S("")));
}

enum step http_do_sign_out(struct http_session *s)
{
	struct msg_web_ask q = { .what = WEB_SIGN_OUT, .token = http_token_of(s), .form = field(s, "form") };
	enum err e = check_form(s);

	return e == ERR_OK ? ask_directory(s, &q, on_signed_out) : http_refuse(s, e, STR_NONE);
}

/* ---- the account ---- */

static void put_facts(struct http_session *s, struct str facts)
{
	struct rd r = rd_from(facts);

	buf_put_c(&s->page, "<table>\r\n");
	while (r.rest.len > 0 && !r.failed) {
		struct str name = rd_str(&r), value = rd_str(&r);

		if (r.failed || value.len == 0)
			continue;
		buf_put_c(&s->page, "<tr><th scope=\"row\">");
		http_put_html(&s->page, name);
		buf_put_c(&s->page, "</th><td>");
		http_put_html(&s->page, value);
		buf_put_c(&s->page, "</td></tr>\r\n");
	}
	buf_put_c(&s->page, "</table>\r\n");
}

static void put_password_form(struct http_session *s, struct str token)
{
	buf_put_c(&s->page, "<h2>Change the password</h2>\r\n<form method=\"post\" action=\"/account/password\">\r\n");
	put_form_token(s, token);
	put_input(s, "old", "Password until now", "type=\"password\" autocomplete=\"current-password\"");
	put_input(s, "new", "New password", "type=\"password\" autocomplete=\"new-password\"");
	put_input(s, "again", "New password, once more", "type=\"password\" autocomplete=\"new-password\"");
	buf_put_c(&s->page, "<button>Change the password</button></form>\r\n");
}

static enum step account_page(struct http_session *s, unsigned status, const char *class, struct str message)
{
	const struct msg_web_told *t = told(s);

	put_top(s, "Your account");
	put_message(s, class, message);
	if (t->must_change)
		put_message(s, "wrong", S("Your password has to be changed before you can go on, and before mail programs can log on."));
	else
		put_facts(s, t->facts);
	if (t->may_change)
		put_password_form(s, t->form);
	else
		buf_put_c(&s->page, "<p>The password of this account is changed by the administrator only.</p>\r\n");
	buf_put_c(&s->page, "<form method=\"post\" action=\"/sign-out\">\r\n");
	put_form_token(s, t->form);
	buf_put_c(&s->page, "<button>Sign out</button></form>\r\n");
	return send_page(s, status, STR_NONE);
}

enum step http_do_account(struct http_session *s)
{
	return account_page(s, 200, "good", STR_NONE);
}

static enum step on_looked_again(struct http_session *s)
{
	unsigned status = err_row(s->outcome)->http;
	enum err e = told_code(s);

	if (e != ERR_OK)
		return e == ERR_NEEDAUTH ? http_ask_who(s, STR_NONE) : http_refuse(s, e, STR_NONE);
	if (s->outcome == ERR_OK)
		return account_page(s, 200, "good", S("The password is changed. It is in force at once; mail programs need the new one."));
	return account_page(s, status == 401 ? 403 : status, "wrong", s->said);
}

/* What came of it stands on the page, which is asked for anew. */
static enum step look_again(struct http_session *s, enum err e, struct str text)
{
	s->outcome = e;
	s->said = arena_str(&s->arena, text.len > 0 ? text : str_from_c(err_text(e)));
	return ask_directory(s, &(struct msg_web_ask){ .what = WEB_LOOK, .token = s->token }, on_looked_again);
}

static enum step on_changed(struct http_session *s)
{
	struct str text;
	enum err e = logon_answer(s->client, &text);

	if (e == ERR_FORM)
		return http_refuse(s, e, STR_NONE);
	if (e == ERR_NEEDAUTH)
		return http_ask_who(s, STR_NONE);
	return look_again(s, e, e == ERR_AUTH ? S("The password until now is wrong.") : text);
}

/* Nobody is looked up first: the form names the session, and the directory judges both. */
enum step http_do_password(struct http_session *s)
{
	struct str again = field(s, "again");
	struct msg_web_ask q = { .what = WEB_PASSWORD, .form = field(s, "form"), .old = field(s, "old"), .fresh = field(s, "new") };
	enum err e = check_form(s);

	if (e != ERR_OK)
		return http_refuse(s, e, STR_NONE);
	s->token = http_token_of(s);
	if (s->token.len == 0)
		return http_ask_who(s, STR_NONE);
	if (q.old.len == 0 || q.fresh.len == 0)
		return look_again(s, ERR_SYNTAX, S("Fill in all three."));
	if (!str_eq_constant_time(q.fresh, again))
		return look_again(s, ERR_SYNTAX, S("The new password is not the same both times."));
	q.token = s->token;
	return ask_directory(s, &q, on_changed);
}

enum step http_do_well_known(struct http_session *s)
{
	return go_to(s, "/account", STR_NONE);
}
