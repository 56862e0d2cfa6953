/* A folder with 200,000 messages opens, scans and changes within reason; times are told, generous
 * ceilings are kept. */
#include <time.h>

#include "harness.h"
#include "store/keys.h"

#define MESSAGES 200000u
#define ROWS     2000u

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void answered(void *arg, enum err e)
{
	*(enum err *)arg = e;
}

static void answered_put(void *arg, enum err e, const struct mailbox_result *r)
{
	*(enum err *)arg = e;
}

static void fill(struct harness *h, struct arena *a)
{
	struct deliver_row *rows = ARENA_ARRAY(a, struct deliver_row, ROWS);
	struct deliver_request r = {
		.rows = rows, .rows_count = ROWS, .date = 1, .octets = S("A: b\r\n\r\nx")
	};
	enum err e = ERR_BUSY;

	r.record = harness_record(a, r.octets);
	for (unsigned i = 0; i < ROWS; i++)
		rows[i].mailbox = 1;
	for (unsigned i = 0; i < MESSAGES; i += ROWS) {
		store_deliver(h->store, &r, answered, &e);
		harness_run(h);
		must(e == ERR_OK);
	}
}

static void count_events(void *arg, const struct view_event *e)
{
	(*(unsigned *)arg)++;
}

int main(void)
{
	static const struct mailbox_limits none;
	struct harness h = { 0 };
	struct mailbox *box;
	struct folder_view *v, *w;
	struct view_options vo = { 0 };
	struct folder_info info;
	struct arena a;
	unsigned events = 0;
	uint64_t octets = 0;
	enum err e = ERR_BUSY;
	double t = seconds();

	arena_init(&a, ARENA_NONE);
	harness_open(&h, false);
	fill(&h, &a);
	printf("# filling: %.3f s\n", seconds() - t);
	harness_reopen(&h);
	must(store_mailbox_open(h.store, 1, &none, &box) == ERR_OK);
	must(folder_find(box, S("INBOX"), &info) == ERR_OK);
	vo.folder = info.id;
	t = seconds();
	must(view_open(box, &vo, &v) == ERR_OK);
	printf("# first opening: %.3f s\n", seconds() - t);
	OK(seconds() - t < 5, "first opening is quick");
	t = seconds();
	must(view_open(box, &vo, &w) == ERR_OK);
	for (uint32_t seq = 1; seq <= view_count(w); seq++)
		octets += view_item(w, seq)->octets;
	printf("# second opening and a walk: %.3f s\n", seconds() - t);
	IS_NUM(octets, (uint64_t)MESSAGES * 9);
	t = seconds();
	for (uint32_t uid = 1000; uid < 1600; uid++) {
		struct expunge_request r = { .folder = info.id, .list = { &uid, 1 } };

		mailbox_expunge(box, &r, answered_put, &e);
		harness_run(&h);
		must(e == ERR_OK);
	}
	printf("# 600 single expunges: %.3f s\n", seconds() - t);
	octets = 0;
	t = seconds();
	for (uint32_t seq = 1; seq <= view_count(w); seq++)
		octets += view_item(w, seq)->octets;
	printf("# a walk with 600 gone: %.3f s\n", seconds() - t);
	IS_NUM(octets, (uint64_t)MESSAGES * 9);
	t = seconds();
	view_sync(v, true, count_events, &events);
	IS_NUM(events, 600);
	IS_NUM(view_count(v), MESSAGES - 600);
	printf("# sync: %.4f s\n", seconds() - t);
	t = seconds();
	mailbox_expunge(
		box, &(struct expunge_request){ .folder = info.id, .all = true }, answered_put, &e);
	harness_run(&h);
	printf("# expunging all in chunks: %.3f s\n", seconds() - t);
	IS_NUM(e, ERR_OK);
	IS_NUM(view_count(v), MESSAGES - 600);
	OK(view_item_gone(v, 1) && view_uid(v, MESSAGES - 600) == MESSAGES, "numbers stand");
	view_close(v);
	view_close(w);
	mailbox_unref(box);
	IS_NUM(harness_verify(&h), ERR_OK);
	harness_close(&h);
	arena_done(&a);
	return tap_done();
}
