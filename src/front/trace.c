#include "front/trace.h"

#include "base/cursor.h"
#include "base/date.h"

#define HELLO_OCTETS_MAX ((size_t)255)

static bool is_plain(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) || (c != '\0' && strchr("-._[]:", c) != NULL);
}

/* A name that a stranger chose stands in our own line: nothing of it may be syntax. */
static void put_hello(struct buf *to, struct str hello)
{
	hello = str_sub(hello, 0, HELLO_OCTETS_MAX);
	for (size_t i = 0; i < hello.len; i++)
		buf_put_octet(to, is_plain(hello.at[i]) ? hello.at[i] : '?');
	if (hello.len == 0)
		buf_put_c(to, "unknown");
}

static void put_protocol(struct buf *to, const struct trace_line *t)
{
	if (t->smtputf8)
		buf_put_c(to, t->lmtp ? "UTF8LMTP" : "UTF8SMTP");
	else if (t->lmtp)
		buf_put_c(to, "LMTP");
	else
		buf_put_c(to, t->esmtp ? "ESMTP" : "SMTP");
	if (t->tls && t->esmtp)
		buf_put_octet(to, 'S');
	if (t->authenticated)
		buf_put_octet(to, 'A');
}

void trace_put_lines(struct buf *to, const struct trace_line *t)
{
	buf_put_c(to, "Return-Path: <");
	buf_put(to, t->sender);
	buf_put_c(to, ">\r\nReceived: from ");
	put_hello(to, t->hello);
	buf_printf(to, " ([%s%s])\r\n\tby ", t->address_v6 ? "IPv6:" : "", t->address);
	buf_put(to, t->host_name);
	buf_put_c(to, " with ");
	put_protocol(to, t);
	buf_put_c(to, "\r\n\tid ");
	buf_put(to, t->id);
	buf_put_c(to, "; ");
	date_put_rfc5322(to, t->seconds);
	buf_put_c(to, "\r\n");
}

void trace_put_recipient(struct buf *to, const struct trace_recipient *r)
{
	struct wr w = wr_to(to);

	wr_u32(&w, r->ticket_octets);
	wr_str(&w, r->address);
	wr_u8(&w, r->notify);
	wr_str(&w, r->orcpt_type);
	wr_str(&w, r->orcpt);
}

void trace_put_envelope(struct buf *to, const struct trace_envelope *e)
{
	struct wr w = wr_to(to);

	wr_u8(&w, TRACE_VERSION);
	wr_u8(&w, e->body);
	wr_bool(&w, e->smtputf8);
	wr_u8(&w, e->ret);
	wr_str(&w, e->envid);
	wr_str(&w, e->id);
	wr_u32(&w, e->recipients);
	wr_octets(&w, e->rows);
}
