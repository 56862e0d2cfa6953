#include "base/log.h"
#include "base/mem.h"
#include "io/clock.h"
#include "mail/record.h"
#include "store/moderation.h"
#include "store/nntp_draft.h"
#include "store/nntp_group.h"
#include "wire/smtp_data.h"

/* POST (RFC 3977 section 6.3.1). */

#define IN_OCTETS_MAX   ((size_t)64 << 10) /* of input, while an article comes */
#define ADDED_OCTETS    ((uint64_t)4096)   /* that an article may grow by */
#define GRACE_MS        ((uint64_t)60000)  /* as for APPEND */

/*
 * Lives apart from the session: the parser reads the octets until it has answered, also when the client is gone by then, and the
 * store has the rows until it is asked to forget them.
 */
struct post {
	struct nntp *n; /* NULL: the session has ended, the parser has not */
	enum step (*next)(struct nntp *n);
	struct smtp_data data;
	struct buf octets; /* as they came, then as they are kept */
	struct buf record;
	uint64_t held;     /* in the budget */
	enum err over;     /* not ERR_OK: what comes is thrown away, for this reason */
	uint64_t since_ms, since_octets;
	struct nntp_draft draft;
	struct str message_id;
	struct deliver_row rows[NNTP_DRAFT_GROUPS_MAX];
	size_t rows_count;
	bool waits;        /* in some group for a moderator */
	bool parsing;
	enum err result;
};

static struct post *post_of(struct nntp *n)
{
	return n->state;
}

static void free_post(struct post *p)
{
	buf_done(&p->octets);
	buf_done(&p->record);
	mem_free(p);
}

static void done(struct nntp *n)
{
	struct post *p = post_of(n);

	if (p == NULL)
		return;
	if (n->s->budget != NULL)
		n->s->budget->held -= p->held;
	session_in_max(n->s, n->s->limits.line_octets_max);
	p->n = NULL;
	if (!p->parsing)
		free_post(p);
}

/* RFC 3977 section 6.3.1.1: what was sent, is refused. The reason is told as text of ours, or by the error. */
static enum step refuse(struct nntp *n, const char *why)
{
	nntp_reply(nntp_out(n), 441, str_from_c(why));
	return STEP_READ;
}

static enum err hold(struct nntp *n, uint64_t octets)
{
	struct session_budget *b = n->s->budget;

	if (b == NULL)
		return ERR_OK;
	if (b->held > b->max || octets > b->max - b->held)
		return ERR_BUSY;
	b->held += octets;
	post_of(n)->held += octets;
	return ERR_OK;
}

/* ---- the octets ---- */

static bool is_too_slow(struct nntp *n)
{
	struct post *p = post_of(n);
	uint64_t rate = n->s->limits.data_octets_per_second_min, now = clock_mono_ms(), earned;

	if (rate == 0)
		return false;
	earned = p->since_octets * 1000 / rate;
	if (p->since_ms + earned >= now) {
		p->since_ms = now;
		p->since_octets = 0;
		return false;
	}
	return p->since_ms + earned + GRACE_MS < now;
}

/* From here on what comes is only passed over. */
static void give_up(struct nntp *n, enum err e)
{
	struct post *p = post_of(n);

	p->over = e;
	buf_clear(&p->octets);
	buf_shrink(&p->octets);
	if (n->s->budget != NULL)
		n->s->budget->held -= p->held;
	p->held = 0;
}

static size_t take(struct nntp *n, struct str in)
{
	struct post *p = post_of(n);
	enum err e = p->over;

	if (e == ERR_OK && p->octets.len + in.len > n->s->limits.message_octets_max)
		e = ERR_TOOBIG;
	if (e == ERR_OK)
		e = hold(n, in.len);
	if (e != ERR_OK && p->over == ERR_OK)
		give_up(n, e);
	return smtp_data_feed(&p->data, in, p->over == ERR_OK ? &p->octets : NULL);
}

static enum step run_judge(struct nntp *n);

static enum step run_octets(struct nntp *n)
{
	struct post *p = post_of(n);
	struct str in = session_in(n->s);
	size_t used = take(n, in);

