#include "parser/parser.h"

#include <sys/resource.h>

#include "io/file.h"
#include "mail/charset.h"
#include "mail/record.h"

#define MESSAGE_OCTETS_MAX  ((size_t)1 << 30)
#define RECORD_OCTETS_MAX   ((size_t)16 << 20)
#define RECORD_INLINE_MAX   ((size_t)60 << 10)
#define WORKER_CPU_SECONDS  5     /* of a life that the sandbox would end at 10 */
#define WORKER_MESSAGES_MAX 10000
#define SMALL_MESSAGES      16

struct parser {
	unsigned messages;
};

static struct parser the_parser; /* one in a process */

static enum err open_parser(struct role_env *env, struct failure *f)
{
	env->state = &the_parser;
	return ERR_OK;
}

static enum err make_record_of(int message_fd, struct buf *record)
{
	struct str message;
	enum err e = fd_map(message_fd, MESSAGE_OCTETS_MAX, &message);

	if (e != ERR_OK)
		return e;
	e = record_make(message, record);
	fd_unmap(&message);
	return e;
}

static enum err make_record(const struct msg *q, struct buf *record)
{
	if (q->parse.octets.len > 0)
		return record_make(q->parse.octets, record);
	/* Unsealed, it could be made shorter under our mapping. */
	return q->fd_count == 2 && memfd_is_sealed(q->fds[0]) ? make_record_of(q->fds[0], record) : ERR_PEER;
}

static void do_parse(struct link *from, struct msg *q)
{
	struct msg answer = { .id = MSG_parsed, .parsed = { .request = q->parse.request } };
	struct msg_parsed *a = &answer.parsed;
	struct buf record;

	buf_init(&record, RECORD_OCTETS_MAX);
	a->code = make_record(q, &record);
	if (a->code == ERR_OK) {
		a->record_octets = record.len;
		if (record.len <= RECORD_INLINE_MAX)
			a->record = buf_str(&record);
		else
			a->code = q->fd_count == 2 ? memfd_add(q->fds[1], buf_str(&record)) : ERR_NEEDMORE;
	}
	link_send(from, &answer);
	buf_done(&record);
}

static bool is_worn_out(struct parser *parser, bool small)
{
	struct rusage used;

	if (++parser->messages >= WORKER_MESSAGES_MAX)
		return true;
	/* Small ones cannot bring us from here to the kernel's limit, so many at a time. */
	if (small && parser->messages % SMALL_MESSAGES != 0)
		return false;
	return getrusage(RUSAGE_SELF, &used) == 0 && used.ru_utime.tv_sec + used.ru_stime.tv_sec >= WORKER_CPU_SECONDS;
}

static void on_message(struct role_env *env, struct link *from, struct msg *m)
{
	if (m->id != MSG_parse)
		return;
	do_parse(from, m);
	/* What is in its channels already may be answered in this turn; the rest is asked again elsewhere. */
	if (is_worn_out(env->state, m->parse.octets.len > 0))
		role_stopped(env);
}

const struct role_def parser_role = {
	.role = ROLE_PARSER,
	.profile = SANDBOX_PARSER,
	.prepare = charset_prepare,
	.open = open_parser,
	.message = on_message,
};
