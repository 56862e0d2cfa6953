/*
 * A child commits known contents until it is killed at a random moment, or kills itself in the
 * middle of its n-th write. What it was told is safe must be there, whole, and the index must say
 * what the journal says.
 */
#include "common.h"

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define KEEP 40

struct shared {
	_Atomic uint64_t acked; /* commits that were acknowledged to the child */
};

static struct shared *shared;
static char folder[64];

static struct kv_options options = { .segment_octets = 60000,
	.reserve_octets = 4096,
	.compress = true,
	.index_ms_max = 5 };

static enum err open_it(bool rebuild, struct kv **ret, struct kv_opened *opened)
{
	options.folder = folder;
	options.rebuild_index = rebuild;
	*ret = NULL;
	return kv_open_journal(&options, ret, opened);
}

static void body_of(uint64_t n, struct buf *to)
{
	buf_clear(to);
	buf_printf(to, "body %llu: ", (unsigned long long)n);
	for (uint64_t i = 0; i < n % 200; i++)
		buf_put_u64(to, n * i);
}

/* Commit n puts key n (its value: the blob), deletes key n - KEEP with its blob, says n in "n". */
static struct kv_write *commit_n(struct kv *kv, uint64_t n, kv_blob *blobs)
{
	struct kv_write *w = kv_write_new(kv);
	char text[32];
	struct buf body;

	buf_init(&body, 10000);
	body_of(n, &body);
	if (n > KEEP && n % 7 == 0) /* another count that comes and goes */
		kv_blob_count(w, blobs[(n - 1) % KEEP], 1);
	if (n > KEEP && n % 7 == 1 && n > KEEP + 1)
		kv_blob_count(w, blobs[(n - 2) % KEEP], -1);
	if (n > KEEP) {
		snprintf(text, sizeof(text), "%llu", (unsigned long long)(n - KEEP));
		kv_del(w, 1, c_str(text));
		kv_blob_count(w, blobs[n % KEEP], -1);
	}
	blobs[n % KEEP] = kv_blob_add(w, buf_str(&body), 1);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	kv_put(w, 1, c_str(text), str_make(&blobs[n % KEEP], sizeof(kv_blob)));
	kv_put(w, 2, S("n"), c_str(text));
	buf_done(&body);
	return w;
}

static void acked(void *arg, enum err e)
{
	if (e == ERR_OK)
		atomic_fetch_add(&shared->acked, 1);
}

static uint64_t last_n(struct kv *kv)
{
	struct buf v;
	uint64_t n = 0;

	buf_init(&v, 30);
	if (value_of(kv, 2, "n", &v) && !str_u64(buf_str(&v), UINT64_MAX, &n))
		n = UINT64_MAX;
	buf_done(&v);
	return n;
}

static kv_blob blob_at(struct kv *kv, uint64_t n)
{
	char key[32];
	struct buf v;
	kv_blob id = 0;

	buf_init(&v, 30);
	snprintf(key, sizeof(key), "%llu", (unsigned long long)n);
	if (value_of(kv, 1, key, &v) && v.len == sizeof(id))
		memcpy(&id, v.at, sizeof(id));
	buf_done(&v);
	return id;
}

static _Noreturn void child_run(enum kv_fault fault, unsigned nth)
{
	static kv_blob blobs[KEEP];
	struct kv_opened opened;
	struct kv *kv;
	uint64_t n;

	if (open_it(false, &kv, &opened) != ERR_OK)
		_exit(3);
	n = last_n(kv);
	for (uint64_t i = n > KEEP ? n - KEEP + 1 : 1; i <= n; i++)
		blobs[i % KEEP] = blob_at(kv, i);
	atomic_store(&shared->acked, n);
	if (fault != KV_FAULT_NONE)
		kv_fault_inject(kv, fault, nth);
	for (;;) {
		uint64_t octets;

		kv_commit(kv, commit_n(kv, ++n, blobs), acked, NULL);
		if (n % 16 == 0) {
			struct pollfd wake = { .fd = kv_wake_fd(kv), .events = POLLIN };

			(void)poll(&wake, 1, 100);
			kv_dispatch(kv);
		}
		if (n % 64 == 0 && kv_compact(kv, 20, &octets) == ERR_CORRUPT)
			_exit(4);
	}
}

/* Exactly the keys and blobs that commit n leaves. */
static unsigned wrong_at(struct kv *kv, uint64_t n)
{
	struct kv_blob_row rows[KEEP + 10];
	struct kv_stats stats;
	struct buf want, got;
	unsigned wrong = 0;

	buf_init(&want, 10000);
	buf_init(&got, 10000);
	for (uint64_t i = n > KEEP ? n - KEEP + 1 : 1; i <= n; i++) {
		buf_clear(&got);
		body_of(i, &want);
		wrong += kv_blob_read(kv, blob_at(kv, i), 0, UINT64_MAX, &got) != ERR_OK ||
			 !str_eq(buf_str(&want), buf_str(&got));
	}
	kv_stats(kv, &stats);
	wrong += stats.keys != (n > KEEP ? KEEP : n) + (n > 0);
	wrong += stats.blobs != (n > KEEP ? KEEP : n);
	wrong += kv_blobs(kv, 0, rows, KEEP + 10) != stats.blobs;
	for (size_t i = 0; i < stats.blobs && i < KEEP; i++)
		wrong += rows[i].count < 1 || rows[i].count > 2;
	wrong += kv_verify(kv, NULL, NULL) != ERR_OK;
	buf_done(&want);
	buf_done(&got);
	return wrong;
}

static void look(const char *what, unsigned round)
{
	uint64_t n, digest, safe = atomic_load(&shared->acked);
	struct kv_opened opened = { 0 };
	struct kv *kv = NULL;
	enum err e = open_it(false, &kv, &opened);

	OK(e == ERR_OK, "%s %u: opens (%s)", what, round,
		opened.damage.what ? opened.damage.what : "");
	if (e != ERR_OK)
		return;
	n = last_n(kv);
	OK(n >= safe && n != UINT64_MAX, "%s %u: %llu were safe, %llu are there", what, round,
		(unsigned long long)safe, (unsigned long long)n);
	IS_NUM(wrong_at(kv, n), 0);
	digest = digest_of(kv);
	kv_close(kv);
	OK(open_it(true, &kv, &opened) == ERR_OK, "%s %u: rebuilds", what, round);
	OK(digest_of(kv) == digest && (digest != 0 || n == 0), "%s %u: the index was right", what, round);
	kv_close(kv);
}

static int child_wait(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		;
	return status;
}

int main(void)
{
	uint64_t state = (uint64_t)getpid() * 2654435761u + 1;

	shared = mmap(
		NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 1;
	folder_new(folder);
	for (unsigned round = 0; round < 25; round++) {
		pid_t pid = fork();
		int status;

		if (pid == 0)
			child_run(KV_FAULT_NONE, 0);
		usleep(3000 + (useconds_t)(random_next(&state) % 60000));
		kill(pid, SIGKILL);
		status = child_wait(pid);
		OK(WIFSIGNALED(status), "killed %u: was running", round);
		look("killed", round);
	}
	for (unsigned nth = 1; nth <= 25; nth++) {
		pid_t pid = fork();
		int status;

		if (pid == 0)
			child_run(KV_FAULT_DIE, nth);
		status = child_wait(pid);
		OK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "died in write %u", nth);
		look("died", nth);
	}
	folder_remove(folder);
	return tap_done();
}
