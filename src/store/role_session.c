#include <sys/socket.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/log.h"
#include "base/mem.h"
#include "config/network.h"
#include "config/offer.h"
#include "io/clock.h"
#include "io/conn.h"
#include "io/file.h"
#include "role/answer.h"
#include "store/role_int.h"
#include "wire/nntp.h"

struct role_session {
	struct store_role *role;
	struct session *session;
	uint64_t account, mailbox_id;
	struct list stale; /* in the role's, or in none */
	struct nameless_source *source; /* of who has no account; NULL: he has one */
	bool rights_asked, reaches; /* reaches: it has looked at mailboxes of others */
	bool listed;         /* it has one folder, by its list: a right on the mailbox is not needed */
	uint64_t issued_ms;  /* clock_mono_ms of the logon */
	uint64_t number;     /* the front's */
	struct link *from;   /* NULL: that front is gone */
	struct mailbox *mailbox;
	session_told_fn *told; /* of the one question that waits for the directory */
	void *told_arg;
	struct list node;
};

/* ---- having APPENDs parsed ---- */

/* A worker that ends (it does so by itself after a while) has other questions in its channel: they are asked again. One that
 * dies of this message does so a few times only. */
#define PARSE_TRIES_MAX  3
#define PARSE_PAUSES_MAX 25
#define PARSE_PAUSE_MS   200
#define PARSE_SMALL_MAX  ((size_t)32 << 10) /* goes inside the question */

struct parse {
	struct store_role *role;
	session_parsed_fn *done;
	void *done_arg;
	struct str octets;
	bool small; /* asked without files */
	int message_fd, record_fd;
	unsigned tries, pauses;
	struct timer *pause;
};

static void ask_parser(void *arg);
static void parse_file(struct parse *p);

static void finish_parse(struct parse *p, enum err e, struct str record)
{
	timer_free(p->pause);
	fd_close(&p->message_fd);
	fd_close(&p->record_fd);
	p->done(p->done_arg, e, record);
	mem_free(p);
}

static void on_parsed(void *arg, enum err e, struct msg *m)
{
	struct parse *p = arg;
	struct str large = STR_NONE;

	if (e == ERR_UNAVAILABLE) {
		ask_parser(p);
		return;
	}
	if (e == ERR_OK)
		e = m->parsed.code;
	if (e == ERR_NEEDMORE && p->small) { /* the record needs a file */
		p->small = false;
		parse_file(p);
		return;
	}
	if (e == ERR_OK && m->parsed.record.len == 0 && p->small)
		e = ERR_PEER;
	if (e == ERR_OK && m->parsed.record.len == 0) {
		/* The worker has written it; sealing keeps it from changing under the mapping. */
		e = memfd_seal(p->record_fd);
		if (e == ERR_OK)
			e = fd_map(p->record_fd, (size_t)m->parsed.record_octets, &large);
		if (e == ERR_OK && large.len == 0)
			e = ERR_PEER;
	}
	finish_parse(p, e, large.len > 0 ? large : e == ERR_OK ? m->parsed.record : STR_NONE);
	fd_unmap(&large);
}

static void wait_for_parser(struct parse *p)
{
	if (p->pauses++ >= PARSE_PAUSES_MAX) {
		finish_parse(p, ERR_UNAVAILABLE, STR_NONE);
		return;
	}
	if (p->pause == NULL)
		p->pause = timer_new(p->role->env->loop, ask_parser, p);
	timer_set(p->pause, PARSE_PAUSE_MS);
}

static void ask_parser(void *arg)
{
	struct parse *p = arg;
	struct store_role *r = p->role;
	struct link *worker = role_link(r->env, ROLE_PARSER, r->next_parser++);
	struct msg m = { .id = MSG_parse, .fd_count = p->small ? 0 : 2 };

	if (worker == NULL) {
		wait_for_parser(p);
		return;
	}
	/* What a worker that has died wrote is not the next one's. */
	fd_close(&p->record_fd);
	p->record_fd = p->small ? -1 : memfd_new("record");
	m.fds[0] = p->message_fd;
	m.fds[1] = p->record_fd;
	m.parse.octets = p->small ? p->octets : STR_NONE;
	m.parse.request = role_request(r->env);
	if (p->tries++ >= PARSE_TRIES_MAX || (p->record_fd < 0 && !p->small) || !link_send(worker, &m)) {
		finish_parse(p, ERR_UNAVAILABLE, STR_NONE);
		return;
	}
	pending_add(&r->parses, m.parse.request, worker, on_parsed, p);
}

