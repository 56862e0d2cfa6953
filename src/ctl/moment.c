#include "ctl/moment.h"

#include <time.h>

bool moment_read(const char *text, int64_t *ret)
{
	static const char *const forms[] = { "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M",
		"%Y-%m-%d %H:%M", "%Y-%m-%d" };

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct tm t = { 0 };
		const char *end = strptime(text, forms[i], &t);

		if (end != NULL && *end == '\0') {
			*ret = (int64_t)timegm(&t);
			return true;
		}
	}
	return false;
}

bool moment_read_ago(struct str text, int64_t now, int64_t *ret)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = { { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 } };
	uint32_t n;

	for (size_t i = 0; text.len > 1 && i < sizeof(units) / sizeof(*units); i++) {
		if (text.at[text.len - 1] == units[i].letter && str_u32(str_sub(text, 0, text.len - 1), 1000000, &n)) {
			*ret = now - (int64_t)n * units[i].seconds;
			return true;
		}
	}
	return false;
}
