#include "directory/audit_record.h"

#include "base/code.h"
#include "base/cursor.h"

#define FORMAT_VERSION 1
#define FLAG_TLS  1u
#define FLAG_GOOD 2u

static void put_text(struct wr *w, struct str s)
{
	wr_str(w, str_sub(s, 0, AUDIT_TEXT_OCTETS_MAX));
}

static void put_fields(const struct audit_record *r, struct wr *w)
{
	wr_u8(w, FORMAT_VERSION);
	wr_u64(w, (uint64_t)r->ms);
	wr_u16(w, r->event);
	wr_u8(w, r->service);
	wr_u8(w, (uint8_t)((r->tls ? FLAG_TLS : 0) | (r->good ? FLAG_GOOD : 0)));
	wr_u64(w, r->account);
	wr_u64(w, r->mailbox);
	put_text(w, r->client);
	put_text(w, r->mechanism);
	put_text(w, r->name);
	put_text(w, r->account_name);
	put_text(w, r->mailbox_name);
	put_text(w, r->right);
	put_text(w, r->secret);
	put_text(w, r->reason);
}

void audit_record_put(const struct audit_record *record, struct buf *to)
{
	struct buf fields;
	struct wr f, w = wr_to(to);

	buf_init(&fields, AUDIT_RECORD_OCTETS_MAX);
	f = wr_to(&fields);
	put_fields(record, &f);
	must(wr_end(&f) == ERR_OK);
	wr_u32(&w, (uint32_t)fields.len);
	wr_u32(&w, crc32c(0, buf_str(&fields)));
	wr_octets(&w, buf_str(&fields));
	buf_done(&fields);
}

static struct str get_text(struct rd *r)
{
	struct str s = rd_str(r);

	if (s.len > AUDIT_TEXT_OCTETS_MAX)
		rd_fail(r);
	return s;
}

static enum err get_fields(struct str octets, struct audit_record *ret)
{
	struct rd r = rd_from(octets);
	struct audit_record a = { 0 };
	uint8_t version = rd_u8(&r), flags;

	a.ms = (int64_t)rd_u64(&r);
	a.event = rd_u16(&r);
	a.service = rd_u8(&r);
	flags = rd_u8(&r);
	a.tls = (flags & FLAG_TLS) != 0;
	a.good = (flags & FLAG_GOOD) != 0;
	a.account = rd_u64(&r);
	a.mailbox = rd_u64(&r);
	a.client = get_text(&r);
	a.mechanism = get_text(&r);
	a.name = get_text(&r);
	a.account_name = get_text(&r);
	a.mailbox_name = get_text(&r);
	a.right = get_text(&r);
	a.secret = get_text(&r);
	a.reason = get_text(&r);
	if (rd_end(&r) != ERR_OK || version != FORMAT_VERSION || (flags & ~(FLAG_TLS | FLAG_GOOD)) != 0)
		return ERR_CORRUPT;
	*ret = a;
	return ERR_OK;
}

enum err audit_record_cut(struct str *rest, struct audit_record *ret)
{
	struct rd r = rd_from(*rest);
	uint32_t octets = rd_u32(&r), sum = rd_u32(&r);
	struct str fields;
	enum err e;

	if (r.failed)
		return ERR_NEEDMORE;
	if (octets == 0 || octets > AUDIT_RECORD_OCTETS_MAX)
		return ERR_CORRUPT;
	if (octets > r.rest.len)
		return ERR_NEEDMORE;
	fields = rd_octets(&r, octets);
	if (crc32c(0, fields) != sum)
		return ERR_CORRUPT;
	e = get_fields(fields, ret);
	if (e == ERR_OK)
		*rest = r.rest;
	return e;
}
