#include "directory/audit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "tap.h"

static const struct audit_record some = {
	.ms = 1780000000123, .event = 7202, .service = 5, .tls = true, .account = 7, .mailbox = 9,
	.client = S_INIT("192.0.2.1:4711"), .mechanism = S_INIT("PLAIN"), .name = S_INIT("domain DOM, user alice"),
	.account_name = S_INIT("DOM\\alice"), .mailbox_name = S_INIT("alice"), .right = S_INIT("primary"),
	.secret = S_INIT("password"), .reason = S_INIT("wrong password for DOM\\alice"),
};

/* ---- one record ---- */

static void test_codec(void)
{
	static char much[AUDIT_TEXT_OCTETS_MAX + 50];
	struct audit_record got = { 0 }, long_one = some;
	struct buf octets;
	struct str rest;

	buf_init(&octets, 1 << 16);
	audit_record_put(&some, &octets);
	rest = buf_str(&octets);
	IS_NUM(audit_record_cut(&rest, &got), ERR_OK);
	OK(rest.len == 0 && got.ms == some.ms && got.event == 7202 && got.service == 5 && got.tls && !got.good, "numbers");
	OK(got.account == 7 && got.mailbox == 9, "ids");
	IS_STR(got.client, some.client);
	IS_STR(got.reason, some.reason);
	IS_STR(got.right, some.right);
	IS_NUM(audit_record_cut(&rest, &got), ERR_NEEDMORE);
	for (size_t n = 0; n < octets.len; n++) {
		char *part = mem_copy(octets.at, n + 1);

		rest = str_make(part, n);
		OK(audit_record_cut(&rest, &got) == ERR_NEEDMORE && rest.len == n, "cut at %zu", n);
		mem_free(part);
	}
	for (size_t n = 0; n < octets.len; n++) {
		char *part = mem_copy(octets.at, octets.len);

		part[n] ^= 0x40;
		rest = str_make(part, octets.len);
		OK(audit_record_cut(&rest, &got) != ERR_OK && rest.len == octets.len, "octet %zu is another", n);
		mem_free(part);
	}
	memset(much, 'x', sizeof(much));
	long_one.name = long_one.reason = str_make(much, sizeof(much));
	buf_clear(&octets);
	audit_record_put(&long_one, &octets);
	rest = buf_str(&octets);
	IS_NUM(audit_record_cut(&rest, &got), ERR_OK);
	IS_NUM(got.name.len, AUDIT_TEXT_OCTETS_MAX);
	buf_done(&octets);
}

/* ---- the trail ---- */

struct place {
	char path[64];
	struct audit audit;
	struct arena arena;
};

static void place_open(struct place *p)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(p->path, sizeof(p->path), "%s/audit-XXXXXX", tmp != NULL && strlen(tmp) < 40 ? tmp : "/tmp");
	must(mkdtemp(p->path) != NULL);
	arena_init(&p->arena, ARENA_NONE);
	IS_NUM(audit_open(&p->audit, p->path), ERR_OK);
	audit_set(&p->audit, 1 << 20, 0);
}

static void place_close(struct place *p)
{
	char command[128];

	audit_close(&p->audit);
	arena_done(&p->arena);
	snprintf(command, sizeof(command), "rm -r %s", p->path);
	must(system(command) == 0);
}

static void again(struct place *p)
{
	audit_close(&p->audit);
	IS_NUM(audit_open(&p->audit, p->path), ERR_OK);
	audit_set(&p->audit, 1 << 20, 0);
}

static void put(struct place *p, int64_t ms, uint64_t account, bool good)
{
	struct audit_record r = some;

	r.ms = ms;
	r.account = account;
	r.good = good;
	audit_put(&p->audit, &r);
}

static struct audit_finder find(struct place *p, struct audit_query q)
{
	struct audit_finder f;

	audit_finder(&p->audit, &q, &p->arena, &f);
	audit_find(&f);
	IS_NUM(f.code, ERR_OK);
	return f;
}

static unsigned files(const struct place *p)
{
	unsigned n = 0;
	struct stat s;
	char name[128];

	for (unsigned i = 1; i < 1000; i++) {
		snprintf(name, sizeof(name), "%s/logons-%08u", p->path, i);
		n += stat(name, &s) == 0;
	}
	return n;
}

static uint64_t octets(const struct place *p)
{
	uint64_t sum = 0;
	struct stat s;
	char name[128];

	for (unsigned i = 1; i < 1000; i++) {
		snprintf(name, sizeof(name), "%s/logons-%08u", p->path, i);
		sum += stat(name, &s) == 0 ? (uint64_t)s.st_size : 0;
	}
	return sum;
}

