#include "netlogon/kerberos.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#include "base/list.h"
#include "base/map.h"
#include "base/mem.h"
#include "io/clock.h"
#include "ipc/service.h"
#include "netlogon/kerberos_lib.h"

#define PREFIXED_OCTETS_MAX (PROOF_BINDING_OCTETS_MAX + 32)

struct context {
	struct list node; /* in order of age */
	uint64_t id, born_ms;
	gss_ctx_id_t gss;
	struct gss_channel_bindings_struct binding; /* as its first token was taken; its octets are in text */
	char text[PREFIXED_OCTETS_MAX];
	bool has_binding, decided, established;
	bool busy, gone; /* under the lock: a thread has it, and frees it when gone is set */
};

static struct {
	pthread_mutex_t lock;
	bool begun;
	struct list ages;
	struct map by_id;
} contexts = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* ---- contexts ---- */

static void context_free(struct context *c)
{
	OM_uint32 minor;

	if (c->gss != GSS_C_NO_CONTEXT)
		kerberos_lib()->delete_context(&minor, &c->gss, GSS_C_NO_BUFFER);
	mem_free(c);
}

/* Under the lock. */
static void forget(struct context *c)
{
	list_remove(&c->node);
	map_remove(&contexts.by_id, c->id);
	c->gone = true;
	if (!c->busy)
		context_free(c);
}

static struct context *begin(uint64_t id)
{
	struct context *c = MEM_NEW(struct context);

	if (contexts.by_id.count >= KERBEROS_CONTEXTS_MAX)
		forget(LIST_OF(contexts.ages.next, struct context, node));
	c->id = id;
	c->born_ms = clock_mono_ms();
	c->gss = GSS_C_NO_CONTEXT;
	list_init(&c->node);
	list_add_tail(&contexts.ages, &c->node);
	map_put(&contexts.by_id, id, c);
	return c;
}

/* For this thread alone, until it is put back. NULL: there is none, or another step of it is not over. */
static struct context *take(uint64_t id, bool may_begin)
{
	struct context *c;

	pthread_mutex_lock(&contexts.lock);
	if (!contexts.begun) {
		list_init(&contexts.ages);
		map_init(&contexts.by_id);
		contexts.begun = true;
	}
	c = map_get(&contexts.by_id, id);
	if (c == NULL && may_begin)
		c = begin(id);
	else if (c != NULL && c->busy)
		c = NULL;
	if (c != NULL)
		c->busy = true;
	pthread_mutex_unlock(&contexts.lock);
	return c;
}

static void put_back(struct context *c, bool keep)
{
	pthread_mutex_lock(&contexts.lock);
	c->busy = false;
	if (c->gone)
		context_free(c);
	else if (!keep)
		forget(c);
	pthread_mutex_unlock(&contexts.lock);
}

static void forget_older(uint64_t born_before_ms)
{
	pthread_mutex_lock(&contexts.lock);
	while (contexts.begun && !list_empty(&contexts.ages)) {
		struct context *oldest = LIST_OF(contexts.ages.next, struct context, node);

		if (oldest->born_ms >= born_before_ms)
			break;
		forget(oldest);
	}
	pthread_mutex_unlock(&contexts.lock);
}

void kerberos_expire(void)
{
	uint64_t now = clock_mono_ms();

	if (now > KERBEROS_CONTEXT_MS)
		forget_older(now - KERBEROS_CONTEXT_MS);
}

void kerberos_end_all(void)
{
	forget_older(UINT64_MAX);
}

void kerberos_end(uint64_t id)
{
	struct context *c;

	pthread_mutex_lock(&contexts.lock);
	c = contexts.begun ? map_get(&contexts.by_id, id) : NULL;
	if (c != NULL)
		forget(c);
	pthread_mutex_unlock(&contexts.lock);
}

/* ---- what is wrong ---- */