static void parse_file(struct parse *p)
{
	p->message_fd = memfd_new("message");
	if (p->message_fd < 0 || memfd_add(p->message_fd, p->octets) != ERR_OK || memfd_seal(p->message_fd) != ERR_OK)
		finish_parse(p, ERR_UNAVAILABLE, STR_NONE);
	else
		ask_parser(p);
}

void role_parse(struct store_role *r, struct str octets, session_parsed_fn *done, void *done_arg)
{
	struct parse *p = MEM_NEW(struct parse);

	*p = (struct parse){ .role = r, .done = done, .done_arg = done_arg, .octets = octets,
		.small = octets.len > 0 && octets.len <= PARSE_SMALL_MAX, .message_fd = -1, .record_fd = -1 };
	if (p->small)
		ask_parser(p);
	else
		parse_file(p);
}

static void parse(void *arg, struct str octets, session_parsed_fn *done, void *done_arg)
{
	struct role_session *s = arg;

	role_parse(s->role, octets, done, done_arg);
}

/* ---- what sessions ask of the directory ---- */

static void tell(struct role_session *s, enum err e, const struct session_reply *reply)
{
	s->told(s->told_arg, e, reply);
}

static void on_limits_wished(void *arg, enum err e, struct msg *m)
{
	struct session_reply reply = { STR_NONE };

	if (e == ERR_OK)
		reply.text = m->limits_wished.text;
	tell(arg, e == ERR_OK ? m->limits_wished.code : e, &reply);
}

static void on_accounts_told(void *arg, enum err e, struct msg *m)
{
	struct session_reply reply = { STR_NONE };

	if (e == ERR_OK)
		reply = (struct session_reply){ .text = m->accounts_told.text, .owner = m->accounts_told.owner,
			.account = m->accounts_told.account, .group = m->accounts_told.group, .names = m->accounts_told.names };
	tell(arg, e == ERR_OK ? m->accounts_told.code : e, &reply);
}

static void on_url_told(void *arg, enum err e, struct msg *m)
{
	struct role_session *s = arg;
	struct session_reply reply = { STR_NONE };
	struct mailbox *mailbox = NULL;

	if (e == ERR_OK) {
		reply = (struct session_reply){ .owner = m->url_told.account, .account = m->url_told.reader,
			.access = (enum access)m->url_told.access, .groups = m->url_told.groups, .submits = m->url_told.submits };
		e = m->url_told.code == ERR_OK && !access_valid(m->url_told.access) ? ERR_PEER : m->url_told.code;
	}
	if (e == ERR_OK)
		e = role_mailbox(s->role, m->url_told.mailbox, &mailbox);
	reply.mailbox = mailbox;
	tell(s, e, &reply);
	mailbox_unref(mailbox);
}

static bool ask_url(struct role_session *s, const struct session_question *q)
{
	struct link *directory = role_link(s->role->env, ROLE_DIRECTORY, 0);
	struct msg m = { .id = MSG_url_ask };
	uint64_t request = role_request(s->role->env);

	m.url_ask = (struct msg_url_ask){ .request = request, .account = s->account, .owner = q->name, .reader = q->reader };
	if (directory == NULL || !link_send(directory, &m))
		return false;
	pending_add(&s->role->questions, request, directory, on_url_told, s);
	return true;
}

static bool wish_limits(struct role_session *s, const struct session_question *q)
{
	struct link *directory = role_link(s->role->env, ROLE_DIRECTORY, 0);
	struct msg m = { .id = MSG_limits_wish };
	uint64_t request = role_request(s->role->env);

	m.limits_wish = (struct msg_limits_wish){ .request = request, .account = s->account, .mailbox = s->mailbox_id,
		.octets = q->octets, .messages = q->messages, .folders = q->folders };
	if (directory == NULL || !link_send(directory, &m))
		return false;
	pending_add(&s->role->questions, request, directory, on_limits_wished, s);
	return true;
}

