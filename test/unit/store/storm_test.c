/*
 * Many changes of two mailboxes in flight at once, some refused by a full disk: whatever came of
 * them, the rows agree with a recount, nobody is answered twice, and no uid is given twice.
 */
#include "harness.h"

#define CHANGES 60

static struct harness h;
static struct mailbox *box[2];
static uint64_t random_state;
static struct arena a;
static struct outcome outcomes[CHANGES];
static struct deliver_row rows[CHANGES][2];
static uint32_t folders[3];
static unsigned bad, refused;

static uint32_t pick(uint32_t below)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(random_state >> 33) % below;
}

static void deliver(unsigned i)
{
	struct deliver_request r = {
		.rows = rows[i], .rows_count = 1 + pick(2), .date = 1, .octets = S("delivered")
	};

	rows[i][0] = (struct deliver_row){ .mailbox = 1 };
	rows[i][1] = (struct deliver_row){ .mailbox = 1 + pick(2) };
	r.record = harness_record(&a, r.octets);
	store_deliver(h.store, &r, outcome_plain, &outcomes[i]);
}

static void change(unsigned i)
{
	struct mailbox *m = box[pick(2)];
	static uint32_t uids[400];
	struct uid_list list = { uids, 0 };
	uint32_t from = folders[pick(3)], to = folders[pick(3)];
	struct append_request ar = {
		.folder = from, .date = 1, .octets = S("appended"), .flags = (uint8_t)pick(32)
	};
	static const struct str keyword = S_INIT("Work");
	struct flags_request fr = { .folder = from,
		.mode = (enum flags_mode)pick(3),
		.flags = (uint8_t)pick(32),
		.keywords = &keyword,
		.keywords_count = 1 };
	struct expunge_request er = {
		.folder = from, .all = true, .deleted_only = true, .for_good = pick(2) == 0
	};

	for (uint32_t uid = 1 + pick(9); list.count < 400 && uid < 5000; uid += 1 + pick(9))
		uids[list.count++] = uid;
	ar.record = harness_record(&a, ar.octets);
	fr.list = list;
	switch (pick(7)) {
	case 0:
		mailbox_append(m, &ar, outcome_put, &outcomes[i]);
		break;
	case 1:
		mailbox_flags(m, &fr, outcome_put, &outcomes[i]);
		break;
	case 2:
		mailbox_copy(
			m, &(struct copy_request){ from, to, list }, outcome_put, &outcomes[i]);
		break;
	case 3:
		mailbox_move(
			m, &(struct copy_request){ from, to, list }, outcome_put, &outcomes[i]);
		break;
	case 4:
		mailbox_expunge(m, &er, outcome_put, &outcomes[i]);
		break;
	case 5:
		if (pick(2))
			folder_create(m, S("made"), FOLDER_SPECIAL_NONE, outcome_put, &outcomes[i]);
		else
			folder_delete(m, S("made"), outcome_put, &outcomes[i]);
		break;
	default:
		if (pick(2))
			folder_subscribe(m, S("INBOX"), pick(2), outcome_put, &outcomes[i]);
		else
			folder_rename(m, S("made"), S("renamed/it"), outcome_put, &outcomes[i]);
	}
}

static void open_boxes(void)
{
	struct mailbox_limits limits = { .retention_days = 1 };

	for (unsigned i = 0; i < 2; i++)
		must(store_mailbox_open(h.store, i + 1, &limits, &box[i]) == ERR_OK);
}

/* What the next submission counts from is what is on disk again: the quota is exact to the octet.
 */
static void check_quota(unsigned i)
{
	struct mailbox_limits limits;
	struct mailbox_stats stats;

	mailbox_stats(box[i], &stats);
	limits = (struct mailbox_limits){ .receive_octets = stats.octets + 1 };
	bad += store_deliver_check(h.store, i + 1, &limits) != ERR_OK;
	if (stats.octets == 0)
		return; /* a limit of 0 is none */
	limits.receive_octets = stats.octets;
	bad += store_deliver_check(h.store, i + 1, &limits) != ERR_QUOTA;
}

static void play(uint64_t seed, bool journal)
{
	static const char *const names[] = { "INBOX", "Sent", "Trash" };
	struct folder_info info;

	random_state = seed;
	arena_init(&a, ARENA_NONE);
	harness_open(&h, journal);
	open_boxes();
	for (unsigned i = 0; i < 3; i++) {
		must(folder_find(box[0], str_from_c(names[i]), &info) == ERR_OK);
		folders[i] = info.id;
	}
	for (unsigned round = 0; round < 6; round++) {
		memset(outcomes, 0, sizeof(outcomes));
		if (pick(2))
			kv_fault_inject(h.kv, KV_FAULT_WRITE_ENOSPC, 1 + pick(CHANGES / 2));
		for (unsigned i = 0; i < CHANGES; i++) {
			if (pick(2))
				deliver(i);
			else
				change(i);
		}
		harness_run(&h);
		kv_fault_inject(h.kv, KV_FAULT_NONE, 0);
		for (unsigned i = 0; i < CHANGES; i++) {
			bad += outcomes[i].calls != 1;
			refused += outcomes[i].err == ERR_DISKFULL;
		}
		check_quota(0);
		check_quota(1);
		bad += harness_verify(&h) != ERR_OK;
		mailbox_unref(box[0]);
		mailbox_unref(box[1]);
		harness_reopen(&h);
		bad += harness_verify(&h) != ERR_OK;
		open_boxes();
	}
	mailbox_unref(box[0]);
	mailbox_unref(box[1]);
	harness_close(&h);
	arena_done(&a);
	OK(bad == 0, "seed %llu", (unsigned long long)seed);
}

int main(void)
{
	for (uint64_t seed = 1; seed <= 30 && bad == 0; seed++)
		play(seed, seed % 8 == 0);
	OK(refused > 30, "the disk was full now and then (%u)", refused);
	return tap_done();
}
