/* A store over an engine of its own, driven by hand, for the tests of src/store. */
#pragma once

#include <ftw.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "../tap.h"
#include "base/mem.h"
#include "mail/record.h"
#include "store/store.h"

struct harness {
	struct kv *kv;
	struct store *store;
	int64_t now_ms;
	bool soon;
	unsigned quota_calls, changed_calls;
	enum mailbox_quota quota;
	char folder[64];     /* of the journal; empty: the memory driver */
	kv_blob others_blob; /* has references that are not the store's */
	uint64_t others_count;
};

static int64_t harness_now(void *arg)
{
	return ((struct harness *)arg)->now_ms;
}

static void harness_soon(void *arg)
{
	((struct harness *)arg)->soon = true;
}

static void harness_quota(void *arg, uint64_t mailbox, enum mailbox_quota state, uint64_t used)
{
	struct harness *h = arg;

	h->quota_calls++;
	h->quota = state;
}

static void harness_changed(void *arg, uint64_t mailbox, uint64_t modseq)
{
	((struct harness *)arg)->changed_calls++;
}

static inline void harness_store(struct harness *h)
{
	struct store_options o = { .now_ms = harness_now,
		.soon = harness_soon,
		.quota = harness_quota,
		.changed = harness_changed,
		.arg = h };

	h->store = store_new(h->kv, &o);
}

static inline void harness_open(struct harness *h, bool journal)
{
	struct kv_options o = { 0 };
	struct kv_opened opened;

	*h = (struct harness){ .now_ms = 1700000000000 };
	if (journal) {
		strcpy(h->folder, "/tmp/bourse-store-test-XXXXXX");
		must(mkdtemp(h->folder));
		o.folder = h->folder;
	}
	must((journal ? kv_open_journal(&o, &h->kv, &opened) : kv_open_memory(&o, &h->kv)) ==
		ERR_OK);
	harness_store(h);
}

/* Until nothing is in flight. */
static inline void harness_run(struct harness *h)
{
	while (!store_idle(h->store)) {
		struct pollfd p = { .fd = kv_wake_fd(h->kv), .events = POLLIN };

		if (!h->soon)
			(void)poll(&p, 1, 1000);
		h->soon = false;
		store_turn(h->store);
		kv_dispatch(h->kv);
	}
}

/* A new store over the same engine: what is on disk and nothing else. Every mailbox must be given
 * back. */
static inline void harness_reopen(struct harness *h)
{
	harness_run(h);
	store_free(h->store);
	harness_store(h);
}

static int harness_remove(const char *path, const struct stat *st, int type, struct FTW *at)
{
	return remove(path);
}

static inline void harness_close(struct harness *h)
{
	harness_run(h);
	store_free(h->store);
	kv_close(h->kv);
	if (h->folder[0])
		(void)nftw(h->folder, harness_remove, 8, FTW_DEPTH | FTW_PHYS);
}

static inline struct str harness_record(struct arena *a, struct str octets)
{
	struct buf b;
	struct str s;

	buf_init(&b, BUF_NO_CEILING);
	must(record_make_opaque(octets.len, &b) == ERR_OK);
	s = arena_str(a, buf_str(&b));
	buf_done(&b);
	return s;
}

/* The outcome of the last change. */
struct outcome {
	unsigned calls;
	enum err err;
	uint32_t folder, uidvalidity;
	uint64_t modseq;
	size_t count, refused_count;
	uint32_t uids[4096], new_uids[4096], refused[4096];
};

static inline void outcome_put(void *arg, enum err e, const struct mailbox_result *r)
{
	struct outcome *o = arg;

	o->calls++;
	o->err = e;
	o->folder = r->folder;
	o->uidvalidity = r->uidvalidity;
	o->modseq = r->modseq;
	o->count = r->count;
	o->refused_count = r->refused_count;
	for (size_t i = 0; i < r->count && i < 4096; i++) {
		o->uids[i] = r->uids ? r->uids[i] : 0;
		o->new_uids[i] = r->new_uids ? r->new_uids[i] : 0;
	}
	for (size_t i = 0; i < r->refused_count && i < 4096; i++)
		o->refused[i] = r->refused[i];
}

static inline void outcome_plain(void *arg, enum err e)
{
	struct outcome *o = arg;

	o->calls++;
	o->err = e;
}

static void harness_problem(void *arg, const struct store_problem *p)
{
	printf("# problem: mailbox %llu folder %u uid %u: %s\n", (unsigned long long)p->mailbox,
		p->folder, p->uid, p->what);
}

static uint64_t harness_others(void *arg, kv_blob blob)
{
	const struct harness *h = arg;

	return blob == h->others_blob ? h->others_count : 0;
}

static inline enum err harness_verify(struct harness *h)
{
	struct store_verify_options o = {
		.each = harness_problem, .others = harness_others, .arg = h, .blobs = true
	};

	return store_verify(h->store, &o);
}

static inline enum err harness_deliver(struct harness *h, uint64_t mailbox, struct str octets)
{
	struct deliver_row row = { .mailbox = mailbox };
	struct outcome o = { 0 };
	struct arena a;
	struct deliver_request r = {
		.rows = &row, .rows_count = 1, .date = 1000, .octets = octets
	};

	arena_init(&a, ARENA_NONE);
	r.record = harness_record(&a, octets);
	store_deliver(h->store, &r, outcome_plain, &o);
	must(o.calls == 0);
	harness_run(h);
	arena_done(&a);
	must(o.calls == 1);
	return o.err != ERR_OK ? o.err : row.ret;
}

/* Delivers so many small messages to mailbox 1, with one write set. */
static inline void harness_fill(struct harness *h, size_t count)
{
	struct deliver_row *rows = mem_new(count * sizeof(*rows));
	struct deliver_request r = { .rows = rows, .rows_count = count, .date = 1, .octets = S("A: b\r\n\r\nx") };
	struct outcome o = { 0 };
	struct arena a;

	arena_init(&a, ARENA_NONE);
	r.record = harness_record(&a, r.octets);
	for (size_t i = 0; i < count; i++)
		rows[i] = (struct deliver_row){ .mailbox = 1 };
	store_deliver(h->store, &r, outcome_plain, &o);
	harness_run(h);
	must(o.calls == 1 && o.err == ERR_OK);
	arena_done(&a);
	mem_free(rows);
}
