#include "netlogon/netlogon_int.h"

#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "io/clock.h"
#include "io/work.h"
#include "netlogon/issuer.h"
#include "netlogon/kerberos.h"
#include "netlogon/ldap.h"
#include "netlogon/pam.h"
#include "netlogon/winbind.h"

static attempt_fn *const backends[PROOF_BACKEND_COUNT] = {
	[PROOF_LDAP] = ldap_ask,
	[PROOF_PAM] = pam_ask,
	[PROOF_WINBIND] = winbind_ask,
	[PROOF_ISSUER] = issuer_ask,
	[PROOF_KERBEROS] = kerberos_ask,
};

struct question;

/* An attempt with what the loop's thread keeps beside it: it lasts as long as the library takes. */
struct run {
	struct list node;
	struct attempt attempt;
	struct netlogon *netlogon;
	struct realm *realm;
	struct settings *settings;
	struct question *question; /* NULL: nobody waits for it any more */
	size_t controller;
	unsigned epoch;
	uint64_t began_ms;
	bool late; /* it was told to have failed already */
	char octets[2 * PROOF_RESPONSE_OCTETS_MAX];
};

/* What the directory asked, from controller to controller. */
struct question {
	struct list node; /* in realm->waiting while it waits for a thread */
	struct netlogon *netlogon;
	struct realm *realm;
	uint64_t request;
	struct attempt_question asked; /* its lm and nt point into octets */
	struct run *run;
	struct timer *timer;
	unsigned tried;
	char octets[2 * PROOF_RESPONSE_OCTETS_MAX];
	char controller[256], why[256]; /* of the last one that failed */
};

static void go_on(struct question *q);

/* ---- answers ---- */

static void release(struct question *q)
{
	if (!list_empty(&q->node))
		q->realm->waiting_count--;
	list_remove(&q->node);
	if (q->run != NULL)
		q->run->question = NULL;
	map_remove(&q->netlogon->questions, q->request);
	timer_free(q->timer);
	mem_wipe(q, sizeof(*q));
	mem_free(q);
}

static void tell(struct netlogon *n, const struct msg_proof_told *told)
{
	struct msg m = { .id = MSG_proof_told, .proof_told = *told };

	link_send(role_link(n->env, ROLE_DIRECTORY, 0), &m);
}

static void answer(struct question *q, const struct attempt_answer *a, const char *controller)
{
	struct msg_proof_told told = { .request = q->request, .verdict = (uint8_t)a->verdict, .reason = str_from_c(a->reason),
		.controller = str_from_c(controller), .full_name = str_from_c(a->full_name), .account = str_from_c(a->account),
		.session_key = str_make(a->session_key, a->session_key_len), .more = a->more, .octets = str_make(a->octets, a->octets_len) };

	tell(q->netlogon, &told);
	release(q);
}

static void answer_unavailable(struct question *q, const char *why)
{
	struct attempt_answer a = { .verdict = PROOF_UNAVAILABLE };

	snprintf(a.reason, sizeof(a.reason), "%s", why);
	answer(q, &a, q->controller);
}

/* ---- health ---- */

static void log_state(const struct realm *r, size_t i, enum log_event event)
{
	log_put(event, LOG_C("domain", r->settings->name), LOG_C("controller", r->settings->controllers[i]),
		LOG_C("why", event == LOG_controller_fails ? r->controllers[i].why : ""), LOG_END);
}

static void note_failure(struct netlogon *n, struct realm *r, size_t i, const char *why)
{
	bool was_down = realm_is_down(r);

	if (realm_failed(r, i, why, clock_real_ms(), clock_mono_ms()))
		log_state(r, i, LOG_controller_fails);
	if (!was_down && realm_is_down(r))
		log_put(LOG_controllers_gone, LOG_C("domain", r->settings->name), LOG_END);
	netlogon_tell_soon(n);
}

