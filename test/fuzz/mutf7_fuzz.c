/* Modified UTF-7: a name that is read has one spelling, and any text becomes a name that is read.
 */
#include "base/utf8.h"
#include "wire/mutf7.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct str in = str_make(at, len);
	struct buf utf8, wire;

	buf_init(&utf8, BUF_NO_CEILING);
	buf_init(&wire, BUF_NO_CEILING);
	if (mutf7_get(&utf8, in) == ERR_OK) {
		must(utf8_valid(buf_str(&utf8)));
		mutf7_put(&wire, buf_str(&utf8));
		must(str_eq(buf_str(&wire), in));
	}
	buf_clear(&utf8);
	buf_clear(&wire);
	mutf7_put(&wire, in);
	must(mutf7_get(&utf8, buf_str(&wire)) == ERR_OK);
	buf_done(&utf8);
	buf_done(&wire);
	return 0;
}
