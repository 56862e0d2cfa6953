#include "directory/hash_memory.h"

#include <pthread.h>
#include <string.h>

#include "base/mem.h"
#include "directory/secret.h"
#include "tap.h"

#define CHECK_OCTETS ((size_t)SECRET_MEMORY_KIB << 10)

static bool all_zeros(const uint8_t *at, size_t octets)
{
	return at[0] == 0 && memcmp(at, at + 1, octets - 1) == 0;
}

static void check(void)
{
	struct secret_job job;

	secret_job_init(&job, STR_NONE, S("correct horse"));
	secret_verify(&job);
	secret_job_wipe(&job);
}

static void test_kept(void)
{
	uint8_t *one, *two, *again;

	IS_NUM(hash_memory_kept(), 0);
	IS_NUM(hash_memory_take(&one, CHECK_OCTETS), 0);
	IS_NUM(hash_memory_take(&two, CHECK_OCTETS), 0);
	OK(one + CHECK_OCTETS <= two || two + CHECK_OCTETS <= one, "two checks never share a piece");
	OK(all_zeros(one, CHECK_OCTETS) && all_zeros(two, CHECK_OCTETS), "new ones are zeros");
	OK(hash_memory_kept() >= 2 * CHECK_OCTETS, "%zu octets", hash_memory_kept());
	hash_memory_give(one, CHECK_OCTETS);
	IS_NUM(hash_memory_take(&again, CHECK_OCTETS), 0);
	OK(again == one, "what was given is taken again");
	hash_memory_give(again, CHECK_OCTETS);
	hash_memory_release();
	OK(hash_memory_kept() >= CHECK_OCTETS && hash_memory_kept() < 2 * CHECK_OCTETS, "what is in use stays");
	two[CHECK_OCTETS - 1] = 0;
	hash_memory_give(two, CHECK_OCTETS);
	hash_memory_release();
	IS_NUM(hash_memory_kept(), 0);
}

static void test_wiped(void)
{
	uint8_t *at;
	size_t kept;

	check();
	kept = hash_memory_kept();
	OK(kept >= CHECK_OCTETS, "a check's memory stays");
	check();
	IS_NUM(hash_memory_kept(), kept);
	IS_NUM(hash_memory_take(&at, CHECK_OCTETS), 0);
	IS_NUM(hash_memory_kept(), kept);
	OK(all_zeros(at, CHECK_OCTETS), "nothing of the password or the hash is left in it");
	hash_memory_give(at, CHECK_OCTETS);
	hash_memory_release();
	IS_NUM(hash_memory_kept(), 0);
}

static void *work(void *arg)
{
	for (int i = 0; i < 4; i++)
		check();
	return arg;
}

static void test_threads(void)
{
	pthread_t threads[3];

	for (size_t i = 0; i < 3; i++)
		must(pthread_create(&threads[i], NULL, work, NULL) == 0);
	for (size_t i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	OK(hash_memory_kept() <= 3 * CHECK_OCTETS, "no more than a piece for each thread: %zu",
		hash_memory_kept());
	hash_memory_release();
	IS_NUM(hash_memory_kept(), 0);
}

int main(void)
{
	test_kept();
	test_wiped();
	test_threads();
	return tap_done();
}
