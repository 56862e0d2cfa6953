#include "directory/form_token.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/cursor.h"
#include "base/mem.h"
#include "io/clock.h"

#define HASH_OCTETS ((size_t)32)
#define MAC_DIGITS  ((size_t)32) /* half of the hash: 128 bits */

void form_tokens_init(struct form_tokens *t)
{
	*t = (struct form_tokens){ .ring = mem_new(FORM_TOKENS_USED * sizeof(*t->ring)) };
	memset(t->ring, 0, FORM_TOKENS_USED * sizeof(*t->ring));
	random_octets(t->key, sizeof(t->key));
	map_init(&t->used);
}

void form_tokens_done(struct form_tokens *t)
{
	map_done(&t->used);
	mem_free(t->ring);
	mem_wipe(t->key, sizeof(t->key));
	t->ring = NULL;
}

/* What stands in the token in the clear: when, and its number. */
struct clear {
	uint64_t at_ms, number;
};

static void put_mac(const struct form_tokens *t, const struct form_owner *owner, const struct clear *c, struct buf *to)
{
	unsigned char mac[HASH_OCTETS];
	unsigned len = 0;
	struct buf body;
	struct wr w = wr_to(&body);

	buf_init(&body, 64);
	wr_u64(&w, owner->place);
	wr_u64(&w, owner->account);
	wr_u64(&w, owner->source);
	wr_u64(&w, c->at_ms);
	wr_u64(&w, c->number);
	must(wr_end(&w) == ERR_OK);
	must(HMAC(EVP_sha256(), t->key, (int)sizeof(t->key), (const unsigned char *)body.at, body.len, mac, &len) != NULL && len == sizeof(mac));
	for (size_t i = 0; i < MAC_DIGITS / 2; i++)
		buf_printf(to, "%02x", mac[i]);
	buf_done(&body);
}

void form_token_make(const struct form_tokens *t, const struct form_owner *owner, uint64_t now_ms, struct buf *to)
{
	struct clear c = { .at_ms = now_ms };

	random_octets(&c.number, sizeof(c.number));
	buf_printf(to, "%016llx%016llx", (unsigned long long)c.at_ms, (unsigned long long)c.number);
	put_mac(t, owner, &c, to);
}

static bool read_hex(struct str s, uint64_t *ret)
{
	uint64_t v = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (!ascii_is_digit(c) && (c < 'a' || c > 'f'))
			return false;
		v = v << 4 | (unsigned)(ascii_is_digit(c) ? c - '0' : c - 'a' + 10);
	}
	*ret = v;
	return true;
}

static bool read_clear(struct str token, struct clear *ret)
{
	return token.len == WEB_TOKEN_OCTETS && read_hex(str_sub(token, 0, 16), &ret->at_ms) && read_hex(str_sub(token, 16, 16), &ret->number);
}

static bool was_used(const struct form_tokens *t, const struct clear *c)
{
	return map_get(&t->used, c->number) != NULL;
}

enum err form_token_check(const struct form_tokens *t, const struct form_owner *owner, struct str token, uint64_t now_ms, uint64_t *ret_age_ms)
{
	struct clear c;
	struct buf mac;
	bool same;

	if (!read_clear(token, &c))
		return ERR_FORM;
	buf_init(&mac, MAC_DIGITS + 1);
	put_mac(t, owner, &c, &mac);
	same = str_eq_constant_time(buf_str(&mac), str_skip(token, 32));
	buf_done(&mac);
	if (!same || c.at_ms > now_ms || now_ms - c.at_ms > FORM_TOKEN_MS_MAX)
		return ERR_FORM;
	*ret_age_ms = now_ms - c.at_ms;
	return was_used(t, &c) ? ERR_EXISTS : ERR_OK;
}

enum err form_token_use(struct form_tokens *t, struct str token, uint64_t now_ms)
{
	struct form_used *slot = &t->ring[t->next];
	struct clear c;

	must(read_clear(token, &c) && !was_used(t, &c));
	if (slot->expires_ms > now_ms)
		return ERR_LIMIT;
	if (slot->expires_ms != 0)
		map_remove(&t->used, slot->number);
	*slot = (struct form_used){ c.number, now_ms + FORM_TOKEN_MS_MAX };
	map_put(&t->used, c.number, slot);
	t->next = (t->next + 1) % FORM_TOKENS_USED;
	return ERR_OK;
}

bool form_token_worked(struct str token, struct str work, unsigned bits)
{
	char text[WEB_TOKEN_OCTETS + 1 + FORM_WORK_OCTETS];
	unsigned char hash[HASH_OCTETS];
	unsigned zeroes = 0;

	if (bits == 0)
		return true;
	if (token.len != WEB_TOKEN_OCTETS || work.len == 0 || work.len > FORM_WORK_OCTETS)
		return false;
	for (size_t i = 0; i < work.len; i++) {
		if (!ascii_is_digit(work.at[i]))
			return false;
	}
	memcpy(text, token.at, token.len);
	text[token.len] = ':';
	memcpy(text + token.len + 1, work.at, work.len);
	must(EVP_Digest(text, token.len + 1 + work.len, hash, NULL, EVP_sha256(), NULL) == 1);
	while (zeroes < sizeof(hash) * 8 && !(hash[zeroes / 8] >> (7 - zeroes % 8) & 1))
		zeroes++;
	return zeroes >= bits;
}
