#include "base/mem.h"
#include "io/clock.h"
#include "mail/record.h"
#include "store/imap_engine.h"

#define KEEP_OCTETS ((size_t)64 << 10) /* input buffered while the message comes */
/* So far a message may be behind the least rate (smtp.data_rate_min), and so long it may rest. */
#define GRACE_MS    ((uint64_t)60000)

/*
 * Lives apart from the session: the parser reads the octets until it has answered, also when the
 * client is gone by then.
 */
struct append {
	struct imap *i; /* NULL: the session has ended, the parser has not */
	struct imap_append args;
	uint32_t folder;
	struct buf body;
	uint64_t come; /* octets of the literal so far */
	uint64_t held; /* counted in the budget */
	uint64_t since_ms, since_octets; /* when the grace was last whole, and what has come since */
	bool judged, cr, bad, sent, parsing, done, opaque;
	enum err result;
	uint32_t uidvalidity, uid;
};

static void free_append(struct imap *i)
{
	struct append *c = i->state;

	i->s->read_ms = 0;
	if (i->s->budget != NULL)
		i->s->budget->held -= c->held;
	if (c->parsing) {
		c->i = NULL;
		return;
	}
	buf_done(&c->body);
	mem_free(c);
}

static void read_append(struct imap *i, struct imap_args *args)
{
	struct append *c = MEM_NEW(struct append);

	i->state = c;
	c->i = i;
	buf_init(&c->body, BUF_NO_CEILING);
	imap_arg_append(args, &c->args);
}

/* ---- before the octets ---- */

static enum err judge(struct imap *i)
{
	struct append *c = i->state;
	struct session_budget *budget = i->s->budget;
	struct folder_info folder;
	enum err e = imap_engine_folder(i, c->args.mailbox, ACL_INSERT, &folder);

	if (e != ERR_OK)
		return e;
	c->folder = folder.id;
	if (i->body_octets > i->s->limits.message_octets_max)
		return ERR_TOOBIG;
	if (!mailbox_has_room(i->s->mailbox, 1, i->body_octets))
		return ERR_QUOTA;
	if (budget != NULL &&
		(budget->held > budget->max || i->body_octets > budget->max - budget->held))
		return ERR_BUSY;
	if (budget != NULL)
		budget->held += i->body_octets;
	c->held = i->body_octets;
	return ERR_OK;
}

static enum step refuse(struct imap *i, enum err e)
{
	if (!i->body_sync)
		imap_engine_skip_body(i);
	return imap_engine_over(i, e, NULL, STR_NONE);
}

/* ---- the octets ---- */

/* Every line end becomes CRLF, so that sizes are what every protocol sends; NUL has no place in a
 * message. */
static void keep(struct append *c, struct str in)
{
	for (size_t at = 0; at < in.len;) {
		size_t n = at;

		while (n < in.len && in.at[n] != '\r' && in.at[n] != '\n' && in.at[n] != '\0')
			n++;
		if (n > at && c->cr)
			buf_put_octet(&c->body, '\n');
		if (n > at)
			c->cr = false;
		buf_put(&c->body, str_sub(in, at, n - at));
		at = n;
		if (at == in.len)
			break;
		switch (in.at[at++]) {
		case '\r':
			buf_put(&c->body, c->cr ? S("\n\r") : S("\r"));
			c->cr = true;
			break;
		case '\n':
			buf_put(&c->body, c->cr ? S("\n") : S("\r\n"));
			c->cr = false;
			break;
		default:
			c->bad = true;
			break;
		}
	}
}

static void take_octets(struct imap *i)
{
	struct append *c = i->state;
	struct str in = session_in(i->s);
	uint64_t left = i->body_octets - c->come;

	in = str_sub(in, 0, left < in.len ? (size_t)left : in.len);
	if (!c->bad)
		keep(c, in);
	c->come += in.len;
	c->since_octets += in.len;
	session_consume(i->s, in.len);
	if (c->come == i->body_octets && c->cr)
		buf_put_octet(&c->body, '\n');
	if (c->come == i->body_octets)
		c->cr = false;
}

static uint64_t grace_ms(const struct imap *i)
{
	return i->s->limits.idle_ms < GRACE_MS ? i->s->limits.idle_ms : GRACE_MS;
}

/* As for a message that comes by SMTP: octets at the least rate earn time, never more than a whole grace ahead. */
static bool is_too_slow(struct imap *i)
{
	struct append *c = i->state;
	uint64_t rate = i->s->limits.data_octets_per_second_min, now = clock_mono_ms(), earned;

	if (rate == 0)
		return false;
	earned = c->since_octets * 1000 / rate;
	if (c->since_ms + earned >= now) {
		c->since_ms = now;
		c->since_octets = 0;
		return false;
	}
	return c->since_ms + earned + grace_ms(i) < now;
}

