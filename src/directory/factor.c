#include "directory/factor.h"

#include "base/cursor.h"
#include "base/mem.h"
#include "directory/keys.h"
#include "io/clock.h"

#define FORMAT_VERSION 1
#define VALUE_OCTETS_MAX ((size_t)64)
#define RECOVERY_BITS    ((uint16_t)((1u << TOTP_RECOVERY_CODES) - 1))

/* ---- codec ---- */

enum err factor_encode(const struct factor *f, struct buf *to)
{
	struct wr w = wr_to(to);

	wr_u8(&w, FORMAT_VERSION);
	wr_bool(&w, f->confirmed);
	wr_u64(&w, f->made);
	wr_octets(&w, str_make(f->key, sizeof(f->key)));
	for (size_t i = 0; i < TOTP_RECOVERY_CODES && f->confirmed; i++)
		wr_octets(&w, str_make(f->recovery[i], TOTP_HASH_OCTETS));
	return wr_end(&w);
}

enum err factor_decode(struct str value, uint64_t account, struct factor *ret)
{
	struct rd r = rd_from(value);
	struct factor f = { .account = account };
	uint8_t version = rd_u8(&r);
	enum err e;

	if (value.len == 0)
		return ERR_NOTFOUND;
	f.confirmed = rd_bool(&r);
	f.made = rd_u64(&r);
	(void)rd_take(&r, f.key, sizeof(f.key));
	for (size_t i = 0; i < TOTP_RECOVERY_CODES && f.confirmed; i++)
		(void)rd_take(&r, f.recovery[i], TOTP_HASH_OCTETS);
	e = version == FORMAT_VERSION ? rd_end(&r) : ERR_CORRUPT;
	if (e == ERR_OK)
		*ret = f;
	mem_wipe(&f, sizeof(f));
	return e;
}

enum err factor_use_encode(const struct factor_use *u, struct buf *to)
{
	struct wr w = wr_to(to);

	wr_u8(&w, FORMAT_VERSION);
	wr_u64(&w, u->last);
	wr_u16(&w, u->recovery);
	return wr_end(&w);
}

enum err factor_use_decode(struct str value, struct factor_use *ret)
{
	struct rd r = rd_from(value);
	uint8_t version = rd_u8(&r);
	struct factor_use u = { .last = rd_u64(&r), .recovery = rd_u16(&r) };

	if (rd_end(&r) != ERR_OK || version != FORMAT_VERSION || (u.recovery & ~RECOVERY_BITS) != 0)
		return ERR_CORRUPT;
	*ret = u;
	return ERR_OK;
}

/* ---- the row beside ---- */

enum err factor_use_get(struct directory *d, uint64_t account, struct factor_use *ret)
{
	struct kv_read row = { .shard = DIRECTORY_SHARD };
	struct factor_use u = { 0 };
	struct arena a;
	enum err e;

	arena_init(&a, ARENA_NONE);
	row.key = keys_factor(&a, account);
	e = kv_read_all(d->kv, &row, 1, &a);
	if (e == ERR_OK && row.ret_found)
		e = factor_use_decode(row.ret_value, &u);
	arena_done(&a);
	if (e == ERR_OK)
		*ret = u;
	return e;
}

void factor_use_put(const struct factor_use *u, uint64_t account, struct kv_write *w)
{
	struct arena a;
	struct buf value;

	arena_init(&a, ARENA_NONE);
	buf_init(&value, VALUE_OCTETS_MAX);
	if (u == NULL) {
		kv_del(w, DIRECTORY_SHARD, keys_factor(&a, account));
	} else {
		must(factor_use_encode(u, &value) == ERR_OK);
		kv_put(w, DIRECTORY_SHARD, keys_factor(&a, account), buf_str(&value));
	}
	buf_done(&value);
	arena_done(&a);
}

/* ---- making ---- */

void factor_make(uint64_t account, uint64_t now_seconds, struct factor *ret)
{
	*ret = (struct factor){ .account = account, .made = now_seconds };
	random_octets(ret->key, sizeof(ret->key));
}

void factor_recovery(struct factor *f, struct buf *to)
{
	unsigned char code[TOTP_RECOVERY_OCTETS];

	for (size_t i = 0; i < TOTP_RECOVERY_CODES; i++) {
		random_octets(code, sizeof(code));
		totp_recovery_hash(f->account, code, f->recovery[i]);
		totp_words_put(to, str_make(code, sizeof(code)));
		buf_put_octet(to, '\n');
	}
	mem_wipe(code, sizeof(code));
}

/* ---- the check ---- */

/* All are compared, whichever it is. */
static enum err take_recovery(const struct factor *f, struct factor_use *u, struct str text)
{
	unsigned char code[TOTP_RECOVERY_OCTETS], made[TOTP_HASH_OCTETS];
	unsigned found = TOTP_RECOVERY_CODES;

	if (!f->confirmed || !totp_words_get(text, code, sizeof(code)))
		return ERR_AUTH;
	totp_recovery_hash(f->account, code, made);
	for (unsigned i = 0; i < TOTP_RECOVERY_CODES; i++) {
		if (str_eq_constant_time(str_make(made, sizeof(made)), str_make(f->recovery[i], TOTP_HASH_OCTETS)))
			found = i;
	}
	mem_wipe(code, sizeof(code));
	mem_wipe(made, sizeof(made));
	if (found == TOTP_RECOVERY_CODES)
		return ERR_AUTH;
	if ((u->recovery >> found & 1) != 0)
		return ERR_EXISTS;
	u->recovery = (uint16_t)(u->recovery | 1u << found);
	return ERR_OK;
}

enum err factor_take(struct directory *d, const struct factor *f, int64_t now_seconds, struct str text, bool *ret_recovery)
{
	struct factor_use u = { 0 };
	enum err e = factor_use_get(d, f->account, &u);
	struct kv_write *w;
	bool recovery = false;

	if (e != ERR_OK)
		return e;
	e = totp_check(str_make(f->key, sizeof(f->key)), now_seconds, u.last, text, &u.last);
	if (e == ERR_SYNTAX) {
		recovery = true;
		e = take_recovery(f, &u, text);
	}
	if (e != ERR_OK)
		return e;
	w = kv_write_new(d->kv);
	factor_use_put(&u, f->account, w);
	/* Waited for, or the next logon could be answered before the code counts as used. */
	e = kv_commit_now(d->kv, w);
	if (e == ERR_OK)
		*ret_recovery = recovery;
	return e;
}
