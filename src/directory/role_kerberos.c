#include "directory/role_kerberos.h"

#include <stdio.h>

#include "directory/principal.h"

static enum proof_call call_of(enum sasl_call call)
{
	static const enum proof_call calls[] = { [SASL_ACCEPT] = PROOF_ACCEPT, [SASL_NEGOTIATE] = PROOF_NEGOTIATE, [SASL_WRAP] = PROOF_WRAP,
		[SASL_UNWRAP] = PROOF_UNWRAP };

	return calls[call];
}

void role_kerberos_ask(struct exchange *x, role_proof_fn *fn, void *arg)
{
	struct role_proof q = { .domain = PROOF_DOMAIN_KERBEROS, .kind = PROOF_CONTEXT, .nt = buf_str(&x->sasl.octets),
		.call = call_of(x->sasl.call), .protocol = service_row(x->service)->protocol, .exporter = x->peer.exporter,
		.end_point = x->peer.end_point, .unique = x->peer.unique };

	if (x->context == 0)
		x->context = role_request(x->role->env);
	q.context = x->context;
	x->context_open = true;
	role_netlogon_ask(x->role, &q, fn, arg);
}

struct sasl_answer role_kerberos_answer(struct exchange *x, const struct msg_proof_told *told)
{
	enum proof_verdict v = proof_verdict_from(told->verdict);
	bool right = v == PROOF_RIGHT;

	x->context_open = right && x->sasl.call != SASL_UNWRAP && (x->sasl.call != SASL_NEGOTIATE || told->more);
	if (!right) {
		snprintf(x->sasl.who, sizeof(x->sasl.who), "Kerberos");
		snprintf(x->sasl.why, sizeof(x->sasl.why), "%.*s", STR_FMT(told->reason));
	}
	return (struct sasl_answer){ .code = v == PROOF_UNAVAILABLE ? ERR_NOCONTROLLER : ERR_OK, .right = right, .more = told->more,
		.octets = told->octets, .name = told->account };
}

/* Programs that have no other place for it write the principal there, too: then it names no mailbox. */
static struct str mailbox_of(const struct exchange *x)
{
	struct str authzid = buf_str(&x->sasl.authzid);

	return str_ieq(authzid, buf_str(&x->sasl.authcid)) ? STR_NONE : authzid;
}

struct str role_kerberos_query(struct exchange *x, struct logon_query *ret)
{
	struct str principal = arena_str(&x->arena, buf_str(&x->sasl.authcid));
	const char *why = "the directory cannot be read";

	*ret = (struct logon_query){ .proof = LOGON_BY_MECHANISM, .strong = true, .authzid = mailbox_of(x) };
	if (!x->sasl.proven)
		return arena_printf(&x->arena, "%s", x->sasl.why);
	ret->origin = arena_printf(&x->arena, "the principal %.*s", STR_FMT(principal));
	if (principal_name(&x->role->directory, principal, &x->arena, &ret->name, &why) == ERR_OK)
		return STR_NONE;
	ret->name = STR_NONE;
	return arena_printf(&x->arena, "the principal %.*s cannot log on: %s", STR_FMT(principal), why);
}

void role_kerberos_end(struct exchange *x)
{
	struct msg m = { .id = MSG_context_ended, .context_ended = { .context = x->context } };

	if (x->context_open)
		link_send(role_link(x->role->env, ROLE_NETLOGON, 0), &m);
	x->context_open = false;
}

/* ---- whether it is offered ---- */

static void tell(struct directory_role *r, struct link *to)
{
	struct msg m = { .id = MSG_kerberos_state, .kerberos_state = { .ready = r->kerberos_ready } };

	link_send(to, &m);
}

void role_kerberos_greet(struct directory_role *r, struct link *to)
{
	if (r->kerberos_ready)
		tell(r, to);
}

/* While it is read again the last word stands. */
static bool is_ready(const json_t *rows, bool before)
{
	bool ready = false;
	size_t i;
	json_t *row;

	json_array_foreach(rows, i, row)
	{
		const char *state = json_string_value(json_object_get(row, "state"));

		if ((uint64_t)json_integer_value(json_object_get(row, "domain_id")) == PROOF_DOMAIN_KERBEROS && state != NULL)
			ready = strcmp(state, "answers") == 0 || (strcmp(state, "not asked yet") == 0 && before);
	}
	return ready;
}

void role_kerberos_state(struct directory_role *r)
{
	bool ready = is_ready(r->directory.controllers, r->kerberos_ready);

	if (ready == r->kerberos_ready)
		return;
	r->kerberos_ready = ready;
	LIST_EACH(at, &r->env->links) {
		struct link *l = LIST_OF(at, struct link, node);

		if (l->role == ROLE_FRONT_USER || l->role == ROLE_STORE)
			tell(r, l);
	}
}