bool role_ask_accounts(struct store_role *r, const struct role_accounts *q, pending_fn *fn, void *arg)
{
	struct link *directory = role_link(r->env, ROLE_DIRECTORY, 0);
	struct msg m = { .id = MSG_accounts_ask };
	uint64_t request = role_request(r->env);
	struct buf ids;
	struct wr w = wr_to(&ids);
	bool sent;

	must(q->ids_count <= SESSION_IDS_MAX);
	buf_init(&ids, SESSION_IDS_MAX * sizeof(uint64_t));
	for (size_t i = 0; i < q->ids_count; i++)
		wr_u64(&w, q->ids[i]);
	m.accounts_ask = (struct msg_accounts_ask){
		.request = request, .mailbox = q->mailbox, .name = q->name, .ids = buf_str(&ids) };
	sent = directory != NULL && link_send(directory, &m);
	buf_done(&ids);
	if (sent)
		pending_add(&r->questions, request, directory, fn, arg);
	return sent;
}

static bool ask_accounts(struct role_session *s, const struct session_question *q)
{
	struct role_accounts accounts = {
		.mailbox = q->mailbox, .name = q->name, .ids = q->ids, .ids_count = q->ids_count };

	return role_ask_accounts(s->role, &accounts, on_accounts_told, s);
}

/* ---- rights that were changed ---- */

#define RIGHTS_ASKED_MAX 32u /* at a time, of maybe thousands of sessions */

static void ask_rights(struct store_role *r);

static void on_reach(void *arg, enum err e, struct msg *m)
{
	struct role_session *s = arg;
	const struct msg_reach_told *q = &m->reach_told;

	s->rights_asked = false;
	s->role->rights_asked--;
	if (e == ERR_OK)
		e = q->code == ERR_OK && (!access_valid(q->access) || q->groups.len > TICKET_GROUPS_MAX * sizeof(uint64_t)) ? ERR_PEER : q->code;
	/* Without a directory nobody can be asked: the next one tells of itself (role_rights_unknown). */
	/* News is read in the public store, to which nobody has a right as a whole. */
	if (e == ERR_OK && (q->access != ACCESS_NONE || s->listed || s->mailbox_id == store_public(s->role->store)))
		session_rights(s->session, &(struct session_reply){ .access = (enum access)q->access, .groups = q->groups,
			.mailboxes = q->mailboxes });
	else if (e == ERR_OK || e == ERR_NOTFOUND)
		session_stop(s->session, ERR_BOXRIGHT);
	ask_rights(s->role);
}

#define GRANTED_MAX ((size_t)1000) /* mailboxes of others with folders for one account */

/* False: it is away. The mailboxes with folders for the account are named by us: lists are the store's. */
static bool ask_reach(struct role_session *s, bool all, pending_fn *fn)
{
	struct link *directory = role_link(s->role->env, ROLE_DIRECTORY, 0);
	struct msg m = { .id = MSG_reach_ask };
	uint64_t request = role_request(s->role->env), granted[GRANTED_MAX];
	struct granted_query q = session_granted(s->session);
	size_t count;
	struct buf ids;
	struct wr w = wr_to(&ids);
	bool sent;

	q.everybody = all;
	count = store_granted(s->role->store, &q, granted, GRANTED_MAX);
	buf_init(&ids, sizeof(granted));
	for (size_t i = 0; i < count; i++)
		wr_u64(&w, granted[i]);
	m.reach_ask = (struct msg_reach_ask){ .request = request, .account = s->account, .mailbox = s->mailbox_id, .granted = buf_str(&ids) };
	sent = directory != NULL && link_send(directory, &m);
	buf_done(&ids);
	if (sent)
		pending_add(&s->role->questions, request, directory, fn, s);
	return sent;
}