/* A disk that is full is no fault of the client's. */
static bool is_our_trouble(OM_uint32 minor)
{
	static const OM_uint32 own[] = { ENOSPC, EROFS, EIO, EACCES, EDQUOT, EPERM, ENOENT, EMFILE, ENFILE, ENOMEM, (OM_uint32)KRB5_RC_IO,
		(OM_uint32)KRB5_RC_IO_PERM, (OM_uint32)KRB5_RC_IO_IO, (OM_uint32)KRB5_RC_IO_SPACE, (OM_uint32)KRB5_RC_IO_UNKNOWN,
		(OM_uint32)KRB5_RC_IO_MALLOC, (OM_uint32)KRB5_RC_MALLOC, (OM_uint32)KRB5_RC_TYPE_NOTFOUND };

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++) {
		if (minor == own[i])
			return true;
	}
	return false;
}

static bool say_failure(struct attempt *a, const char *what, OM_uint32 major, OM_uint32 minor)
{
	char why[256];

	kerberos_status(major, minor, why);
	attempt_say(a, is_our_trouble(minor) ? PROOF_UNAVAILABLE : PROOF_WRONG, "%s: %.200s", what, why);
	return false;
}

/* ---- channel bindings ---- */

struct candidate {
	const char *prefix;
	struct str octets;
};

#define CANDIDATES_MAX 6

/* RFC 5056 section 2.1: a client binds to one, and does not say which. Clients of Cyrus SASL leave its name out. */
static size_t candidates(const struct attempt *a, struct candidate ret[CANDIDATES_MAX])
{
	const struct candidate rows[CANDIDATES_MAX] = { { "tls-server-end-point:", a->q.end_point }, { "tls-exporter:", a->q.exporter },
		{ "tls-unique:", a->q.unique }, { "", a->q.unique }, { "", a->q.exporter }, { "", a->q.end_point } };
	size_t count = 0;

	for (size_t i = 0; i < CANDIDATES_MAX; i++) {
		if (rows[i].octets.len > 0)
			ret[count++] = rows[i];
	}
	return count;
}

static void bind_to(struct context *c, const char *prefix, struct str octets)
{
	int n = snprintf(c->text, sizeof(c->text), "%s", prefix);

	memcpy(c->text + n, octets.at, octets.len);
	c->binding = (struct gss_channel_bindings_struct){ .application_data = { (size_t)n + octets.len, c->text } };
	c->has_binding = true;
}

struct accepted {
	OM_uint32 major, minor, flags;
	gss_name_t source;
	gss_buffer_desc token;
};

static void accept_token(struct context *c, gss_ctx_id_t *gss, gss_cred_id_t cred, struct str token, struct accepted *ret)
{
	gss_buffer_desc in = { token.len, (void *)(uintptr_t)token.at };

	*ret = (struct accepted){ .source = GSS_C_NO_NAME };
	ret->major = kerberos_lib()->accept(&ret->minor, gss, cred, &in, c->has_binding ? &c->binding : GSS_C_NO_CHANNEL_BINDINGS, &ret->source,
		NULL, &ret->token, &ret->flags, NULL, NULL);
}

static void accepted_done(struct accepted *r)
{
	OM_uint32 minor;

	if (r->source != GSS_C_NO_NAME)
		kerberos_lib()->release_name(&minor, &r->source);
	kerberos_lib()->release_buffer(&minor, &r->token);
}

/* Whether the token fits what the context is bound to now. A trial: the replay cache hears nothing of it. */
static bool fits(struct context *c, gss_cred_id_t dry, struct str token)
{
	gss_ctx_id_t trial = GSS_C_NO_CONTEXT;
	struct accepted r;
	OM_uint32 minor;

	accept_token(c, &trial, dry, token, &r);
	accepted_done(&r);
	if (trial != GSS_C_NO_CONTEXT)
		kerberos_lib()->delete_context(&minor, &trial, GSS_C_NO_BUFFER);
	return GSS_ROUTINE_ERROR(r.major) != GSS_S_BAD_BINDINGS;
}

