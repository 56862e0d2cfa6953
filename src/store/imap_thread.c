#include "base/map.h"
#include "mail/header.h"
#include "mail/msgid.h"
#include "mail/record.h"
#include "store/imap_found.h"
#include "store/imap_text.h"
#include "store/thread.h"
#include "wire/imap_sort.h"

#define READS_STEP 8              /* times MESSAGE_LIST_MAX messages */
#define WORK_STEP  ((size_t)4096) /* messages */
#define PUTS_STEP  1000

struct threading {
	enum imap_thread how;
	enum imap_collation collation;
	struct thread *thread;
	size_t read;
	struct buf scratch, folded;
	bool standing, begun;
	enum thread_token before;
};

/* ---- what a message says ---- */

/* Of more references than count, the first one and the last. */
static void add_ref(struct thread_message *m, uint64_t id)
{
	if (m->refs_count == THREAD_REFS_MAX) {
		memmove(m->refs + 1, m->refs + 2, (THREAD_REFS_MAX - 2) * sizeof(*m->refs));
		m->refs_count--;
	}
	m->refs[m->refs_count++] = id;
}

static void take_refs(struct threading *s, const struct record_envelope *e, struct thread_message *m)
{
	struct str rest = e->references;

	while (msgid_next(&rest, &s->scratch))
		add_ref(m, map_hash(buf_str(&s->scratch)));
	rest = e->in_reply_to;
	if (m->refs_count == 0 && msgid_next(&rest, &s->scratch))
		add_ref(m, map_hash(buf_str(&s->scratch)));
}

static void take_subject(struct threading *s, struct str subject, struct thread_message *m)
{
	buf_clear(&s->scratch);
	buf_clear(&s->folded);
	m->reply = imap_text_subject(subject, &s->scratch);
	imap_text_casemap(s->collation, buf_str(&s->scratch), &s->folded);
	m->subject = s->folded.len > 0 ? map_hash(buf_str(&s->folded)) : 0;
}

static void take(void *arg, size_t n, const struct item *it, const struct record *record)
{
	struct threading *s = arg;
	UNZEROED struct thread_message m;
	UNZEROED struct record_envelope e;
	struct str id;

	m.id = m.subject = m.refs_count = 0;
	m.date = it->date;
	m.reply = false;
	if (record != NULL && record_envelope(record, 0, &e)) {
		m.date = e.sent_valid ? e.sent_seconds : it->date;
		take_subject(s, e.subject, &m);
		id = e.message_id;
		if (msgid_next(&id, &s->scratch))
			m.id = map_hash(buf_str(&s->scratch));
		take_refs(s, &e, &m);
	}
	thread_add(s->thread, &m);
}

/* ---- the command ---- */

static void put_token(struct imap *i, struct threading *s, enum thread_token token, uint32_t number)
{
	struct buf *to = imap_out(i);

	if (s->before == THREAD_MESSAGE && token != THREAD_CLOSE)
		buf_put_octet(to, ' ');
	if (token == THREAD_MESSAGE)
		buf_put_u64(to, number);
	else
		buf_put_octet(to, token == THREAD_OPEN ? '(' : ')');
	s->before = token;
}

static enum step put(struct imap *i, struct threading *s, const uint32_t *seqs)
{
	if (!s->begun)
		buf_put(imap_out(i), S("* THREAD"));
	i->mid_line = true;
	for (unsigned n = 0; n < PUTS_STEP && imap_has_room(i); n++) {
		uint32_t message = 0;
		enum thread_token token = thread_next(s->thread, &message);

		if (token == THREAD_END) {
			buf_put(imap_out(i), S("\r\n"));
			i->mid_line = false;
			return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
		}
		if (!s->begun)
			buf_put_octet(imap_out(i), ' ');
		s->begun = true;
		put_token(i, s, token, token == THREAD_MESSAGE ? imap_found_number(i, seqs[message]) : 0);
	}
	return STEP_AGAIN;
}

static enum step run(struct imap *i, void *state, const uint32_t *seqs, size_t count)
{
	struct threading *s = state;

	for (unsigned n = 0; n < READS_STEP && s->read < count; n++)
		s->read += imap_found_records(i, seqs + s->read, count - s->read, take, s);
	if (s->read < count)
		return STEP_AGAIN;
	if (!s->standing) {
		s->standing = thread_step(s->thread, WORK_STEP);
		return STEP_AGAIN;
	}
	return put(i, s, seqs);
}

static void free_threading(void *state)
{
	struct threading *s = state;

	thread_free(s->thread);
	buf_done(&s->scratch);
	buf_done(&s->folded);
}

static const struct imap_after after = { run, free_threading };

static void read_thread(struct imap *i, struct imap_args *args)
{
	struct threading *s = ARENA_NEW(&i->arena, struct threading);

	s->before = THREAD_END;
	s->collation = i->collation;
	buf_init(&s->scratch, BUF_NO_CEILING);
	buf_init(&s->folded, BUF_NO_CEILING);
	imap_arg_thread(args, &s->how, imap_found_new(i, &after, s));
	s->thread = thread_new(s->how == IMAP_THREAD_REFERENCES);
}

const struct imap_handler imap_thread_handler = { read_thread, imap_found_run, imap_found_free };