/* ---- the record, then the store ---- */

static void on_appended(void *arg, enum err e, const struct mailbox_result *result);

static void submit(struct append *c, struct str record)
{
	struct session *s = c->i->s;
	struct append_request request = {
		.folder = c->folder,
		.flags = (uint8_t)(c->args.flags.system & ITEM_FLAGS),
		.keywords = c->args.flags.keywords,
		.keywords_count = c->args.flags.keywords_count,
		.date = c->args.has_date ? c->args.date : clock_real_ms() / 1000,
		.octets = buf_str(&c->body),
		.record = record,
	};

	session_asked(s);
	mailbox_append(s->mailbox, &request, on_appended, s);
}

static void submit_opaque(struct append *c)
{
	struct buf record;

	buf_init(&record, RECORD_OCTETS_MAX);
	c->opaque = true;
	if (record_make_opaque(c->body.len, &record) == ERR_OK) {
		submit(c, buf_str(&record));
	} else {
		c->done = true;
		c->result = ERR_TOOBIG;
	}
	buf_done(&record);
}

static void on_appended(void *arg, enum err e, const struct mailbox_result *result)
{
	struct session *s = arg;
	struct append *c = imap_of(s)->state;

	if (e == ERR_PEER && !c->opaque) {
		/* The parser made something that does not fit: what it says is not needed. */
		submit_opaque(c);
	} else {
		c->done = true;
		c->result = e;
		if (e == ERR_OK && result->count == 1) {
			c->uidvalidity = result->uidvalidity;
			c->uid = result->new_uids[0];
		}
	}
	session_answered(s);
}

static void on_parsed(void *arg, enum err e, struct str record)
{
	struct append *c = arg;
	struct session *s;

	c->parsing = false;
	if (c->i == NULL) {
		buf_done(&c->body);
		mem_free(c);
		return;
	}
	s = c->i->s;
	if (e == ERR_OK)
		submit(c, record);
	else
		submit_opaque(c);
	session_answered(s);
}

static enum step ask(struct imap *i)
{
	struct append *c = i->state;

	c->sent = true;
	if (i->s->parse == NULL) {
		submit_opaque(c);
		return STEP_PEER;
	}
	c->parsing = true;
	session_asked(i->s);
	i->s->parse(i->s->arg, buf_str(&c->body), on_parsed, c);
	return STEP_PEER;
}

/* ---- the command ---- */

static enum step end(struct imap *i)
{
	struct append *c = i->state;
	const char *code = NULL;

	if (c->result == ERR_OK && c->uid > 0)
		code = arena_printf(&i->arena, "APPENDUID %u %u", c->uidvalidity, c->uid).at;
	return imap_engine_over(i, c->result, code, STR_NONE);
}

static enum step begin_body(struct imap *i)
{
	struct append *c = i->state;
	enum err e = judge(i);

	c->judged = true;
	if (e != ERR_OK)
		return refuse(i, e);
	if (i->body_sync)
		imap_put_go(imap_out(i), S("go on"));
	c->since_ms = clock_mono_ms();
	if (i->s->limits.data_octets_per_second_min > 0)
		i->s->read_ms = grace_ms(i);
	session_in_max(i->s, KEEP_OCTETS);
	i->in_max = KEEP_OCTETS;
	return STEP_AGAIN;
}

static enum step run_append(struct imap *i)
{
	struct append *c = i->state;
	struct str in;

	if (!c->judged)
		return begin_body(i);
	if (c->done)
		return end(i);
	if (c->come < i->body_octets) {
		take_octets(i);
		if (is_too_slow(i)) {
			imap_put_status(imap_out(i), STR_NONE, ERR_TOOSLOW, STR_NONE);
			return STEP_DONE;
		}
		return session_in(i->s).len > 0 ? STEP_AGAIN : STEP_READ;
	}
	in = session_in(i->s);
	if (in.len < 2)
		return STEP_READ;
	if (!str_starts(in, S("\r\n"))) {
		/* MULTIAPPEND is not offered, and what else might follow has no end that we know.
		 */
		imap_put_untagged(imap_out(i), S("BYE a line end was expected behind the message"));
		return STEP_DONE;
	}
	session_consume(i->s, 2);
	i->s->read_ms = 0;
	if (c->bad)
		return imap_engine_over(i, ERR_BARELINEEND, NULL, S("NUL in the message"));
	if (c->body.len == 0)
		return imap_engine_over(
			i, ERR_UNSUPPORTED, NULL, S("an empty message is not kept"));
	return ask(i);
}

const struct imap_handler imap_append_handler = { read_append, run_append, free_append };