static void note_answer(struct netlogon *n, struct realm *r, size_t i)
{
	if (realm_answered(r, i, clock_real_ms()))
		log_state(r, i, LOG_controller_answers);
	netlogon_tell_soon(n);
}

/* ---- one attempt ---- */

static void serve_waiting(struct netlogon *n)
{
	LIST_EACH(at, &n->realms) {
		struct realm *r = LIST_OF(at, struct realm, node);

		/* Each that is begun leaves the list; the first that must go on waiting ends the turn of its realm. */
		while (!list_empty(&r->waiting)) {
			struct question *q = LIST_OF(r->waiting.next, struct question, node);
			size_t before = r->waiting_count;

			go_on(q);
			if (r->waiting_count >= before)
				break;
		}
	}
}

static void end_run(struct run *run)
{
	struct netlogon *n = run->netlogon;
	struct realm *r = run->realm;

	list_remove(&run->node);
	n->running_count--;
	realm_end(r, run->controller, run->epoch, run->late);
	settings_unref(run->settings);
	mem_wipe(run, sizeof(*run));
	mem_free(run);
	if (r->gone && r->running == 0)
		netlogon_realm_gone(n, r);
	serve_waiting(n);
}

static void on_done(void *arg)
{
	struct run *run = arg;
	struct question *q = run->question;
	const struct attempt_answer *a = &run->attempt.answer;
	bool counts = run->epoch == run->realm->epoch && !run->realm->gone && !run->late;

	if (counts && a->verdict == PROOF_UNAVAILABLE)
		note_failure(run->netlogon, run->realm, run->controller, a->reason);
	else if (counts)
		note_answer(run->netlogon, run->realm, run->controller);
	if (counts && a->verdict == PROOF_WRONG)
		realm_refused(run->realm, run->controller, a->reason, clock_real_ms());
	run->question = NULL;
	if (q == NULL) {
		end_run(run);
		return;
	}
	q->run = NULL;
	if (a->verdict != PROOF_UNAVAILABLE) {
		answer(q, a, run->attempt.controller);
		end_run(run);
		return;
	}
	snprintf(q->why, sizeof(q->why), "%s", a->reason);
	snprintf(q->controller, sizeof(q->controller), "%s", run->attempt.controller);
	end_run(run);
	/* Freeing the thread may have begun others, but never this one: it does not wait. */
	go_on(q);
}

static void on_thread(void *arg)
{
	struct run *run = arg;

	backends[run->settings->backend](&run->attempt);
}

/* Copies the responses of NTLM to memory that lives as long as the thread needs. */
static void own_responses(struct attempt_question *a, char *octets)
{
	memcpy(octets, a->lm.at, a->lm.len);
	memcpy(octets + a->lm.len, a->nt.at, a->nt.len);
	a->lm.at = octets;
	a->nt.at = octets + a->lm.len;
}

/* The same for channel bindings. */
static void own_bindings(struct attempt_question *a)
{
	struct str *all[] = { &a->exporter, &a->end_point, &a->unique };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		char *to = a->bindings + i * PROOF_BINDING_OCTETS_MAX;

		if (all[i]->len > 0)
			memmove(to, all[i]->at, all[i]->len);
		all[i]->at = to;
	}
}

static struct run *begin_run(struct netlogon *n, struct realm *r, size_t controller, const struct attempt_question *asked)
{
	struct run *run = MEM_NEW(struct run);

	run->netlogon = n;
	run->realm = r;
	run->settings = settings_ref(r->settings);
	run->controller = controller;
	run->epoch = r->epoch;
	run->began_ms = clock_mono_ms();
	run->attempt.settings = run->settings;
	run->attempt.controller = run->settings->controllers[controller];
	run->attempt.q = *asked;
	run->attempt.answer.verdict = PROOF_UNAVAILABLE;
	own_bindings(&run->attempt.q);
	if (asked->lm.len + asked->nt.len > 0)
		own_responses(&run->attempt.q, run->octets);
	list_init(&run->node);
	list_add_tail(&n->running, &run->node);
	n->running_count++;
	realm_begin(r, controller);
	work_queue(n->env->loop, on_thread, on_done, run);
	return run;
}

