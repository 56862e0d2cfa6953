/* The key file; and an entry whose secrets are sealed, opened with a key that is always the same. */
#include "base/mem.h"
#include "directory/vault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct str known = S_INIT("bourse-vault 1\nkey 8d6c532235f3de82 1 0000000000000000000000000000000000000000000000000000000000000000\n");

/* What was read writes what reads as the same. */
static void check_file(struct str text)
{
	struct vault *v = vault_new(), *again = vault_new();
	struct buf one, two;

	buf_init(&one, VAULT_FILE_OCTETS_MAX);
	buf_init(&two, VAULT_FILE_OCTETS_MAX);
	if (vault_get(v, text) == ERR_OK) {
		must(vault_count(v) > 0);
		vault_put(v, &one);
		must(vault_get(again, buf_str(&one)) == ERR_OK);
		vault_put(again, &two);
		must(str_eq(buf_str(&one), buf_str(&two)));
	}
	buf_done(&one);
	buf_done(&two);
	vault_free(v);
	vault_free(again);
}

static void check_entry(struct str octets)
{
	struct vault *v = vault_new();
	struct entry e;
	struct arena a;
	struct buf out;

	arena_init(&a, ARENA_COMMAND);
	buf_init(&out, ENTRY_OCTETS_MAX);
	(void)!vault_get(v, known);
	if (entry_decode(octets, 5, &a, &e) == ERR_OK && e.seal == ENTRY_SEALED && vault_open_entry(v, &e, &a) == ERR_OK &&
		e.seal == ENTRY_OPEN && vault_count(v) > 0 && vault_seal_entry(v, &e, &a) == ERR_OK)
		(void)!entry_encode(&e, &out);
	buf_done(&out);
	arena_done(&a);
	vault_free(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str octets = str_make(data, size);

	if (size > 0 && data[0] == 'b')
		check_file(octets);
	else
		check_entry(octets);
	return 0;
}
