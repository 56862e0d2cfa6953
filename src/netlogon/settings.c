#include "netlogon/settings.h"

#include "base/mem.h"

/* False: too many, or one with a NUL in it. */
static bool take_controllers(struct settings *s, struct str list)
{
	struct str one;

	while (list.len > 0) {
		if (!str_cut(&list, ' ', &one)) {
			one = list;
			list.len = 0;
		}
		if (one.len == 0)
			continue;
		if (s->controller_count == PROOF_CONTROLLERS_MAX)
			return false;
		s->controllers[s->controller_count++] = arena_str(&s->arena, one).at;
	}
	return s->controller_count > 0;
}

enum err settings_new(const struct msg_realm *m, struct settings **ret)
{
	struct settings *s;
	struct {
		struct str from;
		const char **to;
	} texts[13];

	if (m->backend == PROOF_LOCAL || m->backend >= PROOF_BACKEND_COUNT || m->timeout_ms == 0 ||
		m->binding > PROOF_BINDING_REQUIRED)
		return ERR_SYNTAX;
	s = MEM_NEW(struct settings);
	arena_init(&s->arena, ARENA_NONE);
	s->references = 1;
	s->domain = m->domain;
	s->backend = (enum proof_backend)m->backend;
	s->timeout_ms = m->timeout_ms;
	s->starttls = m->starttls;
	s->skew_ms = m->skew_ms;
	s->binding = (enum proof_binding)m->binding;
	s->any_service = m->any_service;
	texts[0].from = m->name, texts[0].to = &s->name;
	texts[1].from = m->bind_dn, texts[1].to = &s->bind_dn;
	texts[2].from = m->bind_password, texts[2].to = &s->bind_password;
	texts[3].from = m->base, texts[3].to = &s->base;
	texts[4].from = m->filter, texts[4].to = &s->filter;
	texts[5].from = m->user_dn, texts[5].to = &s->user_dn;
	texts[6].from = m->ca_file, texts[6].to = &s->ca_file;
	texts[7].from = m->service, texts[7].to = &s->service;
	texts[8].from = m->nt_domain, texts[8].to = &s->nt_domain;
	texts[9].from = m->audience, texts[9].to = &s->audience;
	texts[10].from = m->scope, texts[10].to = &s->scope;
	texts[11].from = m->claim, texts[11].to = &s->claim;
	texts[12].from = m->keytab, texts[12].to = &s->keytab;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		*texts[i].to = arena_str(&s->arena, texts[i].from).at;
		if (str_has_octet(texts[i].from, '\0'))
			goto out;
	}
	if (!str_has_octet(m->controllers, '\0') && take_controllers(s, m->controllers)) {
		*ret = s;
		return ERR_OK;
	}
out:
	settings_unref(s);
	return ERR_SYNTAX;
}

struct settings *settings_ref(struct settings *s)
{
	s->references++;
	return s;
}

void settings_unref(struct settings *s)
{
	if (s == NULL || --s->references > 0)
		return;
	arena_wipe(&s->arena);
	mem_free(s);
}
