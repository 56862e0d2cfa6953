/* Whatever the message: there is a record, the same twice, and it passes the check. */
#include "mail/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf once, twice;

	buf_init(&once, RECORD_OCTETS_MAX);
	buf_init(&twice, RECORD_OCTETS_MAX);
	must(record_make(str_make(data, size), &once) == ERR_OK);
	must(record_check(buf_str(&once), size) == ERR_OK);
	must(record_make(str_make(data, size), &twice) == ERR_OK);
	must(str_eq(buf_str(&once), buf_str(&twice)));
	buf_done(&once);
	buf_done(&twice);
	return 0;
}
