#include "record_dump.h"

#include <inttypes.h>

static void put_str(struct buf *to, const char *name, struct str s)
{
	if (s.at != NULL)
		buf_printf(to, " %s=\"%.*s\"", name, STR_FMT(s));
}

static void put_flags(struct buf *to, uint32_t flags, const char *const *names)
{
	for (; *names != NULL; names++, flags >>= 1) {
		if (flags & 1)
			buf_printf(to, " %s", *names);
	}
}

static void put_params(const struct record *r, const char *what, struct record_rows rows, struct buf *to)
{
	struct record_param p;

	while (record_param_next(r, &rows, &p))
		buf_printf(to, "  %s %.*s=\"%.*s\"\n", what, STR_FMT(p.name), STR_FMT(p.value));
}

static void put_addresses(const struct record *r, const char *what, struct record_rows rows, struct buf *to)
{
	struct record_address a;

	while (record_address_next(r, &rows, &a)) {
		buf_printf(to, "  %s", what);
		put_str(to, "name", a.name);
		put_str(to, "adl", a.adl);
		put_str(to, "mailbox", a.mailbox);
		put_str(to, "host", a.host);
		buf_put_octet(to, '\n');
	}
}

static void put_envelope(const struct record *r, uint32_t i, struct buf *to)
{
	struct record_envelope e;

	if (!record_envelope(r, i, &e))
		return;
	buf_put_c(to, "  envelope");
	put_str(to, "date", e.date);
	put_str(to, "subject", e.subject);
	put_str(to, "in-reply-to", e.in_reply_to);
	put_str(to, "message-id", e.message_id);
	put_str(to, "references", e.references);
	if (e.sent_valid)
		buf_printf(to, " sent=%" PRId64 "%+d", e.sent_seconds, e.sent_zone_minutes);
	buf_put_octet(to, '\n');
	put_addresses(r, "from", e.from, to);
	put_addresses(r, e.sender_given ? "sender" : "sender(from)", e.sender, to);
	put_addresses(r, e.reply_to_given ? "reply-to" : "reply-to(from)", e.reply_to, to);
	put_addresses(r, "to", e.to, to);
	put_addresses(r, "cc", e.cc, to);
	put_addresses(r, "bcc", e.bcc, to);
}

static void put_part(const struct record *r, uint32_t i, struct buf *to)
{
	static const char *const flags[] = { "broken", "opaque", "default", "no-end", "encoding-bad", NULL };
	static const char *const kinds[] = { "leaf", "multipart", "message" };
	struct record_part p;
	struct str language;

	if (!record_part(r, i, &p))
		return;
	buf_printf(to, "part %u parent %d depth %u next %u children %u %s", i, (int)p.parent, p.depth, p.next,
		p.children, kinds[p.kind]);
	put_flags(to, p.flags, flags);
	buf_printf(to, "\n  header %u+%u body %u+%u lines %u\n", p.header_at, p.header_octets, p.body_at,
		p.body_octets, p.body_lines);
	buf_printf(to, "  type %.*s/%.*s encoding %d", STR_FMT(p.type), STR_FMT(p.subtype), (int)p.encoding);
	put_str(to, "named", p.encoding_name);
	put_str(to, "id", p.content_id);
	put_str(to, "description", p.description);
	put_str(to, "md5", p.md5);
	put_str(to, "location", p.location);
	put_str(to, "disposition", p.disposition);
	put_str(to, "filename", p.filename);
	while (record_language_next(r, &p.languages, &language))
		put_str(to, "language", language);
	buf_put_octet(to, '\n');
	put_params(r, "param", p.params, to);
	put_params(r, "disposition-param", p.disposition_params, to);
	put_envelope(r, p.envelope, to);
}

void record_dump(const struct record *r, struct buf *to)
{
	static const char *const flags[] = { "truncated", "8bit", "nul", "bare-cr-lf", "opaque", "header-8bit",
		"attachment", "kept", NULL };

	buf_printf(to, "message %u received %u delivered %u", r->message_octets, r->received, r->delivered);
	put_flags(to, r->flags, flags);
	buf_put_octet(to, '\n');
	for (uint32_t i = 0; i < r->parts; i++)
		put_part(r, i, to);
}