/* With its first token a context is bound for good. Whoever binds to nothing fits the first. */
static void decide_binding(struct context *c, const struct attempt *a, gss_cred_id_t dry)
{
	struct candidate all[CANDIDATES_MAX];
	size_t count = candidates(a, all);

	c->decided = true;
	if (a->settings->binding == PROOF_BINDING_IGNORED)
		return;
	bind_to(c, "", S(""));
	for (size_t i = 0; i < count; i++) {
		bind_to(c, all[i].prefix, all[i].octets);
		if (fits(c, dry, a->q.nt))
			return;
	}
}

/* ---- one step ---- */

static bool take_octets(struct attempt *a, const gss_buffer_desc *octets)
{
	if (octets->length > sizeof(a->answer.octets)) {
		attempt_say(a, PROOF_WRONG, "the library's answer is too long");
		return false;
	}
	if (octets->length > 0)
		memcpy(a->answer.octets, octets->value, octets->length);
	a->answer.octets_len = octets->length;
	return true;
}

/* False: it cannot be told, or is longer than room. */
static bool name_text(gss_name_t name, char *to, size_t room)
{
	gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor;
	bool good = name != GSS_C_NO_NAME && !GSS_ERROR(kerberos_lib()->display_name(&minor, name, &text, NULL)) && text.length < room &&
		    memchr(text.value, '\0', text.length) == NULL;

	if (good) {
		memcpy(to, text.value, text.length);
		to[text.length] = '\0';
	}
	kerberos_lib()->release_buffer(&minor, &text);
	return good;
}

/* RFC 4752 section 3.2, RFC 4559 for HTTP, RFC 4643 for NNTP; SMTPSVC is what Windows asks for. */
static bool is_service_of(uint8_t protocol, struct str principal)
{
	static const char *const names[][3] = {
		[PROTOCOL_SMTP] = { "smtp", "SMTPSVC" },
		[PROTOCOL_POP3] = { "pop", "pop3" },
		[PROTOCOL_IMAP] = { "imap", "imap4" },
		[PROTOCOL_HTTP] = { "HTTP" },
		[PROTOCOL_NNTP] = { "nntp" },
	};
	struct str rest = principal, first;

	if (protocol >= sizeof(names) / sizeof(*names) || !str_cut(&rest, '/', &first))
		return false;
	for (size_t i = 0; names[protocol][i] != NULL; i++) {
		if (str_ieq(first, str_from_c(names[protocol][i])))
			return true;
	}
	return false;
}

static bool is_for_us(struct attempt *a, const struct context *c)
{
	char target[512] = "";
	gss_name_t name = GSS_C_NO_NAME;
	OM_uint32 minor;
	bool good;

	if (a->settings->any_service)
		return true;
	(void)kerberos_lib()->inquire(&minor, c->gss, NULL, &name, NULL, NULL, NULL, NULL, NULL);
	good = name_text(name, target, sizeof(target)) && is_service_of(a->q.protocol, str_from_c(target));
	if (name != GSS_C_NO_NAME)
		kerberos_lib()->release_name(&minor, &name);
	if (!good)
		attempt_say(a, PROOF_WRONG, "the ticket is for another service, %.150s (kerberos.any_service)", target);
	return good;
}

static bool is_established(struct attempt *a, struct context *c, const struct accepted *r)
{
	bool can_bind = a->q.exporter.len + a->q.end_point.len + a->q.unique.len > 0;

	if ((r->flags & GSS_C_ANON_FLAG) || !name_text(r->source, a->answer.account, sizeof(a->answer.account))) {
		attempt_say(a, PROOF_WRONG, "the client's principal is nobody's, or too long");
		return false;
	}
	if (!is_for_us(a, c))
		return false;
	if (a->settings->binding == PROOF_BINDING_REQUIRED && can_bind && !(r->flags & GSS_C_CHANNEL_BOUND_FLAG)) {
		attempt_say(a, PROOF_WRONG, "%.150s: the client does not bind its logon to the TLS connection (kerberos.binding)", a->answer.account);
		return false;
	}
	c->established = true;
	attempt_say(a, PROOF_RIGHT, "the ticket of %.200s is good", a->answer.account);
	return true;
}