static void ask_rights(struct store_role *r)
{
	LIST_EACH(node, &r->stale) {
		struct role_session *s = LIST_OF(node, struct role_session, stale);

		if (r->rights_asked >= RIGHTS_ASKED_MAX)
			return;
		/* The answer under way may be older than the change: it is asked once more behind that. */
		if (s->rights_asked)
			continue;
		if (!ask_reach(s, true, on_reach))
			return;
		s->rights_asked = true;
		r->rights_asked++;
		list_remove(&s->stale);
	}
}

static void forget_rights(struct role_session *s)
{
	s->role->rights_asked -= s->rights_asked;
	list_remove(&s->stale);
}

static void mark_stale(struct role_session *s)
{
	if (list_empty(&s->stale) && s->account != ACCESS_ANYONE_ACCOUNT) /* of that one the directory knows nothing */
		list_add_tail(&s->role->stale, &s->stale);
}

void role_take_rights(struct store_role *r, uint64_t mailbox)
{
	LIST_EACH(node, &r->sessions) {
		struct role_session *s = LIST_OF(node, struct role_session, node);

		if (mailbox == 0 || s->mailbox_id == mailbox || s->reaches)
			mark_stale(s);
	}
	ask_rights(r);
}

void role_rights_unknown(struct store_role *r)
{
	role_take_rights(r, 0);
}

static void on_others(void *arg, enum err e, struct msg *m)
{
	struct session_reply reply = { STR_NONE };

	if (e == ERR_OK && !access_valid(m->reach_told.access))
		e = ERR_PEER;
	if (e == ERR_OK)
		reply = (struct session_reply){ .access = (enum access)m->reach_told.access, .groups = m->reach_told.groups,
			.mailboxes = m->reach_told.mailboxes };
	tell(arg, e == ERR_OK ? m->reach_told.code : e, &reply);
}

static bool ask_others(struct role_session *s, const struct session_question *q)
{
	s->reaches = true;
	return ask_reach(s, q->all, on_others);
}

static enum err open_other(void *arg, uint64_t mailbox, struct mailbox **ret)
{
	struct role_session *s = arg;

	return role_mailbox(s->role, mailbox, ret);
}

static void ask_directory(void *arg, const struct session_question *q, session_told_fn *done, void *done_arg)
{
	static bool (*const asks[])(struct role_session *, const struct session_question *) = {
		[SESSION_ASK_LIMITS] = wish_limits, [SESSION_ASK_ACCOUNTS] = ask_accounts, [SESSION_ASK_URL] = ask_url, [SESSION_ASK_REACH] = ask_others };
	struct role_session *s = arg;

	s->told = done;
	s->told_arg = done_arg;
	/* Who has no account has none to ask about, but may have been given a URL. */
	if ((s->account == ACCESS_ANYONE_ACCOUNT && q->kind != SESSION_ASK_URL) || !asks[q->kind](s, q))
		tell(s, ERR_UNAVAILABLE, NULL);
}

/* ---- tickets ---- */

static bool spend(struct store_role *r, const struct ticket *t)
{
	struct used_ticket *place = &r->ring[r->ring_next % USED_TICKETS_MAX];

	/* What was minted before we began may have been shown to the process before us. */
	if (t->expires_ms < r->started_ms + TICKET_LOGON_MS_MAX || map_get(&r->used, t->id) != NULL)
		return false;
	/* The ring is longer than all logons of thirty seconds: what falls out has expired, or nobody gets in. */
	if (place->id != 0 && place->expires_ms >= clock_mono_ms())
		return false;
	if (place->id != 0)
		map_remove(&r->used, place->id);
	*place = (struct used_ticket){ .id = t->id, .expires_ms = t->expires_ms };
	map_put(&r->used, t->id, place);
	r->ring_next++;
	return true;
}

/* Anything else could not be watched, or would be something of which nobody knows what reading from it does. */
static bool is_stream(int fd)
{
	int type = 0, listens = 0;
	socklen_t length = sizeof(type), listens_length = sizeof(listens);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM &&
	       getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &listens_length) == 0 && listens == 0;
}

