/*
 * What directory asks netlogon: whether the password of an account is right that belongs to a
 * domain that others serve. Every question is answered once, also when netlogon dies over it.
 */
#pragma once

#include "directory/role_int.h"
#include "ipc/proof.h"
#include "ipc/service.h"

struct role_proof {
	uint64_t domain;
	enum proof_kind kind;
	struct str user;      /* of the account; for PROOF_NT as the client's message has it */
	struct str password;
	struct str nt_domain, challenge, lm, nt; /* PROOF_NT: the client's domain, 8 octets, its responses */
	uint64_t context; /* PROOF_CONTEXT: which one, what to do with it, the client's protocol, and its channel bindings; octets in nt */
	enum proof_call call;
	enum service_protocol protocol;
	struct str exporter, end_point, unique;
};

/* told: views that end with the call; after ROLE_PROOF_MS its verdict is PROOF_UNAVAILABLE. */
typedef void role_proof_fn(void *arg, const struct msg_proof_told *told);

#define ROLE_PROOF_MS 60000u

void role_netlogon_ask(struct directory_role *r, const struct role_proof *q, role_proof_fn *fn, void *arg);