	p->since_octets += used;
	session_consume(n->s, used);
	if (p->data.done) {
		p->next = run_judge;
		return STEP_AGAIN;
	}
	if (is_too_slow(n)) {
		nntp_err(nntp_out(n), ERR_TOOSLOW, STR_NONE);
		return STEP_DONE;
	}
	n->wants_more = true;
	return session_in(n->s).len > 0 ? STEP_AGAIN : STEP_READ;
}

/* ---- whether it may be taken ---- */

/* All of them take it, or none does: who posts to two groups means both. */
static const char *find_groups(struct nntp *n)
{
	struct post *p = post_of(n);
	struct nntp_group g;
	uint32_t target;
	bool moderated;

	for (size_t i = 0; i < p->draft.groups_count; i++) {
		struct str name = p->draft.groups[i];
		enum err e = nntp_group_find(n, name, &g);

		if (e != ERR_OK)
			return arena_printf(&n->arena, "no such newsgroup: %.*s", STR_FMT(name)).at;
		if (nntp_group_may_post(n, &g) != ERR_OK)
			return arena_printf(&n->arena, "you may not post to %.*s", STR_FMT(name)).at;
		target = moderation_target(nntp_box(n), g.info.id, &n->s->user);
		moderated = moderation_held(nntp_box(n), g.info.id) != 0;
		if (p->draft.approved && (moderated ? target != g.info.id : (g.rights & ACL_ADMIN) == 0))
			return arena_printf(&n->arena, "you may not approve articles for %.*s", STR_FMT(name)).at;
		p->waits |= target != g.info.id;
		p->rows[p->rows_count++] = (struct deliver_row){ .mailbox = mailbox_id(nntp_box(n)), .limits = *mailbox_limits(nntp_box(n)),
			.folder = target, .poster = n->s->user.account };
	}
	return NULL;
}

/* One that the poster cannot see is none that he could be told of. */
static bool is_there(struct nntp *n, struct str id)
{
	struct nntp_place place;

	return nntp_place_by_id(n, id, &place) == ERR_OK;
}

static const char *judge(struct nntp *n)
{
	struct post *p = post_of(n);
	const char *why;

	if (p->over != ERR_OK)
		return err_text(p->over);
	if (p->data.faults != 0)
		return err_text(ERR_BARELINEEND);
	why = nntp_draft_read(&n->arena, buf_str(&p->octets), clock_real_ms() / 1000, &p->draft);
	if (why == NULL)
		why = find_groups(n);
	if (why == NULL && p->draft.message_id.len > 0 && is_there(n, p->draft.message_id))
		why = "an article with that Message-ID is there already";
	if (why == NULL && !mailbox_has_room(nntp_box(n), p->rows_count, p->rows_count * (p->octets.len + ADDED_OCTETS)))
		why = err_text(ERR_QUOTA);
	return why;
}

static struct str new_id(struct nntp *n)
{
	uint64_t number;

	random_octets(&number, sizeof(number));
	return arena_printf(&n->arena, "<%llx.%016llx@%.*s>", (unsigned long long)clock_real_ms(), (unsigned long long)number,
		STR_FMT(str_sub(n->s->host_name, 0, 200)));
}

static void inject(struct nntp *n)
{
	struct post *p = post_of(n);
	struct nntp_draft_by by = { .host = n->s->host_name, .now_seconds = clock_real_ms() / 1000 };
	struct buf whole;

	by.message_id = p->draft.message_id.len > 0 ? p->draft.message_id : new_id(n);
	/* The account's number: who keeps the server knows whose it is, and no reader does. */
	if (n->s->user.access != ACCESS_ANYONE)
		by.account = arena_printf(&n->arena, "%llu", (unsigned long long)n->s->user.account);
	p->message_id = by.message_id;
	buf_init(&whole, BUF_NO_CEILING);
	nntp_draft_put(&p->draft, buf_str(&p->octets), &by, &whole);
	buf_done(&p->octets);
	p->octets = whole;
}

/* ---- the parser and the store ---- */

static void take_record(struct post *p, struct str record)
{
	buf_clear(&p->record);
	if (record.len > 0)
		buf_put(&p->record, record);
	else
		must(record_make_opaque(p->octets.len, &p->record) == ERR_OK);
}

