#include "directory/admin_doctor.h"

#include "directory/admin_args.h"
#include "directory/admin_show.h"
#include "directory/anonymous.h"
#include "directory/doctor.h"
#include "io/clock.h"

static void put(json_t *row, const char *name, struct str value)
{
	json_object_set_new(row, name, admin_show_string(value));
}

static bool protocol_from(struct str name, enum service_protocol *ret)
{
	*ret = PROTOCOL_IMAP;
	if (name.len == 0 || str_ieq(name, S("imap")))
		return true;
	*ret = PROTOCOL_HTTP;
	if (str_ieq(name, S("http")))
		return true;
	*ret = PROTOCOL_NNTP;
	if (str_ieq(name, S("nntp")))
		return true;
	*ret = str_ieq(name, S("pop3")) ? PROTOCOL_POP3 : PROTOCOL_SMTP;
	return str_ieq(name, S("pop3")) || str_ieq(name, S("smtp"));
}

static json_t *row_of(const char *step, enum logon_mark mark, const char *detail, const char *mend)
{
	static const char *const marks[] = {
		[LOGON_NOT_REACHED] = "not reached",
		[LOGON_GOOD] = "yes",
		[LOGON_BAD] = "no",
		[LOGON_NOT_CHECKED] = "not checked",
	};
	json_t *row = json_object();

	json_object_set_new(row, "step", json_string(step));
	json_object_set_new(row, "ok", json_string(marks[mark]));
	put(row, "detail", str_from_c(detail));
	put(row, "mend", str_from_c(mend));
	return row;
}

static void put_event(json_t *row, enum logon_event event)
{
	json_object_set_new(row, "code", json_integer(logon_event_row(event)->code));
	json_object_set_new(row, "event", json_string(logon_event_row(event)->name));
}

static void put_walk(const struct logon *l, json_t *rows)
{
	for (size_t s = 0; s < LOGON_STEP_COUNT; s++) {
		const struct logon_note *n = &l->notes[s];
		json_t *row = row_of(logon_step_title((enum logon_step)s), n->mark, n->detail, n->mend);

		if (n->mark == LOGON_BAD)
			put_event(row, logon_event_of(l));
		json_array_append_new(rows, row);
	}
}

/* The first that is wrong; NULL: none is. */
static const struct doctor_finding *put_findings(const struct doctor_finding *f, size_t count, json_t *rows)
{
	const struct doctor_finding *first = NULL;

	for (size_t i = 0; i < count; i++) {
		json_t *row = row_of(f[i].step, f[i].mark, f[i].detail, f[i].mend);

		if (f[i].mark == LOGON_BAD)
			put_event(row, f[i].event);
		if (f[i].mark == LOGON_BAD && first == NULL)
			first = &f[i];
		json_array_append_new(rows, row);
	}
	return first;
}

static struct str sum(struct admin *q, const struct logon *l, const struct logon_grant *g, const struct doctor_finding *wrong)
{
	if (l->failure.code != ERR_OK)
		return arena_printf(&q->arena, "refused at \"%s\": %s", logon_step_title(l->failed_step), l->notes[l->failed_step].detail);
	if (wrong != NULL)
		return arena_printf(&q->arena, "%.*s may open the mailbox \"%.*s\", but not \"%s\": %s", STR_FMT(g->account_name),
			STR_FMT(g->mailbox_name), wrong->step, wrong->detail);
	if (l->query.protocol == PROTOCOL_NNTP)
		return arena_printf(&q->arena, "%.*s may read news: what the lists of public folders give it", STR_FMT(g->account_name));
	return arena_printf(&q->arena, "%.*s may open the %s \"%.*s\"%s", STR_FMT(g->account_name), g->folder.len > 0 ? "folder" : "mailbox",
		STR_FMT(g->mailbox_name), g->rights == 0 ? "" : g->delegate ? " as a delegate" : "");
}

/* The role answers these itself before it comes here (role_audit.c). */
static enum err without_role(struct admin *q)
{
	return fail(q->failure, ERR_UNSUPPORTED, "only a server at work knows that");
}

struct folder_question {
	const struct entry *box; /* whose folder it is */
	struct str folder, who;
	uint64_t account;
	enum access access;
	const struct entry_ids *groups; /* of the account; NULL: none */
};