static void test_trail(void)
{
	struct place p;
	struct audit_finder f;

	place_open(&p);
	IS_NUM(find(&p, (struct audit_query){ 0 }).count, 0);
	for (int i = 1; i <= 100; i++)
		put(&p, i * 1000, (uint64_t)(i % 2 + 1), i % 5 == 0);
	IS_NUM(find(&p, (struct audit_query){ 0 }).count, 0);
	IS_NUM(audit_write(&p.audit, 0), 0);
	f = find(&p, (struct audit_query){ 0 });
	OK(f.count == 100 && f.found[0].ms == 1000 && f.found[99].ms == 100000, "all, oldest first");
	f = find(&p, (struct audit_query){ .count_max = 3 });
	OK(f.count == 3 && f.found[0].ms == 98000 && f.found[2].ms == 100000, "the newest three");
	IS_NUM(find(&p, (struct audit_query){ .refused = true }).count, 80);
	IS_NUM(find(&p, (struct audit_query){ .account = 2 }).count, 50);
	f = find(&p, (struct audit_query){ .since_ms = 50000, .until_ms = 60000 });
	OK(f.count == 10 && f.found[0].ms == 50000, "a time");
	IS_NUM(find(&p, (struct audit_query){ .text = S("dom\\ALICE") }).count, 100);
	IS_NUM(find(&p, (struct audit_query){ .text = S("192.0.2.1:") }).count, 100);
	IS_NUM(find(&p, (struct audit_query){ .text = S("bob") }).count, 0);
	again(&p);
	put(&p, 101000, 1, true);
	(void)audit_write(&p.audit, 0);
	IS_NUM(find(&p, (struct audit_query){ 0 }).count, 101);
	OK(files(&p) == 1, "a new start goes on with the file there is");
	place_close(&p);
}

/* What was half written when the machine fell. */
static void test_torn(void)
{
	struct place p;
	struct stat s;
	char name[128];

	place_open(&p);
	put(&p, 1000, 1, true);
	put(&p, 2000, 1, true);
	audit_close(&p.audit);
	snprintf(name, sizeof(name), "%s/logons-00000001", p.path);
	must(stat(name, &s) == 0 && truncate(name, s.st_size - 1) == 0);
	IS_NUM(audit_open(&p.audit, p.path), ERR_OK);
	audit_set(&p.audit, 1 << 20, 0);
	put(&p, 3000, 1, true);
	(void)audit_write(&p.audit, 0);
	OK(find(&p, (struct audit_query){ 0 }).count == 2, "the torn one is gone, what came then is there");
	place_close(&p);
}

static void test_bounds(void)
{
	struct place p;
	struct audit_finder f;

	place_open(&p);
	audit_set(&p.audit, 8 * 1000, 0); /* a thousand octets a file: a handful of records */
	for (int i = 1; i <= 1000; i++) {
		put(&p, i, 1, true);
		(void)audit_write(&p.audit, 0);
	}
	f = find(&p, (struct audit_query){ 0 });
	OK(files(&p) == RING_FILES && f.count > RING_FILES && f.count < 60, "%u files, %zu records", files(&p), f.count);
	OK(octets(&p) <= 8000, "%llu octets", (unsigned long long)octets(&p));
	OK(f.found[f.count - 1].ms == 1000 && f.found[0].ms == 1001 - (int64_t)f.count, "the newest");
	for (int i = 1001; i <= 1100; i++)
		put(&p, i, 1, true);
	(void)audit_write(&p.audit, 0);
	f = find(&p, (struct audit_query){ 0 });
	OK(octets(&p) <= 8000 && f.found[f.count - 1].ms == 1100, "many at once: %llu octets", (unsigned long long)octets(&p));
	/* all are of the year of this test, which is not that long ago */
	audit_set(&p.audit, 8 * 1000, 3600000);
	(void)audit_write(&p.audit, (int64_t)4102444800000);
	IS_NUM(files(&p), 0);
	IS_NUM(find(&p, (struct audit_query){ 0 }).count, 0);
	put(&p, 5, 1, true);
	(void)audit_write(&p.audit, 0);
	IS_NUM(find(&p, (struct audit_query){ 0 }).count, 1);
	again(&p);
	IS_NUM(find(&p, (struct audit_query){ 0 }).count, 1);
	audit_set(&p.audit, 0, 0);
	put(&p, 6, 1, true);
	(void)audit_write(&p.audit, 0);
	OK(files(&p) == 0, "nothing is kept");
	place_close(&p);
}

static void test_too_many(void)
{
	struct place p;
	uint64_t lost;

	place_open(&p);
	for (int i = 0; i < 10000; i++)
		put(&p, i, 1, true);
	lost = audit_write(&p.audit, 0);
	OK(lost > 0 && lost < 10000, "%llu were left out", (unsigned long long)lost);
	IS_NUM(find(&p, (struct audit_query){ 0 }).count + lost, 10000);
	IS_NUM(audit_write(&p.audit, 0), 0);
	place_close(&p);
}

int main(void)
{
	test_codec();
	test_trail();
	test_torn();
	test_bounds();
	test_too_many();
	return tap_done();
}
