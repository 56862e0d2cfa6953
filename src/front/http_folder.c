#include "front/http_folder.h"

#include "base/code.h"
#include "base/cursor.h"
#include "base/date.h"
#include "io/file.h"
#include "ipc/page.h"

#define HTML         S("text/html; charset=utf-8")
#define NUMBER_MAX   ((uint64_t)UINT32_MAX)
#define NAME_OCTETS  ((size_t)200)

/* ---- what is asked for ---- */

/* The next part of a path, a number without leading zeroes, so that each page has one address. */
static bool cut_number(struct str *rest, uint32_t *ret)
{
	struct str one = str_skip(*rest, 1);
	size_t end = str_find(one, '/');

	if (rest->len < 2 || rest->at[0] != '/')
		return false;
	one = str_sub(one, 0, end == STR_NPOS ? one.len : end);
	*rest = str_skip(*rest, one.len + 1);
	return one.len > 0 && one.at[0] != '0' && str_u32(one, (uint32_t)NUMBER_MAX, ret);
}

/* False: there is no such page. */
static bool read_rest(const struct http_session *s, struct msg_page_ask *q)
{
	struct str rest = s->place->rest, page = http_form(s->request->query, S("page"));

	q->what = PAGE_FOLDERS;
	if (rest.len == 0)
		return true;
	if (!cut_number(&rest, &q->folder))
		return false;
	q->what = PAGE_FOLDER;
	if (rest.len == 0)
		return page.at == NULL || str_u32(page, UINT32_MAX / PAGE_ROWS_MAX, &q->number);
	if (!cut_number(&rest, &q->uid))
		return false;
	q->what = PAGE_MESSAGE;
	if (rest.len == 0)
		return true;
	q->what = str_eq(rest, S("/eml")) ? PAGE_WHOLE : PAGE_PART;
	/* Parts are counted from 0, and their addresses from 1. */
	if (q->what == PAGE_PART && (!cut_number(&rest, &q->number) || rest.len > 0))
		return false;
	q->number -= q->what == PAGE_PART;
	return true;
}

/* ---- pages ---- */

static void put_date(struct http_session *s, uint64_t seconds)
{
	struct buf text;

	buf_init(&text, 64);
	date_put_rfc3339(&text, (int64_t)seconds * 1000);
	buf_printf(&s->page, "<time datetime=\"%.*s\">%.*s %.*s</time>", STR_FMT(buf_str(&text)), STR_FMT(str_sub(buf_str(&text), 0, 10)),
		STR_FMT(str_sub(buf_str(&text), 11, 5)));
	buf_done(&text);
}

static void put_or(struct http_session *s, struct str text, const char *english, const char *german)
{
	if (text.len > 0)
		http_put_html(&s->page, text);
	else
		buf_put_c(&s->page, http_place_say(s, english, german));
}

void http_folder_put_all(struct http_session *s)
{
	struct rd r = rd_from(s->place->rows);

	buf_printf(&s->page, "<ul class=\"folders\">\r\n");
	while (r.rest.len > 0 && !r.failed) {
		uint32_t id = rd_u32(&r);
		struct str name = rd_str(&r);
		uint32_t messages = rd_u32(&r);

		buf_printf(&s->page, "<li><a href=\"%.*s/%u\">", STR_FMT(s->place->path), id);
		http_put_html(&s->page, name);
		buf_printf(&s->page, "</a> (%u)</li>\r\n", messages);
	}
	buf_put_c(&s->page, "</ul>\r\n");
}

static void put_row(struct http_session *s, const struct msg_page_ask *q, struct rd *r)
{
	uint32_t uid = rd_u32(r);
	uint64_t date = rd_u64(r);
	uint32_t octets = rd_u32(r);
	bool attachment = rd_bool(r);
	struct str from = rd_str(r), subject = rd_str(r);

	buf_put_c(&s->page, "<tr><td>");
	put_date(s, date);
	buf_put_c(&s->page, "</td><td>");
	put_or(s, from, "nobody", "niemand");
	buf_printf(&s->page, "</td><td><a href=\"%.*s/%u/%u\">", STR_FMT(s->place->path), q->folder, uid);
	put_or(s, subject, "(no subject)", "(ohne Betreff)");
	buf_printf(&s->page, "</a>%s</td><td>%u&nbsp;K</td></tr>\r\n", attachment ? " \xf0\x9f\x93\x8e" : "", octets / 1024 + 1);
}

static void put_pager(struct http_session *s, const struct msg_page_ask *q, uint32_t total)
{
	uint32_t last = total > 0 ? (total - 1) / PAGE_ROWS_MAX : 0;

	if (last == 0)
		return;
	buf_put_c(&s->page, "<nav><p>");
	if (q->number > 0)
		buf_printf(&s->page, "<a rel=\"prev\" href=\"%.*s/%u?page=%u\">%s</a> ", STR_FMT(s->place->path), q->folder, q->number - 1,
			http_place_say(s, "Newer", "Neuere"));
	buf_printf(&s->page, "%u / %u", q->number + 1, last + 1);
	if (q->number < last)
		buf_printf(&s->page, " <a rel=\"next\" href=\"%.*s/%u?page=%u\">%s</a> <a href=\"%.*s/%u?page=%u\">%s</a>", STR_FMT(s->place->path),
			q->folder, q->number + 1, http_place_say(s, "Older", "Ältere"), STR_FMT(s->place->path), q->folder, last,
			http_place_say(s, "Oldest", "Älteste"));
	buf_put_c(&s->page, "</p></nav>\r\n");
}