/* Whether the folder may be read its list says, which the tool asks the store for. */
static void put_question(struct admin *q, const struct folder_question *f)
{
	const struct entry *box = f->box;
	json_t *to = json_object(), *groups = json_array();

	for (size_t i = 0; f->groups != NULL && i < f->groups->count; i++)
		json_array_append_new(groups, json_integer((json_int_t)f->groups->at[i]));
	json_object_set_new(to, "mailbox", json_integer((json_int_t)box->id));
	put(to, "alias", box->kind == ENTRY_PUBLIC ? box->public.alias : box->mailbox.alias);
	put(to, "folder", f->folder);
	put(to, "who", f->who);
	json_object_set_new(to, "account", json_integer((json_int_t)f->account));
	json_object_set_new(to, "access", json_integer(f->access));
	json_object_set_new(to, "groups", groups);
	put_event(to, LOGON_EVENT_no_right);
	json_object_set_new(q->reply, "folder", to);
}

/* Somebody without an account, who is examined by no walk. False: the name is an account's, if it is one. */
static bool examine_nameless(struct admin *q, const struct logon_query *logon, json_t *rows)
{
	struct anonymous_way way = { .config = q->directory->facts != NULL ? *q->directory->facts->config : NULL, .protocol = logon->protocol };
	const char *step = "somebody without an account is let in";
	struct failure f = { 0 };
	struct entry box;
	json_t *row;
	enum err e;

	if (way.config == NULL || !anonymous_reads(&q->arena, logon->name, logon->authzid, &way) || logon->protocol == PROTOCOL_HTTP ||
		logon->protocol == PROTOCOL_SMTP)
		return false;
	e = anonymous_mailbox(q->directory, &way, &q->arena, &box, &f);
	if (e == ERR_OK) {
		json_array_append_new(rows, row_of(step, LOGON_GOOD, "what the lists of its folders give to anyone, see: bourse doctor anonymous", ""));
		if (way.public)
			put_question(q, &(struct folder_question){ .box = &box, .folder = way.folder, .who = S("anyone"), .access = ACCESS_ANYONE });
		put(q->reply, "message", box.kind == ENTRY_PUBLIC ? S("whoever comes without an account sees the public store")
								  : arena_printf(&q->arena, "whoever comes without an account sees the mailbox \"%.*s\"",
									    STR_FMT(box.mailbox.alias)));
		return true;
	}
	row = row_of(step, e == ERR_MECHANISMOFF ? LOGON_NOT_CHECKED : LOGON_BAD, f.reason, "anonymous.imap, anonymous.pop3, anonymous.nntp and anonymous.mailbox in bourse.conf");
	if (e != ERR_MECHANISMOFF) {
		put_event(row, LOGON_EVENT_nothing_to_show);
		put(q->reply, "message", str_from_c(f.reason));
	}
	json_array_append_new(rows, row);
	return e != ERR_MECHANISMOFF;
}

enum err admin_do_doctor_logon(struct admin *q)
{
	struct logon *l = ARENA_NEW(&q->arena, struct logon);
	struct doctor_finding findings[DOCTOR_FINDINGS_MAX];
	struct doctor_query query = { .source = admin_args_str(q, "source"), .mechanism = admin_args_str(q, "mechanism"),
		.tls = admin_args_flag(q, "tls", true), .mono_ms = clock_mono_ms() };
	struct logon_grant g = { 0 };
	json_t *rows = json_array();
	const struct doctor_finding *wrong;
	size_t count;
	enum err e;

	json_object_set_new(q->reply, "rows", rows);
	if (admin_args_flag(q, "follow", false))
		return without_role(q);
	query.logon = (struct logon_query){ .name = admin_args_str(q, "name"), .authzid = admin_args_str(q, "mailbox"),
		.password = admin_args_str(q, "password"), .code = admin_args_str(q, "totp"), .now_seconds = (int64_t)q->now_seconds,
		.client = query.source, .ntlm = str_ieq(query.mechanism, S("NTLM")), .examine = true };
	if (!protocol_from(admin_args_str(q, "protocol"), &query.logon.protocol))
		return fail(q->failure, ERR_SYNTAX, "--protocol must be smtp, pop3, http, nntp or imap");
	if (examine_nameless(q, &query.logon, rows))
		return ERR_OK;
	e = logon_run(l, q->directory, &query.logon, &q->arena, &g);
	if (e == ERR_IO || e == ERR_CORRUPT)
		return fail(q->failure, e, NULL);
	count = doctor_look(q->directory->facts, &query, l, findings);
	wrong = put_findings(findings, count, rows);
	put_walk(l, rows);
	put(q->reply, "message", sum(q, l, &g, wrong));
	if (e == ERR_OK && g.folder.len > 0)
		put_question(q, &(struct folder_question){ .box = &l->mailbox, .folder = g.folder, .who = g.account_name, .account = g.account,
				       .access = right_access(g.rights), .groups = &g.groups });
	return ERR_OK;
}

enum err admin_do_logon_list(struct admin *q)
{
	return without_role(q);
}

enum err admin_do_logon_allow(struct admin *q)
{
	return without_role(q);
}