/* The client cannot be told in its protocol by us alone: the connection ends, and the log says why. */
static void refuse(struct msg *m, const char *reason)
{
	log_put(LOG_session_dropped, LOG_S("client", m->hand_over.client), LOG_C("reason", reason), LOG_END);
}

/* To the front that has the TLS end of it; a connection without TLS is as good with any other. */
static void on_leave(void *arg, struct session *session, int fd, struct str unread)
{
	struct role_session *s = arg;
	struct role_env *env = s->role->env;
	struct link *to = s->from != NULL ? s->from : role_link(env, ROLE_FRONT_USER, 0);
	struct msg m = { .id = MSG_hand_back, .fd_count = 1, .fds = { fd } };
	struct session_figures f;

	session_look(session, &f);
	m.hand_back = (struct msg_hand_back){ .session = s->number, .service = (uint8_t)f.service, .client = f.client, .unread = unread,
		.client_name = f.client_name, .client_version = f.client_version, .place = f.place };
	if (to == NULL || !link_send(to, &m))
		log_put(LOG_session_dropped, LOG_S("client", f.client), LOG_C("why", err_name(ERR_UNAVAILABLE)), LOG_END);
	fd_close(&fd);
}

void role_session_link_down(struct store_role *r, const struct link *link)
{
	LIST_EACH(node, &r->sessions) {
		struct role_session *s = LIST_OF(node, struct role_session, node);

		if (s->from == link)
			s->from = NULL;
	}
}

static void on_ended(void *arg, struct session *session, enum err why)
{
	struct role_session *s = arg;

	pending_drop_owner(&s->role->questions, s);
	role_nameless_leave(s->role, s->source);
	forget_rights(s);
	list_remove(&s->node);
	mailbox_unref(s->mailbox);
	mem_free(s);
}

/* One that is being told so counts as well: whoever does not listen to it gains nothing. */
static bool has_too_many(struct store_role *r, uint64_t account)
{
	uint64_t count = 0;

	LIST_EACH(node, &r->sessions)
		count += LIST_OF(node, struct role_session, node)->account == account;
	return count >= r->env->config->account_sessions_max;
}

/* What the front has offered, for CAPA; into names, which this begins. */
static struct str mechanisms(const struct store_role *r, const struct msg_hand_over *q, struct buf *names)
{
	struct offer_client who = { .protocol = service_row((enum service)q->service)->protocol, .tls = q->tls, .binds = q->tls,
		.loopback = network_has_text(S("loopback"), q->client), .kerberos = r->kerberos };

	buf_init(names, OFFER_NAMES_OCTETS_MAX);
	offer_put(r->env->config, &who, S(""), S(" "), names);
	return buf_str(names);
}

static enum err judge_session(struct store_role *r, const struct ticket *t, const struct nameless_source *source, enum service service)
{
	if (t->access != ACCESS_ANYONE)
		return has_too_many(r, t->account) ? ERR_LIMIT : ERR_OK;
	if (!offer_nameless(r->env->config, service_row(service)->protocol))
		return ERR_ACCOUNTOFF;
	return source == NULL ? ERR_LIMIT : ERR_OK;
}

static void open_session(struct store_role *r, struct link *from, struct msg *m, const struct ticket *t, struct mailbox *mailbox)
{
	const struct msg_hand_over *q = &m->hand_over;
	struct role_session *s = MEM_NEW(struct role_session);
	struct nameless_source *source = t->access == ACCESS_ANYONE ? role_nameless_enter(r, q->client) : NULL;
	struct buf names;
	struct session_options options = { .loop = r->env->loop, .store = r->store, .mailbox = mailbox,
		.config = r->env->config, .service = (enum service)q->service, .account = t->account_name,
		.mailbox_name = t->mailbox_name, .folder = t->folder, .client = q->client, .access = t->access, .groups = t->groups, .account_id = t->account, .fd = m->fds[0],
		.unread = q->unread, .tag = q->tag, .sasl = mechanisms(r, q, &names), .host_name = r->env->host_name,
		.server_instance = r->env->server_instance, .budget = &r->budget, .search = r->search,
		.client_name = q->client_name, .client_version = q->client_version, .language = (enum language)q->language,
		.place = q->place, .offers = q->offers,
		.refused = judge_session(r, t, source, (enum service)q->service), .meter = role_nameless_meter(source), .parse = parse, .ask = ask_directory, .open = open_other,
		.leave = on_leave, .ended = on_ended, .arg = s };

	*s = (struct role_session){ .role = r, .account = t->account, .issued_ms = t->expires_ms - TICKET_LOGON_MS_MAX, .mailbox_id = t->mailbox, .mailbox = mailbox, .number = q->session,
		.from = from, .source = source, .listed = t->folder.len > 0 };
	list_init(&s->node);
	list_init(&s->stale);
	list_add_tail(&r->sessions, &s->node);
	m->fds[0] = -1;
	s->session = session_new(&options);
	buf_done(&names);
}

