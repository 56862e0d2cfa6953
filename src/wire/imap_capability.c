#include "wire/imap_capability.h"

#define CAP(id, name, where, flags, rfc, remark) { (name), (where), (flags), (rfc), (remark) },
static const struct imap_cap_row rows[IMAP_CAP_COUNT] = {
#include "wire/imap_capability.tbl"
};
#undef CAP

const struct imap_cap_row *imap_cap_row(enum imap_cap cap)
{
	must((unsigned)cap < IMAP_CAP_COUNT);
	return &rows[cap];
}

enum err imap_cap_find(struct str name, enum imap_cap *ret)
{
	for (int i = 0; i < IMAP_CAP_COUNT; i++) {
		if (str_ieq(name, str_from_c(rows[i].name))) {
			*ret = (enum imap_cap)i;
			return ERR_OK;
		}
	}
	return ERR_NOTFOUND;
}

struct imap_caps imap_caps_of(enum imap_cap_where where)
{
	struct imap_caps caps = { { 0 } };

	for (int i = 0; i < IMAP_CAP_COUNT; i++) {
		if (rows[i].where & where)
			imap_caps_set(&caps, (enum imap_cap)i, true);
	}
	return caps;
}

void imap_put_caps(struct buf *to, const struct imap_caps *caps, imap_cap_number *number,
	const void *arg)
{
	uint64_t n = 0;

	buf_put_c(to, "CAPABILITY");
	for (int i = 0; i < IMAP_CAP_COUNT; i++) {
		bool numbered = (rows[i].flags & IMAP_CAP_NUMBERED) != 0;

		if (numbered)
			n = number != NULL ? number(arg, (enum imap_cap)i) : 0;
		if (!imap_caps_has(caps, (enum imap_cap)i) || (numbered && n == 0))
			continue;
		buf_put_c(to, " ");
		buf_put_c(to, rows[i].name);
		if (numbered) {
			buf_put_octet(to, '=');
			buf_put_u64(to, n);
		}
	}
}
