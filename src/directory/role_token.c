#include "directory/role_token.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

void role_token_ask(struct directory_role *r, const struct sasl *s, role_proof_fn *fn, void *arg)
{
	struct role_proof q = { .domain = PROOF_DOMAIN_ISSUER, .kind = PROOF_TOKEN, .nt = buf_str(&s->octets) };

	role_netlogon_ask(r, &q, fn, arg);
}

static void put_error(const struct config *c, char error[ROLE_TOKEN_ERROR_OCTETS_MAX])
{
	struct str issuer = c->oauth_issuer;
	json_t *o;
	char *text;

	while (str_ends(issuer, S("/")))
		issuer = str_sub(issuer, 0, issuer.len - 1);
	o = json_pack("{s:s}", "status", "invalid_token");
	if (c->oauth_scope.len > 0)
		json_object_set_new(o, "scope", json_stringn(c->oauth_scope.at, c->oauth_scope.len));
	json_object_set_new(o, "openid-configuration", json_sprintf("%.*s/.well-known/openid-configuration", STR_FMT(issuer)));
	text = json_dumps(o, JSON_COMPACT);
	snprintf(error, ROLE_TOKEN_ERROR_OCTETS_MAX, "%s", text != NULL ? text : "{\"status\":\"invalid_token\"}");
	free(text);
	json_decref(o);
}

struct sasl_answer role_token_answer(const struct directory_role *r, const struct msg_proof_told *told,
	char error[ROLE_TOKEN_ERROR_OCTETS_MAX])
{
	enum proof_verdict v = proof_verdict_from(told->verdict);

	put_error(r->env->config, error);
	return (struct sasl_answer){ .code = v == PROOF_UNAVAILABLE ? ERR_NOCONTROLLER : ERR_OK, .right = v == PROOF_RIGHT,
		.name = told->account, .octets = str_from_c(error) };
}
