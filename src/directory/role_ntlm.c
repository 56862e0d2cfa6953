#include "directory/role_ntlm.h"

#include "config/network.h"
#include "io/clock.h"

#define FILETIME_OF_1970  116444736000000000ull /* in 100 ns */
#define NETBIOS_NAME_LEN  ((size_t)15)

#define DOMAINS_LOOKED_AT ((size_t)64)

/* A controller refuses a response whose target is another domain than its own, so one that winbind serves is named before ours. */
static struct str first_domain(struct directory *d, struct arena *a)
{
	struct str first = S("LOCAL");
	struct entry_ids ids;
	struct entry e;

	if (directory_ids(d, ENTRY_DOMAIN, 0, a, DOMAINS_LOOKED_AT, &ids) != ERR_OK)
		return first;
	for (size_t i = ids.count; i > 0; i--) {
		if (directory_get(d, ENTRY_DOMAIN, ids.at[i - 1], a, &e) != ERR_OK)
			continue;
		first = e.domain.name;
		if (str_eq(e.domain.backend, str_from_c(proof_backend_name(PROOF_WINBIND))))
			return e.domain.nt_domain.len > 0 ? e.domain.nt_domain : first;
	}
	return first;
}

/* What stands in front of the first dot, in capitals. */
static struct str netbios_name(struct arena *a, struct str host)
{
	struct str label = arena_str(a, str_sub(str_sub(host, 0, str_find(host, '.')), 0, NETBIOS_NAME_LEN));

	for (size_t i = 0; i < label.len; i++)
		((char *)(uintptr_t)label.at)[i] = ascii_upper(label.at[i]);
	return label;
}

static bool is_in(const struct config_list *networks, struct str address)
{
	for (size_t i = 0; i < networks->count; i++) {
		if (network_has_text(networks->at[i], address))
			return true;
	}
	return false;
}

/* A reload takes the configuration away while an exchange lasts. */
static const struct str *kept(struct arena *a, const struct config_list *names)
{
	struct str *at = arena_take(a, names->count * sizeof(*at) + 1);

	for (size_t i = 0; i < names->count; i++)
		at[i] = arena_str(a, names->at[i]);
	return at;
}

struct ntlm_server *role_ntlm_server(struct directory_role *r, struct arena *a, struct str client)
{
	const struct config *c = r->env->config;
	struct ntlm_server *s = ARENA_NEW(a, struct ntlm_server);
	struct str host = arena_str(a, r->env->host_name);
	size_t dot = str_find(host, '.');

	random_octets(s->challenge, sizeof(s->challenge));
	s->target = (struct ntlm_target){ .netbios_domain = first_domain(&r->directory, a),
		.netbios_computer = c->auth_ntlm_computer.len > 0 ? arena_str(a, c->auth_ntlm_computer) : netbios_name(a, host),
		.dns_domain = dot == STR_NPOS ? STR_NONE : str_skip(host, dot + 1),
		.dns_computer = host,
		.time = FILETIME_OF_1970 + (uint64_t)clock_real_ms() * 10000 };
	s->names = kept(a, &c->auth_ntlm_names);
	s->name_count = c->auth_ntlm_names.count;
	s->v1_allowed = is_in(&c->auth_ntlm_v1_networks, client);
	s->skew_max = c->auth_ntlm_skew_ms_max * 10000;
	s->binding = (enum ntlm_strictness)c->auth_ntlm_binding;
	s->service = (enum ntlm_strictness)c->auth_ntlm_service;
	return s;
}

enum err role_ntlm_query(struct directory_role *r, struct arena *a, const struct sasl *s, struct logon_query *ret)
{
	struct ntlm_claim claim = ntlm_claim(s);
	struct ntlm_who who = { .domain = claim.domain, .user = claim.user, .workstation = claim.workstation, .host = r->env->host_name };

	*ret = (struct logon_query){ .proof = LOGON_BY_MECHANISM, .ntlm = true };
	return ntlm_name(&r->directory, a, &who, &ret->name, &ret->origin);
}

void role_ntlm_proof(const struct sasl *s, struct role_proof *q)
{
	struct ntlm_claim claim = ntlm_claim(s);

	q->kind = PROOF_NT;
	q->user = claim.user;
	q->nt_domain = claim.domain;
	q->challenge = claim.challenge;
	q->lm = claim.lm;
	q->nt = claim.nt;
}

enum proof_verdict role_ntlm_told(struct sasl *s, enum proof_verdict v, struct msg_proof_told *told)
{
	struct sasl_answer a = { .right = true, .octets = told->session_key };
	struct buf challenge;
	enum err e;

	if (v == PROOF_WRONG || v == PROOF_LOCKED || v == PROOF_UNAVAILABLE)
		return v;
	buf_init(&challenge, SASL_RESPONSE_OCTETS_MAX);
	e = sasl_answer(s, &a, &challenge);
	buf_done(&challenge);
	if (e == ERR_OK && s->proven)
		return v;
	told->reason = str_from_c(s->why);
	return PROOF_WRONG;
}
