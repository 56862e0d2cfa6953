#include "ipc/roles.h"

#define ROLE_TEXT(name, text, what) text,
static const char *const names[ROLE_COUNT] = { ROLES(ROLE_TEXT) };
#undef ROLE_TEXT

static const struct {
	enum role a, b;
} links[] = {
	{ ROLE_FRONT_MX, ROLE_KEYS },
	{ ROLE_FRONT_MX, ROLE_PARSER },
	{ ROLE_FRONT_MX, ROLE_DIRECTORY },
	{ ROLE_FRONT_MX, ROLE_STORE },
	{ ROLE_FRONT_USER, ROLE_KEYS },
	{ ROLE_FRONT_USER, ROLE_PARSER },
	{ ROLE_FRONT_USER, ROLE_DIRECTORY },
	{ ROLE_FRONT_USER, ROLE_STORE },
	{ ROLE_DIRECTORY, ROLE_STORE },
	{ ROLE_DIRECTORY, ROLE_NETLOGON },
	{ ROLE_PARSER, ROLE_STORE },
	{ ROLE_STORE, ROLE_TRANSPORT },
};

const char *role_name(enum role r)
{
	must((unsigned)r < ROLE_COUNT);
	return names[r];
}

bool role_from_name(struct str name, enum role *ret)
{
	for (unsigned r = 0; r < ROLE_COUNT; r++) {
		if (str_eq(name, str_from_c(names[r]))) {
			*ret = (enum role)r;
			return true;
		}
	}
	return false;
}

bool role_linked(enum role a, enum role b)
{
	if (a == ROLE_ATTENDANT || b == ROLE_ATTENDANT)
		return a != b;
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
		if ((links[i].a == a && links[i].b == b) || (links[i].a == b && links[i].b == a))
			return true;
	}
	return false;
}
