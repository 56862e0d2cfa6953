#include "ipc/ticket.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/cursor.h"

#define MAC_OCTETS ((size_t)32)

static void put_mac(struct str key, struct str body, char to[MAC_OCTETS])
{
	unsigned length = 0;

	must(key.len == TICKET_KEY_OCTETS);
	must(HMAC(EVP_sha256(), key.at, (int)key.len, (const unsigned char *)body.at, body.len,
		     (unsigned char *)to, &length) != NULL);
	must(length == MAC_OCTETS);
}

static void put_body(const struct ticket *t, struct buf *to)
{
	struct wr w = wr_to(to);

	wr_u8(&w, (uint8_t)t->kind);
	wr_u64(&w, t->id);
	wr_u64(&w, t->expires_ms);
	wr_u64(&w, t->account);
	wr_u64(&w, t->mailbox);
	wr_u8(&w, t->service);
	wr_bool(&w, t->delegate);
	wr_str(&w, t->account_name);
	wr_str(&w, t->mailbox_name);
	wr_u64(&w, t->limits.warn_octets);
	wr_u64(&w, t->limits.send_octets);
	wr_u64(&w, t->limits.receive_octets);
	wr_u32(&w, t->limits.retention_days);
	must(wr_end(&w) == ERR_OK);
}

static enum err get_body(struct str body, struct ticket *t)
{
	struct rd r = rd_from(body);

	t->kind = (enum ticket_kind)rd_u8(&r);
	t->id = rd_u64(&r);
	t->expires_ms = rd_u64(&r);
	t->account = rd_u64(&r);
	t->mailbox = rd_u64(&r);
	t->service = rd_u8(&r);
	t->delegate = rd_bool(&r);
	t->account_name = rd_str(&r);
	t->mailbox_name = rd_str(&r);
	t->limits.warn_octets = rd_u64(&r);
	t->limits.send_octets = rd_u64(&r);
	t->limits.receive_octets = rd_u64(&r);
	t->limits.retention_days = rd_u32(&r);
	return rd_end(&r);
}

void ticket_seal(const struct ticket *t, struct str key, struct buf *to)
{
	struct wr w = wr_to(to);
	struct buf body;
	char mac[MAC_OCTETS];

	buf_init(&body, TICKET_OCTETS_MAX);
	put_body(t, &body);
	put_mac(key, buf_str(&body), mac);
	wr_str(&w, buf_str(&body));
	wr_octets(&w, str_make(mac, sizeof(mac)));
	must(wr_end(&w) == ERR_OK);
	buf_done(&body);
}

enum err ticket_open(struct str *octets, struct str key, enum ticket_kind kind, uint64_t now_ms, struct ticket *ret)
{
	struct rd r = rd_from(*octets);
	struct str body = rd_str(&r);
	struct str mac = rd_octets(&r, MAC_OCTETS);
	char want[MAC_OCTETS];
	struct ticket t = { 0 };

	if (r.failed || body.len > TICKET_OCTETS_MAX)
		return ERR_TICKET;
	put_mac(key, body, want);
	if (!str_eq_constant_time(mac, str_make(want, sizeof(want))))
		return ERR_TICKET;
	if (get_body(body, &t) != ERR_OK || t.kind != kind || t.expires_ms < now_ms)
		return ERR_TICKET;
	*octets = r.rest;
	*ret = t;
	return ERR_OK;
}
