#include "front/http_place.h"

#include "base/cursor.h"
#include "base/language.h"
#include "front/http_account.h"
#include "front/http_challenge.h"
#include "front/http_folder.h"
#include "front/http_send.h"
#include "ipc/place.h"

#define HTML S("text/html; charset=utf-8")

static enum step on_told(struct http_session *s);
static enum step known(struct http_session *s);

static const struct http_resource place_resource = { "", 1u << HTTP_GET | 1u << HTTP_POST, HTTP_PERSON, known, "virtual directories" };

/* ---- languages ---- */

static bool wants_german(const struct http_session *s)
{
	struct str list = http_field(s->request, S("Accept-Language")), one;
	enum language l;

	for (unsigned i = 0; i < 10 && list.len > 0; i++) {
		if (!str_cut(&list, ',', &one)) {
			one = list;
			list = STR_NONE;
		}
		/* Browsers put them in the order in which they are wanted. */
		one = str_trim(str_sub(one, 0, str_find(one, ';')));
		if (language_find(one, &l) == ERR_OK)
			return l == LANGUAGE_DE;
	}
	return false;
}

const char *http_place_say(const struct http_session *s, const char *english, const char *german)
{
	return s->place->german ? german : english;
}

/* ---- the directory ---- */

struct str http_place_client(struct http_session *s)
{
	struct buf client;
	struct str ret;

	buf_init(&client, CROWD_TEXT_OCTETS + 16);
	crowd_address_put(&client, &s->client->address);
	ret = arena_str(&s->arena, buf_str(&client));
	buf_done(&client);
	return ret;
}

enum step http_place_ask(struct http_session *s, http_handler *next)
{
	struct role_env *env = s->client->front->env;
	struct msg m = { .id = MSG_place_ask };

	m.place_ask = (struct msg_place_ask){ .request = role_request(env), .service = (uint8_t)s->client->service,
		.tls = conn_is_secured(s->client->conn), .client = http_place_client(s), .path = s->request->path, .token = s->token };
	return http_ask(s, role_link(env, ROLE_DIRECTORY, 0), &m, m.place_ask.request, next);
}

void http_place_keep(struct http_session *s)
{
	const struct msg_place_told *t = &s->client->answer->place_told;
	struct http_place *p = s->place;

	p->path = arena_str(&s->arena, t->path);
	p->rest = arena_str(&s->arena, t->rest);
	p->title = arena_str(&s->arena, t->title);
	p->submit_to = arena_str(&s->arena, t->submit_to);
	p->form = arena_str(&s->arena, t->form);
	p->folders = arena_str(&s->arena, t->ticket);
	p->octets_max = t->octets_max;
	p->proof = t->proof;
	p->fill_seconds = t->fill_seconds;
}

/* ---- who comes in ---- */

/* The way by which the session that the request is judged by came to be. */
static unsigned way_of(const struct http_session *s)
{
	if (s->token.len == 0)
		return PLACE_ANONYMOUS;
	if (s->once)
		return PLACE_BASIC;
	if (s->place->by_cookie)
		return PLACE_FORM;
	return s->bound.negotiate ? PLACE_NEGOTIATE : PLACE_NTLM;
}

static enum step serve(struct http_session *s)
{
	struct http_place *p = s->place;
	bool posts = s->request->method == HTTP_POST;

	p->status = 200;
	if (!posts && p->folders.len > 0)
		return http_folder(s);
	if (p->rest.len > 0 || (posts && p->submit_to.len == 0))
		return http_refuse(s, posts && p->rest.len == 0 ? ERR_COMMAND : ERR_NOTFOUND, S("There is nothing at this address."));
	return posts ? http_send(s) : http_place_page(s);
}

static enum step on_told(struct http_session *s)
{
	const struct msg_place_told *t = s->client->answer != NULL ? &s->client->answer->place_told : NULL;
	enum err e = t != NULL ? (enum err)t->code : s->client->answer_code;
	struct http_place *p = s->place;

	p->ways = t != NULL ? t->ways : 0;
	s->ways = p->ways;
	/* A cookie that is good for nothing any more is no reason to turn away a stranger who may come in. */
	if (e == ERR_NEEDAUTH && p->by_cookie && !p->tried && (p->ways & PLACE_ANONYMOUS)) {
		p->tried = true;
		s->token = STR_NONE;
		return http_place_ask(s, on_told);
	}
	if (e == ERR_NEEDAUTH)
		return http_ask_who(s, STR_NONE);
	if (e == ERR_NOTFOUND)
		return http_refuse(s, e, S("There is nothing at this address."));
	if (e != ERR_OK)
		return http_refuse(s, e, t != NULL ? t->text : STR_NONE);
	if (!(way_of(s) & p->ways))
		return http_ask_who(s, S("This way to sign in is not taken here."));
	http_place_keep(s);
	return serve(s);
}

static enum step known(struct http_session *s)
{
	return http_place_ask(s, on_told);
}

enum step http_place(struct http_session *s)
{
	s->resource = &place_resource;
	s->place = ARENA_NEW(&s->arena, struct http_place);
	s->place->german = wants_german(s);
	if (http_field(s->request, S("Authorization")).at != NULL)
		return client_judge_password(s->client) == ERR_NEEDTLS ? http_send_to_tls(s) : http_identify(s);
	s->token = http_token_of(s);
	s->place->by_cookie = s->token.len > 0;
	if (s->token.len == 0)
		s->token = http_challenge_token(s);
	return http_place_ask(s, on_told);
}