static void on_parsed(void *arg, enum err e, struct str record)
{
	struct post *p = arg;

	p->parsing = false;
	if (p->n == NULL) {
		free_post(p);
		return;
	}
	take_record(p, e == ERR_OK ? record : STR_NONE);
	session_answered(p->n->s);
}

static enum step run_submit(struct nntp *n);

static enum step run_judge(struct nntp *n)
{
	struct post *p = post_of(n);
	const char *why = judge(n);

	if (why != NULL)
		return refuse(n, why);
	inject(n);
	p->next = run_submit;
	if (n->s->parse == NULL) {
		take_record(p, STR_NONE);
		return STEP_AGAIN;
	}
	p->parsing = true;
	session_asked(n->s);
	n->s->parse(n->s->arg, buf_str(&p->octets), on_parsed, p);
	return STEP_PEER;
}

static void on_delivered(void *arg, enum err e)
{
	struct session *s = arg;

	post_of(nntp_of(s))->result = e;
	session_answered(s);
}

static enum step run_end(struct nntp *n)
{
	struct post *p = post_of(n);

	/* The parser made something that does not fit: what it says is not needed. */
	if (p->result == ERR_PEER) {
		take_record(p, STR_NONE);
		p->next = run_submit;
		return STEP_AGAIN;
	}
	if (p->result != ERR_OK)
		return refuse(n, err_text(p->result));
	for (size_t i = 0; i < p->rows_count; i++)
		log_put(LOG_delivered, LOG_U("mailbox", p->rows[i].mailbox), LOG_U("uid", p->rows[i].ret_uid), LOG_U("email", p->rows[i].ret_email), LOG_END);
	buf_printf(nntp_out(n), "240 article received %.*s%s\r\n", STR_FMT(p->message_id),
		p->waits ? "; where a group is moderated it is held until a moderator approves it" : "");
	return STEP_READ;
}

/* One write set for all groups: it is in each of them or in none. Another's article may have taken the Message-ID meanwhile. */
static enum step run_submit(struct nntp *n)
{
	struct post *p = post_of(n);
	struct deliver_request request = { .rows = p->rows, .rows_count = p->rows_count, .all_or_none = true, .date = clock_real_ms() / 1000,
		.octets = buf_str(&p->octets), .record = buf_str(&p->record), .unique = p->message_id };

	if (is_there(n, p->message_id) || store_delivers(n->s->store, p->message_id))
		return refuse(n, "an article with that Message-ID is there already");
	p->next = run_end;
	session_asked(n->s);
	store_deliver(n->s->store, &request, on_delivered, n->s);
	return STEP_PEER;
}

/* ---- the command ---- */

/* ERR_OK: some group takes articles from him. */
static enum err may_post(struct nntp *n)
{
	enum err e, refusal = n->s->user.access == ACCESS_ANYONE ? ERR_NEEDAUTH : ERR_READONLY;
	struct nntp_group g;
	size_t at = 0;

	while ((e = nntp_group_next(n, STR_NONE, &at, &g)) != ERR_NOTFOUND) {
		if (e == ERR_OK && nntp_group_may_post(n, &g) == ERR_OK)
			return ERR_OK;
	}
	return refusal;
}

static enum step begin(struct nntp *n)
{
	struct post *p;
	enum err e = may_post(n);

	if (e == ERR_READONLY)
		return nntp_answer(n, 440, "no newsgroup takes articles from you");
	if (e != ERR_OK)
		return nntp_refuse(n, e);
	p = MEM_NEW(struct post);
	p->n = n;
	p->next = run_octets;
	p->since_ms = clock_mono_ms();
	smtp_data_init(&p->data, SMTP_DATA_DOTS, false);
	buf_init(&p->octets, BUF_NO_CEILING);
	buf_init(&p->record, RECORD_OCTETS_MAX);
	n->state = p;
	session_in_max(n->s, IN_OCTETS_MAX);
	nntp_answer(n, 340, "send the article, and end it with a dot");
	return STEP_AGAIN;
}

static enum step more(struct nntp *n)
{
	return post_of(n)->next(n);
}

const struct nntp_handler nntp_do_post = { begin, more, done, "post" };
