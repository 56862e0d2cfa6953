#include "mail/binary.h"

#include "base/code.h"
#include "mail/header.h"

#define LINE_OCTETS ((size_t)57) /* 76 characters (RFC 2045 section 6.8) */
#define FIELD       S("Content-Transfer-Encoding")

bool binary_lines(struct str octets, bool *cr, struct buf *to)
{
	bool sound = true;

	for (size_t at = 0; at < octets.len;) {
		size_t n = at;

		while (n < octets.len && octets.at[n] != '\r' && octets.at[n] != '\n' && octets.at[n] != '\0')
			n++;
		if (n > at && *cr)
			buf_put_octet(to, '\n');
		if (n > at)
			*cr = false;
		buf_put(to, str_sub(octets, at, n - at));
		at = n;
		if (at == octets.len)
			break;
		switch (octets.at[at++]) {
		case '\r':
			buf_put(to, *cr ? S("\n\r") : S("\r"));
			*cr = true;
			break;
		case '\n':
			buf_put(to, *cr ? S("\n") : S("\r\n"));
			*cr = false;
			break;
		default:
			sound = false;
			break;
		}
	}
	return sound;
}

void binary_lines_end(bool *cr, struct buf *to)
{
	if (*cr)
		buf_put_octet(to, '\n');
	*cr = false;
}

struct walk {
	struct str message;
	size_t at; /* what is before it was written */
	bool cr, bad;
	struct buf *to;
};

static void copy_to(struct walk *w, size_t end)
{
	if (!binary_lines(str_sub(w->message, w->at, end - w->at), &w->cr, w->to))
		w->bad = true;
	w->at = end;
}

static bool has_nul(struct str s)
{
	return str_has_octet(s, '\0');
}

static bool has_bare_end(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '\n' && (i == 0 || s.at[i - 1] != '\r'))
			return true;
		if (s.at[i] == '\r' && (i + 1 == s.len || s.at[i + 1] != '\n'))
			return true;
	}
	return false;
}

static bool must_be_encoded(const struct walk *w, const struct record_part *p)
{
	struct str body = str_sub(w->message, p->body_at, p->body_octets);

	/* RFC 2045 section 6.4: no encoding but the three plain ones for a message. */
	if (p->kind != RECORD_PART_LEAF || p->encoding != RECORD_ENCODING_BINARY || str_ieq(p->type, S("message")))
		return false;
	return has_nul(body) || (!str_ieq(p->type, S("text")) && has_bare_end(body));
}

static void encode(struct walk *w, struct str body)
{
	for (size_t at = 0; at < body.len; at += LINE_OCTETS) {
		if (at > 0)
			buf_put_c(w->to, "\r\n");
		base64_put(w->to, str_sub(body, at, LINE_OCTETS));
	}
}

static void write_part(struct walk *w, const struct record_part *p)
{
	struct str header = str_sub(w->message, p->header_at, p->header_octets);
	struct header_field f;

	if (!header_find(header, FIELD, &f)) {
		w->bad = true;
		return;
	}
	copy_to(w, (size_t)(f.whole.at - w->message.at));
	binary_lines_end(&w->cr, w->to);
	buf_put_c(w->to, "Content-Transfer-Encoding: base64\r\n");
	w->at += f.whole.len;
	copy_to(w, p->body_at);
	binary_lines_end(&w->cr, w->to);
	encode(w, str_sub(w->message, p->body_at, p->body_octets));
	w->at = p->body_at + p->body_octets;
	if (w->at == w->message.len)
		buf_put_c(w->to, "\r\n");
}

enum err binary_encode(struct str message, const struct record *record, struct buf *to)
{
	struct walk w = { .message = message, .to = to };
	struct record_part p;

	for (uint32_t i = 0; !w.bad && record_part(record, i, &p); i++) {
		if (p.header_at >= w.at && must_be_encoded(&w, &p))
			write_part(&w, &p);
	}
	if (!w.bad)
		copy_to(&w, message.len);
	binary_lines_end(&w.cr, to);
	if (buf_overflowed(to))
		return ERR_TOOBIG;
	return w.bad ? ERR_UNSUPPORTED : ERR_OK;
}
