#include "defect.h"

#include <string.h>

#include "kv/kv.h"
#include "store/sight.h"
#include "store/write.h"
#include "world.h"
#include "wrap.h"

static const char *the_defect = "";

void defect_set(const char *name)
{
	the_defect = name != NULL ? name : "";
}

static bool is(const char *name)
{
	return strcmp(the_defect, name) == 0;
}

bool defect_early(void)
{
	return is("early");
}

void __wrap_kv_commit(struct kv *kv, struct kv_write *w, kv_done *done, void *arg)
{
	if (is("forget") && chance_in(STREAM_RUN, 40)) {
		kv_write_free(w);
		w = kv_write_new(kv);
	}
	__real_kv_commit(kv, w, done, arg);
}

enum err __wrap_kv_blob_read(struct kv *kv, kv_blob id, uint64_t from, uint64_t len, struct buf *to)
{
	size_t before = to->len;
	enum err e = __real_kv_blob_read(kv, id, from, len, to);

	if (is("rot") && e == ERR_OK && to->len > before && chance_in(STREAM_RUN, 40))
		to->at[to->len - 1 - chance_below(STREAM_RUN, to->len - before)] ^= 1;
	return e;
}

void __wrap_sight_wake(struct folder *f)
{
	if (!is("deaf") || !chance_in(STREAM_RUN, 10))
		__real_sight_wake(f);
}

uint64_t __wrap_part_modseq(const struct part *p)
{
	return __real_part_modseq(p) - (is("stale") && chance_in(STREAM_RUN, 10) ? 1 : 0);
}