static void put_folder(struct http_session *s, const struct msg_page_ask *q, struct rd *r)
{
	struct str name = rd_str(r);
	uint32_t total = rd_u32(r);

	http_place_put_top(s, name, false);
	buf_printf(&s->page, "<p><a href=\"%.*s\">", STR_FMT(s->place->path));
	http_put_html(&s->page, s->place->title);
	buf_put_c(&s->page, "</a></p>\r\n");
	put_pager(s, q, total);
	buf_printf(&s->page, "<table class=\"list\"><thead><tr><th scope=\"col\">%s</th><th scope=\"col\">%s</th><th scope=\"col\">%s</th>"
		"<th scope=\"col\">%s</th></tr></thead><tbody>\r\n", http_place_say(s, "Date (UTC)", "Datum (UTC)"), http_place_say(s, "From", "Von"),
		http_place_say(s, "Subject", "Betreff"), http_place_say(s, "Size", "Größe"));
	while (r->rest.len > 0 && !r->failed)
		put_row(s, q, r);
	buf_put_c(&s->page, "</tbody></table>\r\n");
	put_pager(s, q, total);
}

static void put_parts(struct http_session *s, const struct msg_page_ask *q, struct rd *r)
{
	bool any = r->rest.len > 0;

	if (any)
		buf_printf(&s->page, "<h2>%s</h2>\r\n<ul>\r\n", http_place_say(s, "Downloads", "Zum Herunterladen"));
	while (r->rest.len > 0 && !r->failed) {
		uint32_t part = rd_u32(r);
		struct str type = rd_str(r), name = rd_str(r);
		uint32_t octets = rd_u32(r);

		buf_printf(&s->page, "<li><a href=\"%.*s/%u/%u/%u\" download>", STR_FMT(s->place->path), q->folder, q->uid, part + 1);
		put_or(s, name, "unnamed", "ohne Namen");
		buf_put_c(&s->page, "</a> (");
		http_put_html(&s->page, type);
		buf_printf(&s->page, ", %u&nbsp;K)</li>\r\n", octets / 1024 + 1);
	}
	if (any)
		buf_put_c(&s->page, "</ul>\r\n");
}

static void put_field(struct http_session *s, const char *english, const char *german, struct str value)
{
	buf_printf(&s->page, "<tr><th scope=\"row\">%s</th><td>", http_place_say(s, english, german));
	http_put_html(&s->page, value);
	buf_put_c(&s->page, "</td></tr>\r\n");
}

static void put_text(struct http_session *s, struct rd *r)
{
	unsigned kind = rd_u8(r);
	bool cut = rd_bool(r);
	struct str text = rd_str(r);

	if (kind != PAGE_NO_TEXT) {
		buf_put_c(&s->page, "<pre class=\"mail\">");
		http_place_put_lines(&s->page, text);
		buf_put_c(&s->page, "</pre>\r\n");
	}
	if (kind == PAGE_FIRST_WORDS)
		buf_printf(&s->page, "<p>%s</p>\r\n", http_place_say(s, "The message is a web page; these are its first words.",
			"Die Nachricht ist eine Webseite; das sind ihre ersten Wörter."));
	else if (cut)
		buf_printf(&s->page, "<p>%s</p>\r\n", http_place_say(s, "The text goes on; the whole message can be downloaded.",
			"Der Text geht weiter; die ganze Nachricht kann man herunterladen."));
}

static void put_message(struct http_session *s, const struct msg_page_ask *q, struct rd *r)
{
	struct str folder = rd_str(r), subject = rd_str(r), from = rd_str(r), to = rd_str(r);
	uint64_t date = rd_u64(r);

	http_place_put_top(s, subject.len > 0 ? subject : str_from_c(http_place_say(s, "(no subject)", "(ohne Betreff)")), false);
	buf_printf(&s->page, "<p><a href=\"%.*s/%u\">", STR_FMT(s->place->path), q->folder);
	http_put_html(&s->page, folder);
	buf_put_c(&s->page, "</a></p>\r\n<table>\r\n");
	put_field(s, "From", "Von", from);
	put_field(s, "To", "An", to);
	buf_printf(&s->page, "<tr><th scope=\"row\">%s</th><td>", http_place_say(s, "Date (UTC)", "Datum (UTC)"));
	put_date(s, date);
	buf_put_c(&s->page, "</td></tr></table>\r\n");
	put_text(s, r);
	put_parts(s, q, r);
	buf_printf(&s->page, "<p><a href=\"%.*s/%u/%u/eml\" download>%s</a></p>\r\n", STR_FMT(s->place->path), q->folder, q->uid,
		http_place_say(s, "The whole message", "Die ganze Nachricht"));
}

