/*
 * What a domain that others serve is set to: made from the directory's message, never changed
 * after, and shared by the questions under way. Texts end in a NUL and hold none. References are
 * counted on the loop's thread; other threads read only.
 */
#pragma once

#include "base/arena.h"
#include "ipc/messages.h"
#include "ipc/proof.h"

struct settings {
	struct arena arena;
	unsigned references;
	uint64_t domain;
	enum proof_backend backend;
	const char *name; /* of the domain: "CORP" */
	const char *controllers[PROOF_CONTROLLERS_MAX];
	size_t controller_count;
	uint32_t timeout_ms;
	/* LDAP; "" where there is none */
	const char *bind_dn, *bind_password, *base, *filter, *user_dn, *ca_file;
	bool starttls;
	const char *service;   /* PAM */
	const char *nt_domain; /* winbind */
	const char *audience, *scope, *claim; /* of tokens */
	const char *keytab; /* from here on of Kerberos */
	uint32_t skew_ms;
	enum proof_binding binding;
	bool any_service;
};

/* ERR_SYNTAX: what it says cannot be; the directory checks before it sends. One reference. */
enum err settings_new(const struct msg_realm *m, struct settings **ret) MUST_USE;
struct settings *settings_ref(struct settings *s);
void settings_unref(struct settings *s); /* accepts NULL; the last one wipes */
