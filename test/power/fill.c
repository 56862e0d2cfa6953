/*
 * Fills a store quickly, through the mail logic: every message is a delivery of its own, many in flight.
 *
 *   power_fill FOLDER MESSAGES OCTETS MAILBOX...
 *
 * FOLDER is an engine's folder (data/store) that no server has open; MAILBOX are numbers of mailboxes, which get messages
 * of about OCTETS octets in turn, all different, with records as the parser makes them. Every tenth message is expunged
 * again and every seventh gets a flag, so that the journal is not only additions. SEGMENT_OCTETS in the environment: the
 * length of a segment.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "mail/record.h"
#include "store/store.h"

#define IN_FLIGHT 2000u

struct fill {
	struct kv *kv;
	struct store *store;
	uint64_t begun, done, octets;
	unsigned changes; /* flags and expunges in flight */
	struct buf message, record;
};

static int64_t now_ms(void *arg)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t); /* what is old would be cleaned away while a server looks at it */
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void soon(void *arg)
{
}

struct delivery {
	struct fill *fill;
	struct deliver_row row;
};

static void on_delivered(void *arg, enum err e)
{
	struct delivery *d = arg;

	must(e == ERR_OK && d->row.ret == ERR_OK);
	d->fill->done++;
	mem_free(d);
}

static void on_changed(void *arg, enum err e, const struct mailbox_result *result)
{
	must(e == ERR_OK);
	((struct fill *)arg)->changes--;
}

static void message_make(struct fill *f, uint64_t n)
{
	uint64_t chance = n * 0x9e3779b97f4a7c15u;

	buf_clear(&f->message);
	buf_printf(&f->message,
		"From: Sender %" PRIu64 " <s%" PRIu64 "@elsewhere.org>\r\nTo: somebody@example.org\r\n"
		"Subject: message %" PRIu64 "\r\nMessage-ID: <%" PRIx64 "@elsewhere.org>\r\n"
		"Date: Sat, 21 Nov 2026 12:00:00 +0000\r\n\r\n",
		n % 1000, n % 1000, n, chance);
	while (f->message.len < f->octets / 2 + n * 7 % f->octets) {
		chance = chance * 6364136223846793005u + 1442695040888963407u;
		buf_printf(&f->message, "%016" PRIx64 " and words that other mail has, too\r\n", chance);
	}
	buf_clear(&f->record);
	must(record_make(buf_str(&f->message), &f->record) == ERR_OK);
}

static void turn(struct fill *f)
{
	struct pollfd wake = { .fd = kv_wake_fd(f->kv), .events = POLLIN };

	store_turn(f->store);
	(void)poll(&wake, 1, 10);
	kv_dispatch(f->kv);
}

static void deliver(struct fill *f, uint64_t n, uint64_t mailbox)
{
	struct delivery *d = MEM_NEW(struct delivery);
	struct deliver_request r = { .rows = &d->row, .rows_count = 1, .date = now_ms(NULL) / 1000 };

	d->fill = f;
	d->row.mailbox = mailbox;
	message_make(f, n);
	r.octets = buf_str(&f->message);
	r.record = buf_str(&f->record);
	store_deliver(f->store, &r, on_delivered, d);
	f->begun++;
	while (f->begun - f->done >= IN_FLIGHT)
		turn(f);
}

static void settle(struct fill *f)
{
	while (f->done < f->begun || f->changes > 0 || !store_idle(f->store))
		turn(f);
}

/* A tenth goes, a seventh of the rest is seen. */
static void change(struct fill *f, uint64_t id)
{
	static const struct mailbox_limits none;
	struct flags_request flags = { .mode = FLAGS_ADD, .flags = ITEM_SEEN };
	struct expunge_request expunge = { .for_good = true };
	struct folder_info info;
	struct mailbox *m;
	uint32_t *uids, n = 0;

	must(store_mailbox_open(f->store, id, &none, &m) == ERR_OK);
	must(folder_find(m, S("INBOX"), &info) == ERR_OK);
	uids = mem_new((info.uidnext + 1) * sizeof(*uids));
	for (uint32_t uid = 1; uid < info.uidnext; uid += 10)
		uids[n++] = uid;
	expunge.folder = flags.folder = info.id;
	expunge.list = (struct uid_list){ uids, n };
	f->changes += 2;
	mailbox_expunge(m, &expunge, on_changed, f);
	n = 0;
	for (uint32_t uid = 3; uid < info.uidnext; uid += 7)
		uids[n++] = uid;
	flags.list = (struct uid_list){ uids, n };
	mailbox_flags(m, &flags, on_changed, f);
	settle(f);
	mem_free(uids);
	mailbox_unref(m);
}

int main(int argc, char **argv)
{
	struct fill f = { 0 };
	struct store_options options = { .now_ms = now_ms, .soon = soon, .arg = &f };
	struct kv_options engine = { .folder = argc > 4 ? argv[1] : NULL, .compress = true };
	struct kv_opened opened;
	uint64_t messages;

	if (argc < 5) {
		fprintf(stderr, "usage: power_fill FOLDER MESSAGES OCTETS MAILBOX...\n");
		return 2;
	}
	messages = strtoull(argv[2], NULL, 10);
	if (getenv("SEGMENT_OCTETS") != NULL)
		engine.segment_octets = strtoull(getenv("SEGMENT_OCTETS"), NULL, 10);
	f.octets = strtoull(argv[3], NULL, 10);
	must(kv_open_journal(&engine, &f.kv, &opened) == ERR_OK);
	f.store = store_new(f.kv, &options);
	buf_init(&f.message, 1 << 24);
	buf_init(&f.record, 1 << 24);
	for (uint64_t n = 0; n < messages; n++)
		deliver(&f, n, strtoull(argv[4 + n % (uint64_t)(argc - 4)], NULL, 10));
	settle(&f);
	for (int i = 4; i < argc; i++)
		change(&f, strtoull(argv[i], NULL, 10));
	store_free(f.store);
	kv_close(f.kv);
	buf_done(&f.message);
	buf_done(&f.record);
	return 0;
}
