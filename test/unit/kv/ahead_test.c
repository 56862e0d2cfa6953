#include "kv/ahead.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "kv/record.h"
#include "tap.h"

#define BLOBS 400u

static struct compress *compress;
static struct buf plain[BLOBS], stored[BLOBS];
static uint64_t at[BLOBS];
static int fd;

/* A file of blobs' stored forms, as a segment has them. */
static void make(void)
{
	char name[] = "/tmp/ahead.XXXXXX";
	uint32_t state = 3;
	uint64_t end = 0;

	compress = compress_new(NULL, NULL);
	fd = mkstemp(name);
	must(fd >= 0 && unlink(name) == 0);
	for (uint32_t n = 0; n < BLOBS; n++) {
		struct record_walk walk;
		struct record_op op;

		buf_init(&plain[n], BUF_NO_CEILING);
		buf_init(&stored[n], BUF_NO_CEILING);
		for (uint32_t i = 0; i < 10 + n * 37; i++) {
			state = state * 1664525u + 1013904223u;
			buf_put_octet(&plain[n], "abcdefgh ijk\r\n"[(state >> 24) % 14]);
		}
		blob_write(&stored[n], (struct kv_blob_row){ .id = n + 1, .count = 1 }, buf_str(&plain[n]), compress);
		walk = record_walk(buf_str(&stored[n]));
		must(record_next(&walk, &op) && op.kind == RECORD_BLOB);
		must(pwrite(fd, op.value.at, op.value.len, (off_t)end) == (ssize_t)op.value.len);
		at[n] = end;
		end += op.value.len;
		stored[n].len = op.value.len; /* from here on only how long it is */
	}
}

static struct ahead_blob blob_of(uint32_t n)
{
	return (struct ahead_blob){ .id = n + 1,
		.octets = plain[n].len,
		.stored = { .fd = fd, .at = at[n], .octets = stored[n].len },
		.unpacking = compress_unpacking(compress, 0) };
}

static void put(struct ahead *a, uint32_t n)
{
	struct ahead_blob b = blob_of(n);

	ahead_put(a, &b);
}

/* What was taken is the blob's; how many were is the machine's affair. */
static bool take(struct ahead *a, uint32_t n, unsigned *taken)
{
	struct buf out;
	bool right = true;

	buf_init(&out, BUF_NO_CEILING);
	if (ahead_take(a, n + 1, 0, UINT64_MAX, &out)) {
		right = str_eq(buf_str(&out), buf_str(&plain[n]));
		++*taken;
	}
	buf_done(&out);
	return right;
}

static void wait_for(struct ahead *a, uint32_t n)
{
	struct buf out;

	buf_init(&out, BUF_NO_CEILING);
	while (!ahead_take(a, n + 1, 0, 1, &out)) {
		put(a, n);
		usleep(100);
	}
	OK(out.len == 1 && out.at[0] == plain[n].at[0], "the first octet of %u", n);
	buf_done(&out);
}

static void one_after_the_other(void)
{
	struct ahead *a = ahead_new();
	unsigned taken = 0, wrong = 0;

	for (unsigned round = 0; round < 20; round++) {
		for (uint32_t first = 0; first < BLOBS; first += 50) {
			for (uint32_t n = first; n < first + 50; n++)
				put(a, n);
			for (uint32_t n = first; n < first + 50; n++)
				wrong += !take(a, n, &taken);
		}
	}
	IS_NUM(wrong, 0);
	wait_for(a, 7);
	ahead_free(a);
}

static void parts(void)
{
	struct ahead *a = ahead_new();
	struct buf out;

	buf_init(&out, BUF_NO_CEILING);
	wait_for(a, 100);
	OK(ahead_take(a, 101, 5, 10, &out), "in the middle");
	IS_STR(buf_str(&out), str_sub(buf_str(&plain[100]), 5, 10));
	buf_clear(&out);
	OK(ahead_take(a, 101, 15, UINT64_MAX, &out), "the rest");
	IS_STR(buf_str(&out), str_skip(buf_str(&plain[100]), 15));
	OK(!ahead_take(a, 101, 0, 1, &out), "whose end was taken is forgotten");
	buf_done(&out);
	ahead_free(a);
}

/* Nobody asks for them: they make room for others, and the end finds them all. */
static void never_taken(void)
{
	struct ahead *a = ahead_new();
	unsigned taken = 0, wrong = 0;

	for (unsigned round = 0; round < 5; round++) {
		for (uint32_t n = 0; n < BLOBS; n++)
			put(a, n);
	}
	for (uint32_t n = 0; n < BLOBS; n += 3)
		wrong += !take(a, n, &taken);
	IS_NUM(wrong, 0);
	ahead_free(a);
}

static void damaged(void)
{
	struct ahead *a = ahead_new();
	struct ahead_blob b = blob_of(50);
	unsigned taken = 0;
	struct buf out;

	buf_init(&out, BUF_NO_CEILING);
	b.stored.at++;
	ahead_put(a, &b);
	ahead_settle(a);
	OK(!ahead_take(a, 51, 0, UINT64_MAX, &out) && out.len == 0, "what cannot be read is not there");
	b = blob_of(50);
	b.stored.fd = -1;
	ahead_put(a, &b);
	OK(!ahead_take(a, 51, 0, UINT64_MAX, &out), "nor what is in no file");
	b = blob_of(50);
	b.unpacking = (struct unpacking){ 0 };
	ahead_put(a, &b);
	OK(!ahead_take(a, 51, 0, UINT64_MAX, &out), "nor what nobody can unpack");
	OK(take(a, 51, &taken) && taken == 0, "nor what was never put");
	put(a, 51);
	ahead_settle(a);
	OK(take(a, 51, &taken), "after settling what is there is right");
	buf_done(&out);
	ahead_free(a);
	ahead_free(NULL);
	ahead_settle(NULL);
	OK(!ahead_take(NULL, 1, 0, 1, &out), "nothing holds nothing");
}

int main(void)
{
	make();
	one_after_the_other();
	parts();
	never_taken();
	damaged();
	compress_free(compress);
	for (uint32_t n = 0; n < BLOBS; n++) {
		buf_done(&plain[n]);
		buf_done(&stored[n]);
	}
	close(fd);
	return tap_done();
}