void role_hand_over(struct store_role *r, struct link *from, struct msg *m)
{
	struct str rest = m->hand_over.ticket;
	struct mailbox_limits limits;
	struct mailbox *mailbox;
	struct ticket t;
	enum err e;

	if (m->fd_count != 1 || !service_valid(m->hand_over.service) || !language_valid(m->hand_over.language) ||
		m->hand_over.place.len > NNTP_PLACE_OCTETS_MAX || r->env->stopping)
		return;
	if (!is_stream(m->fds[0])) {
		refuse(m, "descriptor");
		return;
	}
	e = ticket_open(&rest, r->env->ticket_key, TICKET_LOGON, clock_mono_ms(), &t);
	if (e != ERR_OK || rest.len > 0 || t.service != m->hand_over.service || !spend(r, &t)) {
		refuse(m, "ticket");
		return;
	}
	limits = role_mailbox_limits(&t.limits);
	e = store_mailbox_open(r->store, t.mailbox, &limits, &mailbox);
	if (e != ERR_OK) {
		refuse(m, err_name(e));
		return;
	}
	open_session(r, from, m, &t, mailbox);
}

/* ---- changes in the directory ---- */

static void stop_sessions(struct store_role *r, bool (*concerned)(const struct role_session *s, uint64_t id), uint64_t id)
{
	LIST_EACH(node, &r->sessions) {
		struct role_session *s = LIST_OF(node, struct role_session, node);

		if (concerned(s, id))
			session_stop(s->session, ERR_ACCOUNTOFF);
	}
}

static bool of_mailbox(const struct role_session *s, uint64_t id)
{
	return s->mailbox_id == id;
}

enum news { NEWS_NONE, NEWS_FIRST, NEWS_CHANGE };

static enum news keep_limits(struct store_role *r, uint64_t mailbox, const struct mailbox_limits *now)
{
	struct mailbox_limits *kept = map_get(&r->limits, mailbox);
	bool same = kept != NULL && kept->warn_octets == now->warn_octets && kept->send_octets == now->send_octets &&
		    kept->receive_octets == now->receive_octets && kept->messages_max == now->messages_max &&
		    kept->folders_max == now->folders_max && kept->retention_days == now->retention_days;
	enum news news = kept == NULL ? NEWS_FIRST : same ? NEWS_NONE : NEWS_CHANGE;

	if (kept == NULL) {
		kept = MEM_NEW(struct mailbox_limits);
		map_put(&r->limits, mailbox, kept);
	}
	*kept = *now;
	return news;
}

void role_take_limits(struct store_role *r, const struct msg_limits *q)
{
	struct mailbox_limits now = { .warn_octets = q->warn_octets, .send_octets = q->send_octets,
		.receive_octets = q->receive_octets, .messages_max = q->messages_max, .folders_max = q->folders_max,
		.retention_days = q->retention_days };
	enum news news = keep_limits(r, q->mailbox, &now);

	if (q->public_store) {
		store_public_set(r->store, q->mailbox);
		role_moderation_wake(r);
	}
	/* The directory learns of the state under the new limits, without waiting for the next message. At its start it
	 * tells of all mailboxes, and to open each of them then would be too much. */
	if (news == NEWS_CHANGE)
		(void)!store_deliver_check(r->store, q->mailbox, &now);
	if (!q->enabled)
		stop_sessions(r, of_mailbox, q->mailbox);
	if (news == NEWS_NONE)
		return;
	LIST_EACH(node, &r->sessions) {
		struct role_session *s = LIST_OF(node, struct role_session, node);

		if (s->mailbox_id == q->mailbox)
			mailbox_limits_set(s->mailbox, &now);
	}
}