/* ---- downloads ---- */

/* filename*=UTF-8''... (RFC 8187): whatever the sender wrote, of paths only the last part is left. */
static void put_name(struct buf *to, struct str name)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.at[i];

		if (ascii_is_alpha((char)c) || ascii_is_digit((char)c) || c == '-' || c == '_' || c == '.')
			buf_put_octet(to, (char)c);
		else
			buf_printf(to, "%%%c%c", digits[c >> 4], digits[c & 15]);
	}
}

static struct str disposition(struct http_session *s, const struct msg_page_ask *q, struct str name)
{
	struct buf b;
	struct str ret;

	if (q->what == PAGE_WHOLE)
		name = arena_printf(&s->arena, "%u.eml", q->uid);
	while (str_has_octet(name, '/'))
		name = str_skip(name, str_rfind(name, '/') + 1);
	while (str_has_octet(name, '\\'))
		name = str_skip(name, str_rfind(name, '\\') + 1);
	if (name.len == 0 || name.at[0] == '.')
		name = S("attachment");
	buf_init(&b, 4096);
	buf_put_c(&b, "Content-Disposition: attachment; filename*=UTF-8''");
	put_name(&b, str_sub(name, 0, NAME_OCTETS));
	buf_put_c(&b, "\r\n");
	ret = arena_str(&s->arena, buf_str(&b));
	buf_done(&b);
	return ret;
}

/* octet-stream whatever it is, and nosniff goes with every answer. */
static enum step send_file(struct http_session *s, const struct msg_page_ask *q, struct http_reply *r)
{
	struct msg *m = s->client->answer;
	struct rd name = rd_from(m->page_told.rows);

	if (m->fd_count != 1 || !memfd_is_sealed(m->fds[0]))
		return http_refuse(s, ERR_PEER, STR_NONE);
	if (!room_take(&s->room, m->page_told.octets))
		return http_refuse(s, ERR_UNAVAILABLE, S("Too much is being sent at the moment; try again later."));
	if (fd_map(m->fds[0], PAGE_OCTETS_MAX * 2, &r->file) != ERR_OK)
		return http_refuse(s, ERR_UNAVAILABLE, STR_NONE);
	r->type = S("application/octet-stream");
	r->extra = disposition(s, q, rd_str(&name));
	return http_answer(s, r);
}

/* ---- answers ---- */

static enum step show(struct http_session *s, const struct msg_page_ask *q, struct http_reply *r)
{
	struct rd rows = rd_from(s->client->answer->page_told.rows);

	if (q->what == PAGE_FOLDERS) {
		s->place->rows = arena_str(&s->arena, rows.rest);
		return http_place_page(s);
	}
	if (q->what == PAGE_FOLDER)
		put_folder(s, q, &rows);
	else
		put_message(s, q, &rows);
	buf_put_c(&s->page, "</main></body></html>\r\n");
	if (rows.failed || buf_overflowed(&s->page))
		return http_refuse(s, rows.failed ? ERR_PEER : ERR_TOOBIG, STR_NONE);
	r->type = HTML;
	r->body = buf_str(&s->page);
	return http_answer(s, r);
}

static bool has_it(const struct http_session *s, struct str etag)
{
	struct str have = http_field(s->request, S("If-None-Match"));

	return str_eq(have, S("*")) || http_list_has(have, etag);
}

static enum step on_told(struct http_session *s)
{
	const struct msg_page_told *t = s->client->answer != NULL ? &s->client->answer->page_told : NULL;
	enum err e = t != NULL ? (enum err)t->code : s->client->answer_code;
	struct http_reply r = { .status = 200, .extra = S("Vary: Accept-Language, Cookie\r\n") };
	struct msg_page_ask q = { 0 };

	if (e != ERR_OK)
		return http_refuse(s, e, e == ERR_NOTFOUND ? S("There is nothing at this address.") : STR_NONE);
	must(read_rest(s, &q));
	if (t->validator.len > 0)
		r.etag = arena_printf(&s->arena, "\"%.*s-%s\"", STR_FMT(t->validator), s->place->german ? "de" : "en");
	if (r.etag.len > 0 && has_it(s, r.etag)) {
		r.status = 304;
		return http_answer(s, &r);
	}
	return q.what == PAGE_PART || q.what == PAGE_WHOLE ? send_file(s, &q, &r) : show(s, &q, &r);
}

enum step http_folder(struct http_session *s)
{
	struct role_env *env = s->client->front->env;
	struct msg m = { .id = MSG_page_ask };

	if (!read_rest(s, &m.page_ask))
		return http_refuse(s, ERR_NOTFOUND, S("There is nothing at this address."));
	m.page_ask.request = role_request(env);
	m.page_ask.client = http_place_client(s);
	m.page_ask.ticket = s->place->folders;
	return http_ask(s, role_link(env, ROLE_STORE, 0), &m, m.page_ask.request, on_told);
}