/* ---- the page ---- */

static void put_label(struct http_session *s, const char *name, const char *english, const char *german)
{
	buf_printf(&s->page, "<label for=\"%s\">%s</label>", name, http_place_say(s, english, german));
}

static void put_value(struct http_session *s, struct str value)
{
	buf_put_c(&s->page, " value=\"");
	http_put_html(&s->page, value);
	buf_put_c(&s->page, "\">\r\n");
}

static void put_recipients(struct http_session *s)
{
	struct rd r = rd_from(s->place->submit_to);
	struct str first = rd_str(&r);

	if (r.rest.len == 0)
		return;
	put_label(s, "to", "To", "An");
	buf_put_c(&s->page, "<select id=\"to\" name=\"to\">");
	for (r = rd_from(s->place->submit_to); r.rest.len > 0 && !r.failed;) {
		first = rd_str(&r);
		buf_printf(&s->page, "<option%s>", str_ieq(first, s->place->typed.to) ? " selected" : "");
		http_put_html(&s->page, first);
		buf_put_c(&s->page, "</option>");
	}
	buf_put_c(&s->page, "</select>\r\n");
}

void http_place_put_lines(struct buf *to, struct str text)
{
	struct str line;

	for (bool more = true; more;) {
		more = str_cut(&text, '\n', &line);
		if (!more)
			line = text;
		if (line.len > 0 && line.at[line.len - 1] == '\r')
			line.len--;
		for (struct str part; str_cut(&line, '\t', &part);) {
			http_put_html(to, part);
			buf_put_octet(to, '\t');
		}
		http_put_html(to, line);
		if (more)
			buf_put_octet(to, '\n');
	}
}

static void put_form(struct http_session *s)
{
	const struct http_place *p = s->place;

	buf_printf(&s->page, "<form id=\"form\" method=\"post\" action=\"%.*s\" data-proof=\"%u\">\r\n<input type=\"hidden\" name=\"form\" value=\"%.*s\">"
		"<input type=\"hidden\" name=\"work\" value=\"\">\r\n", STR_FMT(p->path), p->proof, STR_FMT(p->form));
	put_recipients(s);
	put_label(s, "name", "Your name", "Ihr Name");
	buf_put_c(&s->page, "<input id=\"name\" name=\"name\" autocomplete=\"name\" maxlength=\"100\"");
	put_value(s, p->typed.name);
	put_label(s, "email", "Your e-mail address, for the answer", "Ihre E-Mail-Adresse, für die Antwort");
	buf_put_c(&s->page, "<input id=\"email\" name=\"email\" type=\"email\" autocomplete=\"email\" maxlength=\"254\" required");
	put_value(s, p->typed.email);
	put_label(s, "subject", "Subject", "Betreff");
	buf_put_c(&s->page, "<input id=\"subject\" name=\"subject\" maxlength=\"200\" required");
	put_value(s, p->typed.subject);
	put_label(s, "text", "Message", "Nachricht");
	buf_printf(&s->page, "<textarea id=\"text\" name=\"text\" rows=\"10\" maxlength=\"%llu\" required>\n", (unsigned long long)p->octets_max);
	http_place_put_lines(&s->page, p->typed.text);
	buf_put_c(&s->page, "</textarea>\r\n<p class=\"trap\" aria-hidden=\"true\">");
	put_label(s, "website", "Leave this empty", "Das bleibt leer");
	buf_printf(&s->page, "<input id=\"website\" name=\"website\" tabindex=\"-1\" autocomplete=\"off\"></p>\r\n<button>%s</button></form>\r\n",
		http_place_say(s, "Send", "Senden"));
	if (p->proof > 0)
		buf_printf(&s->page, "<noscript><p>%s</p></noscript>\r\n",
			http_place_say(s, "Without scripts, take half a minute or more over it: what comes sooner is taken for a robot's.",
				"Ohne Skripte: nehmen Sie sich mindestens eine halbe Minute, sonst gilt es als Post eines Programms."));
}

void http_place_put_top(struct http_session *s, struct str title, bool script)
{
	buf_clear(&s->page);
	buf_printf(&s->page, "<!DOCTYPE html>\r\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>", http_place_say(s, "en", "de"));
	http_put_html(&s->page, title);
	buf_printf(&s->page, "</title><link rel=\"stylesheet\" href=\"/style.css\">%s</head>\r\n<body><main><h1>",
		script ? "<script src=\"/form.js\" defer></script>" : "");
	http_put_html(&s->page, title);
	buf_put_c(&s->page, "</h1>\r\n");
}

enum step http_place_page(struct http_session *s)
{
	const struct http_place *p = s->place;
	struct http_reply r = { .status = p->status, .type = HTML, .script = true };

	http_place_put_top(s, p->title, p->submit_to.len > 0 && p->proof > 0);
	if (p->wrong.len > 0) {
		buf_put_c(&s->page, "<p class=\"wrong\" role=\"alert\">");
		http_put_html(&s->page, p->wrong);
		buf_put_c(&s->page, "</p>\r\n");
	}
	if (p->rows.len > 0)
		http_folder_put_all(s);
	if (p->submit_to.len > 0)
		put_form(s);
	buf_put_c(&s->page, "</main></body></html>\r\n");
	if (buf_overflowed(&s->page))
		return http_refuse(s, ERR_TOOBIG, STR_NONE);
	r.body = buf_str(&s->page);
	r.extra = S("Vary: Accept-Language, Cookie\r\n");
	return http_answer(s, &r);
}