static void on_removed(void *arg, enum err e)
{
	/* Half removed is marked in the store; the next start or purge goes on. */
}

void role_mailbox_removed(struct store_role *r, uint64_t mailbox)
{
	mem_free(map_remove(&r->limits, mailbox));
	mem_free(map_remove(&r->quotas, mailbox));
	stop_sessions(r, of_mailbox, mailbox);
	if (mailbox == store_public(r->store))
		store_public_set(r->store, 0);
	if (r->search != NULL)
		search_removed(r->search, mailbox);
	store_mailbox_remove(r->store, mailbox, on_removed, r);
}

void role_account_ended(struct store_role *r, const struct msg_account_ended *q)
{
	LIST_EACH(node, &r->sessions) {
		struct role_session *s = LIST_OF(node, struct role_session, node);

		if (s->account == q->account && s->issued_ms <= q->until_ms)
			session_stop(s->session, q->code);
	}
}

void role_nameless_end(struct store_role *r)
{
	LIST_EACH(node, &r->sessions) {
		struct role_session *s = LIST_OF(node, struct role_session, node);
		struct session_figures figures;

		session_look(s->session, &figures);
		if (s->account == ACCESS_ANYONE_ACCOUNT && !offer_nameless(r->env->config, service_row(figures.service)->protocol))
			session_stop(s->session, ERR_ACCOUNTOFF);
	}
}

uint64_t role_session_account(struct list *node, uint64_t *ret_issued_ms)
{
	const struct role_session *s = LIST_OF(node, struct role_session, node);

	*ret_issued_ms = s->issued_ms;
	return s->account;
}

/* ---- for the administrator ---- */

#define ROWS_PACKET 200u /* they must fit one message between roles */

static json_t *row_of(const struct session_figures *f)
{
	return json_pack("{s:s%,s:s%,s:s,s:s%,s:s%,s:s%,s:s,s:I}", "account", f->account.at, f->account.len, "mailbox", f->mailbox.at,
		f->mailbox.len, "service", service_row(f->service)->name, "client", f->client.at, f->client.len, "program", f->client_name.at ? f->client_name.at : "",
		f->client_name.len, "version", f->client_version.at ? f->client_version.at : "", f->client_version.len, "doing", f->doing, "age_s",
		(json_int_t)f->age_s);
}

static void list_sessions(struct store_role *r, uint64_t request, struct str account)
{
	json_t *rows = json_array();
	struct session_figures figures;

	LIST_EACH(node, &r->sessions) {
		session_look(LIST_OF(node, struct role_session, node)->session, &figures);
		if (account.len > 0 && !str_ieq(account, figures.account))
			continue;
		if (json_array_size(rows) == ROWS_PACKET) {
			answer_json(r->env, request, true, json_pack("{s:b,s:b,s:o}", "ok", 1, "more", 1, "rows", rows));
			rows = json_array();
		}
		json_array_append_new(rows, row_of(&figures));
	}
	answer_json(r->env, request, false, json_pack("{s:b,s:o}", "ok", 1, "rows", rows));
}

bool role_sessions_admin(struct store_role *r, const struct msg_admin_request *q)
{
	json_t *whole, *account;

	if (!str_eq(q->verb, S("session list")))
		return false;
	whole = json_loadb(q->json.at, q->json.len, 0, NULL);
	account = json_object_get(json_object_get(whole, "args"), "account");
	list_sessions(r, q->request, str_make(json_string_value(account), json_string_length(account)));
	json_decref(whole);
	return true;
}

void role_sessions_stop(struct store_role *r)
{
	LIST_EACH(node, &r->sessions)
		session_stop(LIST_OF(node, struct role_session, node)->session, ERR_SHUTDOWN);
}
