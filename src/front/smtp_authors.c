#include "front/smtp_authors.h"

#include "base/cursor.h"
#include "front/smtp_message.h"
#include "io/file.h"
#include "mail/record.h"

#define AUTHORS_OCTETS_MAX ((size_t)64 << 10)
#define AUTHORS_MAX        1000u

static enum step run_authors(struct client *c);

static const struct client_state authors_state = { "authors", run_authors, CLIENT_FOR_ANSWER, true };

/* Who wrote it and who sends it, as the record has it. */
struct header {
	struct buf authors; /* strings, as author_judge has them */
	struct buf sender;
	bool has_sender;
	bool many; /* more authors than anybody has, or more than one From: */
};

static void put_address(struct buf *to, const struct record_address *a)
{
	buf_put(to, a->mailbox);
	buf_put_octet(to, '@');
	buf_put(to, a->host);
}

static void read_authors(const struct record *r, const struct record_envelope *envelope, struct header *h)
{
	struct wr w = wr_to(&h->authors);
	struct record_rows from = envelope->from, sender = envelope->sender;
	struct record_address a;
	struct buf one;

	h->many |= envelope->from.count > AUTHORS_MAX;
	buf_init(&one, AUTHORS_OCTETS_MAX);
	while (!h->many && record_address_next(r, &from, &a)) {
		if (a.host.len == 0 || a.mailbox.at == NULL) /* the ends of groups, and what is no address */
			continue;
		buf_clear(&one);
		put_address(&one, &a);
		wr_str(&w, buf_str(&one));
	}
	h->many |= buf_overflowed(&h->authors) || buf_overflowed(&one);
	buf_done(&one);
	if (envelope->sender_given && record_address_next(r, &sender, &a)) {
		h->has_sender = true;
		put_address(&h->sender, &a);
	}
}

/* RFC 5322 section 3.6: one From:. Of two each reader takes another. */
static bool has_many(const struct record *r)
{
	struct str rest = r->kept;
	struct record_kept kept;
	unsigned count = 0;

	while (record_kept_next(&rest, &kept))
		count += str_ieq(kept.name, S("From"));
	return count > 1;
}

static void read_header(struct str octets, struct header *h)
{
	struct record_envelope envelope;
	struct record_part root;
	struct record r;

	if (record_open_view(octets, &r) != ERR_OK || (r.flags & RECORD_OPAQUE) != 0)
		return;
	h->many = has_many(&r);
	if (record_part(&r, 0, &root) && record_envelope(&r, root.envelope, &envelope))
		read_authors(&r, &envelope, h);
}

/* The file is sealed first: the parser still has it, and what is judged is what is kept. */
static enum err read_record(struct smtp_session *s, struct header *h)
{
	struct str octets = buf_str(&s->record);
	bool large = octets.len == 0 && s->record_octets > 0;
	enum err e = ERR_OK;

	if (large) {
		e = memfd_seal(s->result_fd);
		if (e == ERR_OK)
			e = fd_map(s->result_fd, (size_t)s->record_octets, &octets);
	}
	if (e == ERR_OK && octets.len > 0)
		read_header(octets, h);
	if (large && e == ERR_OK)
		fd_unmap(&octets);
	return e;
}

static enum step ask(struct smtp_session *s, const struct header *h)
{
	struct role_env *env = s->client->front->env;
	struct client_question q = { .number = role_request(env), .expect = MSG_verdict };
	struct msg m = { .id = MSG_author_judge };

	m.author_judge = (struct msg_author_judge){ .request = q.number, .ticket = buf_str(&s->ticket),
		.envelope = buf_str(&s->envelope.sender), .authors = buf_str(&h->authors), .has_sender = h->has_sender,
		.sender = buf_str(&h->sender) };
	return client_ask(s->client, role_link(env, ROLE_DIRECTORY, 0), &m, &q, &authors_state);
}

enum step smtp_authors_judge(struct smtp_session *s, struct str record, uint64_t record_octets)
{
	struct header h = { .has_sender = false };
	enum step step;
	enum err e;

	s->judged = true;
	buf_clear(&s->record);
	buf_put(&s->record, record);
	s->record_octets = record_octets;
	buf_init(&h.authors, AUTHORS_OCTETS_MAX);
	buf_init(&h.sender, AUTHORS_OCTETS_MAX);
	e = read_record(s, &h);
	if (e != ERR_OK)
		step = smtp_message_fail(s, ERR_LIMIT, STR_NONE);
	else if (h.many)
		step = smtp_message_fail(s, ERR_SENDAS, S("a message has one From: with its authors, and not many of them"));
	else
		step = ask(s, &h);
	buf_done(&h.authors);
	buf_done(&h.sender);
	return step;
}

/* ---- Sender: ---- */

static enum err add_to_small(struct smtp_session *s, struct str line)
{
	struct buf more;

	if (s->body.small.len + line.len > SMTP_SMALL_OCTETS_MAX)
		return ERR_TOOBIG;
	buf_init(&more, SMTP_SMALL_OCTETS_MAX);
	buf_put(&more, str_sub(buf_str(&s->body.small), 0, s->head_octets));
	buf_put(&more, line);
	buf_put(&more, str_skip(buf_str(&s->body.small), s->head_octets));
	buf_done(&s->body.small);
	s->body.small = more;
	return ERR_OK;
}

static enum err add_to_file(struct smtp_session *s, struct str line)
{
	struct str whole = STR_NONE;
	int fd = memfd_new("message");
	enum err e = fd < 0 ? ERR_LIMIT : fd_map(s->body.fd, SIZE_MAX, &whole);

	if (e == ERR_OK)
		e = memfd_add(fd, str_sub(whole, 0, s->head_octets));
	if (e == ERR_OK)
		e = memfd_add(fd, line);
	if (e == ERR_OK)
		e = memfd_add(fd, str_skip(whole, s->head_octets));
	if (e == ERR_OK)
		e = memfd_seal(fd);
	fd_unmap(&whole);
	if (e != ERR_OK) {
		fd_close(&fd);
		return e;
	}
	fd_close(&s->body.fd);
	s->body.fd = fd;
	return ERR_OK;
}

/* Behind our own lines: trace fields stand first. */
static enum step add_sender(struct smtp_session *s, struct str address)
{
	struct buf line;
	enum err e;

	buf_init(&line, AUTHORS_OCTETS_MAX);
	buf_printf(&line, "Sender: %.*s\r\n", STR_FMT(address));
	e = s->body.fd < 0 ? add_to_small(s, buf_str(&line)) : ERR_OK;
	if (e == ERR_TOOBIG)
		e = smtp_intake_to_file(&s->body);
	if (e == ERR_OK && s->body.fd >= 0)
		e = add_to_file(s, buf_str(&line));
	buf_done(&line);
	return e == ERR_OK ? smtp_message_parse(s) : smtp_message_fail(s, ERR_LIMIT, STR_NONE);
}

static enum step run_authors(struct client *c)
{
	struct smtp_session *s = c->session;
	enum err e = c->answer ? c->answer->verdict.code : c->answer_code;

	if (e != ERR_OK)
		return smtp_message_fail(s, e, c->answer ? c->answer->verdict.text : STR_NONE);
	if (c->answer->verdict.ticket.len > 0)
		return add_sender(s, c->answer->verdict.ticket);
	return smtp_message_deliver(s, buf_str(&s->record), s->record_octets);
}