/* With up to as many domains as threads, each has one that no other domain can hold. */
static unsigned realm_share(const struct netlogon *n)
{
	size_t share = n->realm_count > 0 ? NETLOGON_THREADS / n->realm_count : NETLOGON_THREADS;

	if (share > NETLOGON_REALM_MAX)
		return NETLOGON_REALM_MAX;
	return share > 0 ? (unsigned)share : 1;
}

static bool has_thread(const struct netlogon *n, const struct realm *r)
{
	return n->running_count < NETLOGON_THREADS && r->running < realm_share(n);
}

static void wait_for_thread(struct question *q)
{
	struct realm *r = q->realm;

	if (!list_empty(&q->node))
		return;
	if (r->waiting_count >= NETLOGON_WAITING_MAX) {
		answer_unavailable(q, "too many logons wait for the domain's controllers");
		return;
	}
	list_add_tail(&r->waiting, &q->node);
	r->waiting_count++;
	timer_set(q->timer, r->settings->timeout_ms);
}

static void go_on(struct question *q)
{
	struct netlogon *n = q->netlogon;
	struct realm *r = q->realm;
	size_t controller = 0;
	enum realm_choice choice = realm_choose(r, q->tried, &controller);

	if (choice == REALM_NOBODY) {
		answer_unavailable(q, q->why[0] ? q->why : "no controller of the domain answers");
		return;
	}
	if (choice == REALM_WAIT || !has_thread(n, r)) {
		wait_for_thread(q);
		return;
	}
	if (!list_empty(&q->node))
		r->waiting_count--;
	list_remove(&q->node);
	q->tried |= 1u << controller;
	r->controllers[controller].asked++;
	q->run = begin_run(n, r, controller, &q->asked);
	q->run->question = q;
	timer_set(q->timer, r->settings->timeout_ms);
}

/* It has had its time; what it still says counts for nothing. */
static void give_up(struct run *run, const char *why)
{
	struct realm *r = run->realm;

	if (run->late || run->epoch != r->epoch || r->gone)
		return;
	run->late = true;
	realm_late(r, run->controller);
	note_failure(run->netlogon, r, run->controller, why);
}

/* The controller takes too long, or no thread came free. */
static void on_timer(void *arg)
{
	struct question *q = arg;
	struct run *run = q->run;
	char why[80];

	snprintf(why, sizeof(why), "no answer within %u ms", q->realm->settings->timeout_ms);
	if (run == NULL) {
		answer_unavailable(q, "all threads wait for the domain's controllers");
		return;
	}
	run->question = NULL;
	q->run = NULL;
	give_up(run, why);
	snprintf(q->why, sizeof(q->why), "%s", why);
	snprintf(q->controller, sizeof(q->controller), "%s", run->attempt.controller);
	go_on(q);
}

/* ---- what the directory asks ---- */

static bool take(char *to, size_t max, struct str from)
{
	if (from.len > max || str_has_octet(from, '\0'))
		return false;
	memcpy(to, from.at, from.len);
	to[from.len] = '\0';
	return true;
}

static bool take_context(struct attempt_question *a, const struct msg_proof_ask *m)
{
	if (m->call < PROOF_ACCEPT || m->call > PROOF_UNWRAP || m->exporter.len > PROOF_BINDING_OCTETS_MAX ||
		m->end_point.len > PROOF_BINDING_OCTETS_MAX || m->unique.len > PROOF_BINDING_OCTETS_MAX)
		return false;
	a->context = m->context;
	a->call = (enum proof_call)m->call;
	a->protocol = m->protocol;
	a->exporter = m->exporter;
	a->end_point = m->end_point;
	a->unique = m->unique;
	own_bindings(a);
	return true;
}

