/* A date is refused or lies in the years 0 to 9999, give or take a zone. */
#include "mail/maildate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct maildate d;

	if (maildate_get(str_make(data, size), &d) != ERR_OK)
		return 0;
	must(d.seconds > -62500000000 && d.seconds < 253500000000);
	must(d.zone_minutes > -24 * 60 && d.zone_minutes < 24 * 60);
	return 0;
}
