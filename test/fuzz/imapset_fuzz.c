/* Sequence sets: what was resolved is ascending, does not overlap or adjoin, and is written as it
 * reads. */
#include "wire/imap_set.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct arena a;
	struct imap_set set, again;
	struct buf b;

	if (len < 1)
		return 0;
	arena_init(&a, ARENA_COMMAND);
	buf_init(&b, BUF_NO_CEILING);
	if (imap_set_get(&a, str_make(at + 1, len - 1), &set) == ERR_OK) {
		imap_set_resolve(&set, at[0]);
		for (size_t i = 0; i < set.count; i++) {
			must(set.ranges[i].first >= 1 && set.ranges[i].first <= set.ranges[i].last);
			must(i == 0 || set.ranges[i].first - 1 > set.ranges[i - 1].last);
			must(imap_set_has(&set, set.ranges[i].first) &&
				imap_set_has(&set, set.ranges[i].last));
		}
		imap_set_put(&b, &set);
		if (set.count > 0) {
			must(imap_set_get(&a, buf_str(&b), &again) == ERR_OK &&
				again.count == set.count);
			must(imap_set_size(&again) == imap_set_size(&set));
		}
	}
	buf_done(&b);
	arena_done(&a);
	return 0;
}