static bool take_question(struct question *q, const struct msg_proof_ask *m)
{
	struct attempt_question *a = &q->asked;

	if (!take(a->user, PROOF_USER_OCTETS_MAX, m->user) || !take(a->password, PROOF_PASSWORD_OCTETS_MAX, m->password) ||
		!take(a->nt_domain, PROOF_USER_OCTETS_MAX, m->nt_domain))
		return false;
	a->kind = (enum proof_kind)m->kind;
	/* A token is the issuer's affair, and nothing else is; likewise a security context. */
	if ((m->kind == PROOF_TOKEN) != (q->realm->settings->backend == PROOF_ISSUER) ||
		(m->kind == PROOF_CONTEXT) != (q->realm->settings->backend == PROOF_KERBEROS))
		return false;
	if (m->kind == PROOF_CONTEXT && !take_context(a, m))
		return false;
	if (m->kind != PROOF_NT && m->kind != PROOF_TOKEN && m->kind != PROOF_CONTEXT)
		return m->kind == PROOF_PASSWORD;
	if (m->challenge.len != (m->kind == PROOF_NT ? PROOF_CHALLENGE_OCTETS : 0) || m->lm.len > PROOF_RESPONSE_OCTETS_MAX || m->nt.len > PROOF_RESPONSE_OCTETS_MAX)
		return false;
	memcpy(a->challenge, m->challenge.at, m->challenge.len);
	a->lm = m->lm;
	a->nt = m->nt;
	own_responses(a, q->octets);
	return true;
}

void question_ask(struct netlogon *n, struct link *from, const struct msg_proof_ask *m)
{
	struct realm *r = netlogon_realm(n, m->domain);
	struct question *q;

	if (r == NULL || map_get(&n->questions, m->request) != NULL) {
		tell(n, &(struct msg_proof_told){ .request = m->request, .verdict = PROOF_UNAVAILABLE,
				.reason = S("the domain is not served by others") });
		return;
	}
	q = MEM_NEW(struct question);
	q->netlogon = n;
	q->realm = r;
	q->request = m->request;
	list_init(&q->node);
	q->timer = timer_new(n->env->loop, on_timer, q);
	map_put(&n->questions, q->request, q);
	if (take_question(q, m)) {
		go_on(q);
	} else {
		/* A name or a password that cannot be one is wrong. */
		struct attempt_answer wrong = { .verdict = PROOF_WRONG, .reason = "a name or password that cannot be one" };

		answer(q, &wrong, "");
	}
}

void question_probe(struct netlogon *n, struct realm *r, size_t controller)
{
	const struct attempt_question nobody = { .kind = PROOF_PROBE };

	if (has_thread(n, r))
		begin_run(n, r, controller, &nobody);
}

void question_drop_all(struct netlogon *n)
{
	size_t at = 0;
	struct question *q;

	while ((q = map_next(&n->questions, &at)) != NULL) {
		release(q);
		at = 0;
	}
}

void question_refuse_all(struct netlogon *n, struct realm *r)
{
	size_t at = 0;
	struct question *q;

	while ((q = map_next(&n->questions, &at)) != NULL) {
		if (q->realm != r)
			continue;
		answer_unavailable(q, "the domain's settings have changed");
		at = 0;
	}
}

void question_give_up(struct netlogon *n)
{
	uint64_t now = clock_mono_ms();

	LIST_EACH(at, &n->running) {
		struct run *run = LIST_OF(at, struct run, node);

		/* Those that somebody waits for have their own timer. */
		if (run->question == NULL && now - run->began_ms > run->settings->timeout_ms)
			give_up(run, "it takes longer than its time");
	}
}

uint64_t question_oldest_ms(const struct netlogon *n)
{
	const struct run *oldest;

	if (list_empty(&n->running))
		return 0;
	oldest = LIST_OF(n->running.next, struct run, node);
	return clock_mono_ms() - oldest->began_ms;
}
