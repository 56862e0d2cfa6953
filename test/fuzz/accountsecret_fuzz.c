/* What lies in and beside an account: application passwords, their last uses, its second factor; a record of the audit trail. */
#include "directory/app_password.h"
#include "directory/audit_record.h"
#include "directory/factor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was decoded is encoded to the same octets. */
static void check_passwords(struct str octets)
{
	struct app_password *all = NULL;
	struct arena a;
	struct buf back;
	size_t count = 0;

	arena_init(&a, ARENA_COMMAND);
	buf_init(&back, (size_t)1 << 20);
	if (app_passwords_decode(octets, &a, &all, &count) == ERR_OK) {
		must(app_passwords_encode(all, count, &back) == ERR_OK && str_eq(buf_str(&back), octets));
		(void)app_password_find(all, count, 5);
	}
	buf_done(&back);
	arena_done(&a);
}

static void check_rows(struct str octets)
{
	struct factor f = { 0 };
	struct factor_use used;
	struct app_use use;
	struct buf back;

	buf_init(&back, (size_t)1 << 16);
	if (factor_decode(octets, 7, &f) == ERR_OK)
		must(factor_encode(&f, &back) == ERR_OK && str_eq(buf_str(&back), octets));
	buf_clear(&back);
	if (factor_use_decode(octets, &used) == ERR_OK)
		must(factor_use_encode(&used, &back) == ERR_OK && str_eq(buf_str(&back), octets));
	buf_clear(&back);
	if (app_use_decode(octets, &use) == ERR_OK)
		must(app_use_encode(&use, &back) == ERR_OK && str_eq(buf_str(&back), octets));
	buf_done(&back);
}

static void check_record(struct str octets)
{
	struct str rest = octets;
	struct audit_record r;
	struct buf back;

	buf_init(&back, (size_t)1 << 20);
	while (audit_record_cut(&rest, &r) == ERR_OK)
		audit_record_put(&r, &back);
	must(str_eq(buf_str(&back), str_sub(octets, 0, octets.len - rest.len)) || buf_overflowed(&back));
	buf_done(&back);
}

static void check_text(struct str octets)
{
	char plain[APP_PASSWORD_TEXT_OCTETS + 1], again[APP_PASSWORD_TEXT_OCTETS + 1];
	uint32_t id = 0, same = 1;

	if (!app_password_read(octets, &id, plain))
		return;
	must(app_password_read(str_from_c(plain), &same, again) && same == id && strcmp(plain, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str octets = str_make(data, size);

	check_passwords(octets);
	check_rows(octets);
	check_record(octets);
	check_text(octets);
	return 0;
}