/* A token of the client's. False: refused, and said why. */
static bool on_token(struct attempt *a, struct context *c, const struct kerberos_keys *k)
{
	bool negotiate = a->q.call == PROOF_NEGOTIATE, good = false;
	struct accepted r;

	if (c->established || a->q.nt.len == 0) {
		attempt_say(a, PROOF_WRONG, "a token behind the last one, or one without octets");
		return false;
	}
	if (!c->decided)
		decide_binding(c, a, negotiate ? k->negotiate_dry : k->ticket_dry);
	accept_token(c, &c->gss, negotiate ? k->negotiate : k->ticket, a->q.nt, &r);
	if (GSS_ROUTINE_ERROR(r.major) == GSS_S_BAD_BINDINGS) {
		attempt_say(a, PROOF_WRONG, "the logon is bound to another connection than this: somebody may be in between (kerberos.binding)");
	} else if (GSS_ERROR(r.major) || ((r.major & GSS_S_CONTINUE_NEEDED) && r.token.length == 0)) {
		/* The library would go on after a token of another kind, and has nothing to say to the client. */
		(void)say_failure(a, "the ticket is not accepted", r.major, r.minor);
	} else if (take_octets(a, &r.token)) {
		a->answer.more = (r.major & GSS_S_CONTINUE_NEEDED) != 0;
		if (a->answer.more)
			attempt_say(a, PROOF_RIGHT, "a further token is needed");
		good = a->answer.more || is_established(a, c, &r);
	}
	accepted_done(&r);
	return good;
}

/* RFC 4752 section 3.3: any status but GSS_S_COMPLETE is the end. */
static bool on_text(struct attempt *a, struct context *c)
{
	gss_buffer_desc in = { a->q.nt.len, (void *)(uintptr_t)a->q.nt.at }, out = GSS_C_EMPTY_BUFFER;
	const struct kerberos_lib *lib = kerberos_lib();
	OM_uint32 minor = 0, major, ignored;
	bool good;

	if (!c->established) {
		attempt_say(a, PROOF_WRONG, "a protected text before the context stands");
		return false;
	}
	major = a->q.call == PROOF_WRAP ? lib->wrap(&minor, c->gss, 0, GSS_C_QOP_DEFAULT, &in, NULL, &out)
					: lib->unwrap(&minor, c->gss, &in, &out, NULL, NULL);
	good = major == GSS_S_COMPLETE ? take_octets(a, &out) : say_failure(a, "what the client has protected cannot be read", major, minor);
	if (good)
		attempt_say(a, PROOF_RIGHT, "good");
	if (out.value != NULL)
		mem_wipe(out.value, out.length);
	lib->release_buffer(&ignored, &out);
	return good;
}

static void step(struct attempt *a, const struct kerberos_keys *k)
{
	bool begins = a->q.call == PROOF_ACCEPT || a->q.call == PROOF_NEGOTIATE, ends, good;
	struct context *c = take(a->q.context, begins);

	if (c == NULL) {
		attempt_say(a, PROOF_WRONG, "there is no such security context (any more)");
		return;
	}
	good = begins ? on_token(a, c, k) : on_text(a, c);
	ends = !good || a->q.call == PROOF_UNWRAP || (a->q.call == PROOF_NEGOTIATE && !a->answer.more);
	put_back(c, !ends);
}

void kerberos_ask(struct attempt *a)
{
	struct kerberos_keys *k;
	char why[256] = "";

	if (kerberos_lib() == NULL) {
		attempt_say(a, PROOF_UNAVAILABLE, "the libraries libgssapi_krb5 and libkrb5 are not installed here");
		return;
	}
	k = kerberos_keys_ref(a->settings, why);
	if (k == NULL)
		attempt_say(a, PROOF_UNAVAILABLE, "%.200s", why);
	else if (a->q.kind == PROOF_PROBE)
		attempt_say(a, PROOF_RIGHT, "%u keys", k->keys);
	else
		step(a, k);
	if (k != NULL)
		kerberos_keys_unref(k);
}
