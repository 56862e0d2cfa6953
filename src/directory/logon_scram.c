#include "directory/logon_scram.h"

#include "directory/name.h"
#include "directory/secrets.h"

/* One name for all ways to name one account: an account that is there has the same salt for all of them. */
static struct str salt_name(struct logon *l)
{
	uint64_t domain = l->domain.id;
	struct entry_ids ids;

	if (l->name.user.len == 0)
		return arena_printf(l->arena, "unreadable\\%.*s", STR_FMT(l->query.name));
	if (l->account.id != 0)
		return arena_printf(l->arena, "%llu\\%.*s", (unsigned long long)domain,
			STR_FMT(name_fold(l->arena, l->account.account.name)));
	if (domain == 0 && l->name.has_domain)
		return arena_printf(l->arena, "%.*s\\%.*s", STR_FMT(name_fold(l->arena, l->name.domain)),
			STR_FMT(name_fold(l->arena, l->name.user)));
	if (domain == 0 && directory_ids(l->directory, ENTRY_DOMAIN, 0, l->arena, 1, &ids) == ERR_OK && ids.count == 1)
		domain = ids.at[0];
	return arena_printf(l->arena, "%llu\\%.*s", (unsigned long long)domain, STR_FMT(name_fold(l->arena, l->name.user)));
}

struct str logon_scram(struct logon *l, enum scram_hash hash)
{
	struct str feigned = secrets_scram_feigned(l->directory, l->arena, hash, salt_name(l)), keys = STR_NONE;

	must(l->query.proof == LOGON_BY_MECHANISM);
	if (l->failure.code == ERR_OK)
		keys = secrets_scram(&l->account.account, hash);
	l->without_keys = l->failure.code == ERR_OK && keys.len == 0;
	return keys.len > 0 ? keys : feigned;
}

bool logon_finds(struct directory *d, struct str name, struct arena *a)
{
	struct logon *l = ARENA_NEW(a, struct logon);
	struct logon_query q = { .name = name, .proof = LOGON_BY_MECHANISM };

	logon_prepare(l, d, &q, a);
	return l->failure.code == ERR_OK;
}
