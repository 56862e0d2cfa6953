#include "store/acl_role.h"

#include "store/acl.h"

#define SINGLE(name, letters, doc) { name, letters, doc, true },
#define ROLE(name, letters, doc)   { name, letters, doc, false },
static const struct acl_role rows[] = {
#include "store/acl_role.tbl"
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

const struct acl_role *acl_roles(size_t *ret_count)
{
	*ret_count = ROWS;
	return rows;
}

static uint32_t rights_of(const struct acl_role *row)
{
	uint32_t rights = 0;

	must(acl_letters_get(str_from_c(row->letters), &rights) == ERR_OK);
	return rights;
}

static bool is_called(const char *name, struct str text)
{
	size_t i = 0;

	for (; i < text.len && name[i] != '\0'; i++) {
		if (name[i] != ascii_lower(text.at[i]) && !(name[i] == '-' && text.at[i] == ' '))
			return false;
	}
	return i == text.len && name[i] == '\0';
}

enum err acl_role_get(struct str name, uint32_t *ret)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (is_called(rows[i].name, name)) {
			*ret = rights_of(&rows[i]);
			return ERR_OK;
		}
	}
	return ERR_NOTFOUND;
}

struct str acl_role_name(uint32_t rights)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (!rows[i].single && rights_of(&rows[i]) == rights)
			return str_from_c(rows[i].name);
	}
	return S("");
}
