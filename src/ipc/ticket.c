#include "ipc/ticket.h"

#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/cursor.h"

#define MAC_OCTETS ((size_t)32)

/* Setting up a key costs more than the rest, and a process has one key in its life. */
static EVP_MAC_CTX *keyed(struct str key)
{
	static EVP_MAC_CTX *context;
	static char known[TICKET_KEY_OCTETS];
	char digest[] = "SHA256";
	OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string("digest", digest, 0), OSSL_PARAM_construct_end() };

	must(key.len == TICKET_KEY_OCTETS);
	if (context != NULL && memcmp(known, key.at, key.len) == 0) {
		must(EVP_MAC_init(context, NULL, 0, NULL) == 1);
		return context;
	}
	if (context == NULL) {
		EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);

		must(mac != NULL);
		context = EVP_MAC_CTX_new(mac);
		EVP_MAC_free(mac);
	}
	must(context != NULL && EVP_MAC_init(context, (const unsigned char *)key.at, key.len, params) == 1);
	memcpy(known, key.at, key.len);
	return context;
}

static void put_mac(struct str key, struct str body, char to[MAC_OCTETS])
{
	EVP_MAC_CTX *context = keyed(key);
	size_t length = 0;

	must(EVP_MAC_update(context, (const unsigned char *)body.at, body.len) == 1);
	must(EVP_MAC_final(context, (unsigned char *)to, &length, MAC_OCTETS) == 1);
	must(length == MAC_OCTETS);
}

static void put_limits(struct wr *w, const struct ticket_limits *limits)
{
	wr_u64(w, limits->warn_octets);
	wr_u64(w, limits->send_octets);
	wr_u64(w, limits->receive_octets);
	wr_u64(w, limits->messages_max);
	wr_u32(w, limits->folders_max);
	wr_u32(w, limits->retention_days);
}

static struct ticket_limits get_limits(struct rd *r)
{
	struct ticket_limits limits = { .warn_octets = rd_u64(r) };

	limits.send_octets = rd_u64(r);
	limits.receive_octets = rd_u64(r);
	limits.messages_max = rd_u64(r);
	limits.folders_max = rd_u32(r);
	limits.retention_days = rd_u32(r);
	return limits;
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
	wr_u8(&w, (uint8_t)t->access);
	wr_str(&w, t->groups);
	wr_str(&w, t->account_name);
	wr_str(&w, t->mailbox_name);
	wr_str(&w, t->folder);
	put_limits(&w, &t->limits);
	wr_str(&w, t->folders);
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
	t->access = (enum access)rd_u8(&r);
	t->groups = rd_str(&r);
	t->account_name = rd_str(&r);
	t->mailbox_name = rd_str(&r);
	t->folder = rd_str(&r);
	t->limits = get_limits(&r);
	t->folders = rd_str(&r);
	if (!access_valid((uint8_t)t->access) || t->groups.len % sizeof(uint64_t) != 0 ||
		t->groups.len > TICKET_GROUPS_MAX * sizeof(uint64_t))
		return ERR_TICKET;
	return rd_end(&r);
}

/* Body and its authentication code. */
static void put_sealed(struct buf *to, struct str body, struct str key)
{
	struct wr w = wr_to(to);
	char mac[MAC_OCTETS];

	put_mac(key, body, mac);
	wr_str(&w, body);
	wr_octets(&w, str_make(mac, sizeof(mac)));
	must(wr_end(&w) == ERR_OK);
}

static enum err cut_sealed(struct str *octets, struct str key, size_t body_octets_max, struct str *ret_body)
{
	struct rd r = rd_from(*octets);
	struct str body = rd_str(&r);
	struct str mac = rd_octets(&r, MAC_OCTETS);
	char want[MAC_OCTETS];

	if (r.failed || body.len > body_octets_max)
		return ERR_TICKET;
	put_mac(key, body, want);
	if (!str_eq_constant_time(mac, str_make(want, sizeof(want))))
		return ERR_TICKET;
	*octets = r.rest;
	*ret_body = body;
	return ERR_OK;
}

void ticket_seal(const struct ticket *t, struct str key, struct buf *to)
{
	struct buf body;

	buf_init(&body, TICKET_OCTETS_MAX);
	put_body(t, &body);
	put_sealed(to, buf_str(&body), key);
	buf_done(&body);
}

enum err ticket_open(struct str *octets, struct str key, enum ticket_kind kind, uint64_t now_ms, struct ticket *ret)
{
	struct str rest = *octets, body;
	struct ticket t = { 0 };

	if (cut_sealed(&rest, key, TICKET_OCTETS_MAX, &body) != ERR_OK)
		return ERR_TICKET;
	if (get_body(body, &t) != ERR_OK || t.kind != kind || t.expires_ms < now_ms)
		return ERR_TICKET;
	*octets = rest;
	*ret = t;
	return ERR_OK;
}

#define ROW_OCTETS          ((size_t)49)
#define RECIPIENTS_HEAD     ((size_t)25)
#define RECIPIENTS_MAX_BODY (RECIPIENTS_HEAD + ROW_OCTETS * TICKET_RECIPIENTS_MAX)

void ticket_recipients_seal(const struct ticket_recipient *rows, size_t count, uint64_t expires_ms, struct str key, struct buf *to)
{
	struct buf body;
	struct wr w = wr_to(&body);

	must(count <= TICKET_RECIPIENTS_MAX);
	buf_init(&body, RECIPIENTS_MAX_BODY);
	wr_u8(&w, TICKET_RECIPIENTS);
	wr_u64(&w, expires_ms);
	wr_u32(&w, (uint32_t)count);
	wr_u32(&w, count == 1 ? rows[0].folder : 0);
	wr_u64(&w, count == 1 ? rows[0].poster : 0);
	for (size_t i = 0; i < count; i++) {
		wr_u64(&w, rows[i].mailbox);
		put_limits(&w, &rows[i].limits);
		wr_bool(&w, rows[i].no_quota);
	}
	must(wr_end(&w) == ERR_OK);
	put_sealed(to, buf_str(&body), key);
	buf_done(&body);
}

enum err ticket_recipients_open(struct str *octets, struct str key, uint64_t now_ms, struct arena *arena,
	const struct ticket_recipient **ret, size_t *ret_count)
{
	struct str rest = *octets, body;
	struct ticket_recipient *rows;
	struct rd r;
	uint32_t count, folder;
	uint64_t poster;

	if (cut_sealed(&rest, key, RECIPIENTS_MAX_BODY, &body) != ERR_OK)
		return ERR_TICKET;
	r = rd_from(body);
	if (rd_u8(&r) != TICKET_RECIPIENTS || rd_u64(&r) < now_ms)
		return ERR_TICKET;
	count = rd_u32(&r);
	folder = rd_u32(&r);
	poster = rd_u64(&r);
	if (count * ROW_OCTETS != r.rest.len || (folder != 0 && count != 1))
		return ERR_TICKET;
	rows = ARENA_ARRAY(arena, struct ticket_recipient, count);
	for (uint32_t i = 0; i < count; i++) {
		rows[i].mailbox = rd_u64(&r);
		rows[i].limits = get_limits(&r);
		rows[i].no_quota = rd_bool(&r);
		rows[i].folder = folder;
		rows[i].poster = poster;
	}
	if (r.failed)
		return ERR_TICKET;
	*octets = rest;
	*ret = rows;
	*ret_count = count;
	return ERR_OK;
}
