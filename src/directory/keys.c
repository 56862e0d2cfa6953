#include "directory/keys.h"

/* Octets of a key: a letter, then numbers and a name in the order of the flags. */
static void put_number(char *at, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		at[i] = (char)(v >> (56 - 8 * i));
}

static struct str with_name(struct arena *a, char letter, struct str name)
{
	return arena_printf(a, "%c%.*s", letter, STR_FMT(name));
}

static struct str with_numbers(
	struct arena *a, struct str prefix, const uint64_t *numbers, size_t count)
{
	char *at = arena_take(a, prefix.len + 8 * count);

	if (prefix.len > 0)
		memcpy(at, prefix.at, prefix.len);
	for (size_t i = 0; i < count; i++)
		put_number(at + prefix.len + 8 * i, numbers[i]);
	return str_make(at, prefix.len + 8 * count);
}

struct str keys_organisation(void)
{
	return S("o");
}

struct str keys_failures(struct arena *a, uint64_t account)
{
	return with_numbers(a, S("n"), &account, 1);
}

struct str keys_vault(void)
{
	return S("v");
}

struct str keys_salt(void)
{
	return S("f");
}

struct str keys_entry(struct arena *a, uint64_t id)
{
	return with_numbers(a, S("e"), &id, 1);
}

struct str keys_kind(struct arena *a, enum entry_kind kind, uint64_t id)
{
	const char prefix[] = { 'k', (char)kind };

	return with_numbers(a, str_make(prefix, sizeof(prefix)), &id, 1);
}

struct str keys_domain(struct arena *a, struct str folded)
{
	return with_name(a, 'd', folded);
}

struct str keys_mail_domain(struct arena *a, struct str a_labels)
{
	return with_name(a, 'm', a_labels);
}

struct str keys_account(struct arena *a, uint64_t domain, struct str folded)
{
	struct str front = with_numbers(a, S("a"), &domain, 1);
	char *at = arena_take(a, front.len + folded.len);

	memcpy(at, front.at, front.len);
	memcpy(at + front.len, folded.at, folded.len);
	return str_make(at, front.len + folded.len);
}

struct str keys_user(struct arena *a, struct str folded, uint64_t domain)
{
	struct str front = with_name(a, 'u', folded);

	/* The NUL behind the copy in the arena is the separator: names have none, so no name is
	 * another's prefix. */
	front.len++;
	return with_numbers(a, front, &domain, 1);
}

struct str keys_alias(struct arena *a, struct str folded)
{
	return with_name(a, 'l', folded);
}

struct str keys_address(struct arena *a, struct str key)
{
	return with_name(a, 's', key);
}

struct str keys_certificate(struct arena *a, struct str fingerprint)
{
	return with_name(a, 'c', fingerprint);
}

struct str keys_realm(struct arena *a, struct str realm)
{
	return with_name(a, 'r', realm);
}

struct str keys_kerberos(struct arena *a, struct str principal)
{
	return with_name(a, 'q', principal);
}

struct str keys_right(struct arena *a, uint64_t account, uint64_t mailbox)
{
	const uint64_t numbers[] = { account, mailbox };

	return with_numbers(a, S("p"), numbers, 2);
}

struct str keys_member(struct arena *a, uint64_t member, uint64_t group)
{
	const uint64_t numbers[] = { member, group };

	return with_numbers(a, S("g"), numbers, 2);
}

struct str keys_virtual(struct arena *a, struct str folded)
{
	return with_name(a, 'w', folded);
}

struct str keys_id(struct arena *a, uint64_t id)
{
	return with_numbers(a, STR_NONE, &id, 1);
}

struct str keys_app_use(struct arena *a, uint64_t account, uint32_t id)
{
	struct str front = with_numbers(a, S("x"), &account, 1);
	char *at = arena_take(a, front.len + 4);

	memcpy(at, front.at, front.len);
	for (int i = 0; i < 4; i++)
		at[front.len + (size_t)i] = (char)(id >> (24 - 8 * i));
	return str_make(at, front.len + 4);
}

struct str keys_factor(struct arena *a, uint64_t account)
{
	return with_numbers(a, S("y"), &account, 1);
}
