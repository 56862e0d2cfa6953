/* The eight roles (front in its two classes) and who talks to whom. */
#pragma once

#include "base/str.h"

/* ROLE(NAME, name, what it is) */
#define ROLES(ROLE)                                                                                \
	ROLE(ATTENDANT, "attendant", "listening sockets and children")                             \
	ROLE(KEYS, "keys", "private keys")                                                         \
	ROLE(FRONT_MX, "front-mx", "connections to port 25")                                       \
	ROLE(FRONT_USER, "front-user", "connections that people log on to")                        \
	ROLE(PARSER, "parser", "structure of strangers' messages")                                 \
	ROLE(DIRECTORY, "directory", "accounts, mailboxes, lists, rights, secrets")                \
	ROLE(STORE, "store", "information stores, sessions after logon")                           \
	ROLE(TRANSPORT, "transport", "outgoing mail")                                              \
	ROLE(NETLOGON, "netlogon", "domain controllers of domains that others serve")

#define ROLE_ENUM(name, text, what) ROLE_##name,
enum role { ROLES(ROLE_ENUM) ROLE_COUNT };
#undef ROLE_ENUM

const char *role_name(enum role r);
bool role_from_name(struct str name, enum role *ret);

/* True when these two roles have a channel; the attendant has one to everybody. */
bool role_linked(enum role a, enum role b);
