#include "ctl/backup_key.h"

#include "tap.h"

static const struct {
	const char *fresh, *old, *joined;
	enum err want;
} cases[] = {
	{ "bourse-vault 1\nkey a\n", "", "bourse-vault 1\nkey a\n", ERR_OK },
	{ "bourse-vault 1\nkey a\n", "bourse-vault 1\nkey a\n", "bourse-vault 1\nkey a\n", ERR_OK },
	{ "bourse-vault 1\nkey b\n", "bourse-vault 1\nkey a\n", "bourse-vault 1\nkey b\nkey a\n", ERR_OK },
	{ "bourse-vault 1\nkey a\nkey b\n", "bourse-vault 1\nkey a\n", "bourse-vault 1\nkey a\nkey b\n", ERR_OK },
	{ "bourse-vault 1\nkey a", "", "", ERR_CORRUPT },
	{ "bourse-vault 2\nkey a\n", "", "", ERR_CORRUPT },
	{ "", "bourse-vault 1\nkey a\n", "", ERR_CORRUPT },
	{ "bourse-vault 1\nkey a\n", "something else\n", "", ERR_CORRUPT },
};

int main(void)
{
	struct buf joined, many;
	size_t lines = 0;

	buf_init(&joined, 16384);
	buf_init(&many, 16384);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_clear(&joined);
		IS_NUM(backup_key_join(str_from_c(cases[i].fresh), str_from_c(cases[i].old), &joined), cases[i].want);
		if (cases[i].want == ERR_OK)
			IS_STR(buf_str(&joined), str_from_c(cases[i].joined));
	}
	/* No more keys than a key file may have. */
	buf_put_c(&many, "bourse-vault 1\n");
	for (int i = 0; i < 100; i++)
		buf_printf(&many, "key %d\n", i);
	buf_clear(&joined);
	IS_NUM(backup_key_join(S("bourse-vault 1\nkey new\n"), buf_str(&many), &joined), ERR_OK);
	for (size_t i = 0; i < joined.len; i++)
		lines += joined.at[i] == '\n';
	IS_NUM(lines, 65);
	buf_done(&joined);
	buf_done(&many);
	return tap_done();
}
