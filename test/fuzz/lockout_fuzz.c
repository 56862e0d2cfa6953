/* Failed logons of an account, as they lie in the engine. */
#include "directory/lockout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct lockout_rules rules = { 3, 60, 60 };
	static const struct lockout_note note = { .at_seconds = 1000, .source = "::1" };
	struct lockout l;
	struct buf one;

	buf_init(&one, LOCKOUT_OCTETS_MAX);
	if (lockout_decode(str_make(data, size), &l) == ERR_OK) {
		lockout_encode(&l, &one);
		must(str_eq(buf_str(&one), str_make(data, size)));
		(void)lockout_failed(&l, &rules, &note);
		must(l.note_count > 0 && l.note_count <= LOCKOUT_NOTES);
	}
	buf_done(&one);
	return 0;
}
