#include "directory/anonymous.h"

#include "config/offer.h"
#include "directory/logon_name.h"

bool anonymous_is_name(struct str name)
{
	return str_ieq(name, S("anonymous"));
}

bool anonymous_reads(struct arena *a, struct str name, struct str authzid, struct anonymous_way *ret)
{
	struct failure f = { 0 };
	struct logon_name n;

	if (authzid.len == 0 && anonymous_is_name(name))
		return true;
	if (logon_name_parse(a, name, authzid, &n, &f) != ERR_OK || n.has_domain || !n.public || !anonymous_is_name(n.user))
		return false;
	ret->public = true;
	ret->folder = n.folder;
	return true;
}

struct anonymous_way anonymous_any(const struct config *c, enum service_protocol protocol)
{
	bool public = protocol == PROTOCOL_POP3 && c->anonymous_mailbox.len == 0;

	return (struct anonymous_way){ .config = c, .protocol = protocol, .public = public, .any = public };
}

const char *anonymous_option(enum service_protocol protocol)
{
	return protocol == PROTOCOL_POP3 ? "anonymous.pop3" : protocol == PROTOCOL_NNTP ? "anonymous.nntp" : "anonymous.imap";
}

/* The client learns that it is of no use to try again; what is missing is the administrator's to know. */
static enum err refuse(struct failure *f, enum err e, const char *format, ...) PRINTF_LIKE(3, 4);

static enum err refuse(struct failure *f, enum err e, const char *format, ...)
{
	char reason[sizeof(f->reason)];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	fail(f, e, "anonymous access is not set up here");
	fail_reason(f, "%s", reason);
	return e;
}

static enum err find(struct directory *d, struct str name, struct arena *a, struct entry *ret, struct failure *f)
{
	enum err e = name.len > 0 ? directory_recipient(d, name, a, ret) : directory_public(d, a, ret);

	if (e == ERR_NOTFOUND && name.len == 0)
		return refuse(f, ERR_NOBOX, "there is no public store, and anonymous.mailbox names no mailbox");
	if (e == ERR_NOTFOUND)
		return refuse(f, ERR_NOBOX, "there is no mailbox \"%.*s\", which anonymous.mailbox names", STR_FMT(name));
	if (e == ERR_OK && ret->kind != ENTRY_MAILBOX && ret->kind != ENTRY_PUBLIC)
		return refuse(f, ERR_NOTABOX, "\"%.*s\", which anonymous.mailbox names, is a %s", STR_FMT(name), entry_kind_name(ret->kind));
	return e == ERR_OK ? e : fail(f, e, NULL);
}

static enum err news_need_store(struct failure *f)
{
	*f = (struct failure){ 0 };
	return refuse(f, ERR_NOBOX, "there is no public store, and news is in it alone");
}

/* What is missing is his to say, so he is told. */
static enum err ask_for_folder(struct failure *f, const char *reason)
{
	fail(f, ERR_NOBOX, "say which public folder is to be opened: anonymous\\" LOGON_NAME_PUBLIC "/NAME");
	fail_reason(f, "%s", reason);
	return ERR_NOBOX;
}

static enum err find_public(struct directory *d, const struct anonymous_way *way, struct arena *a, struct entry *ret, struct failure *f)
{
	if (way->protocol != PROTOCOL_POP3) {
		fail(f, ERR_NOTABOX, "a folder is opened by its name through POP3 only; log on as anonymous");
		fail_reason(f, "a public folder was named, which only POP3 opens so");
		return ERR_NOTABOX;
	}
	if (way->folder.len == 0 && !way->any)
		return ask_for_folder(f, "no public folder was named");
	return find(d, S(""), a, ret, f);
}

enum err anonymous_mailbox(struct directory *d, const struct anonymous_way *way, struct arena *a, struct entry *ret, struct failure *f)
{
	bool news = way->protocol == PROTOCOL_NNTP;
	struct str name = news ? S("") : way->config->anonymous_mailbox;
	enum err e;

	if (!offer_nameless(way->config, way->protocol))
		return refuse(f, ERR_MECHANISMOFF, "%s is off", anonymous_option(way->protocol));
	e = way->public ? find_public(d, way, a, ret, f) : find(d, name, a, ret, f);
	if (e == ERR_NOBOX && news)
		return news_need_store(f);
	if (e != ERR_OK)
		return e;
	if (ret->kind == ENTRY_PUBLIC && way->protocol == PROTOCOL_POP3 && !way->public)
		return ask_for_folder(f, "no public folder was named, and anonymous.mailbox names no mailbox");
	if (ret->kind == ENTRY_PUBLIC)
		return ERR_OK;
	if (ret->mailbox.disabled)
		return refuse(f, ERR_BOXOFF, "the mailbox \"%.*s\", which anonymous.mailbox names, is disabled", STR_FMT(name));
	if (ret->mailbox.home.len > 0)
		return refuse(f, ERR_MOVED, "the mailbox \"%.*s\", which anonymous.mailbox names, is on %.*s now", STR_FMT(name),
			STR_FMT(ret->mailbox.home));
	if (way->protocol == PROTOCOL_POP3 ? !ret->mailbox.pop3 : !ret->mailbox.imap)
		return refuse(f, ERR_PROTOCOLOFF, "the protocol is off for the mailbox \"%.*s\", which anonymous.mailbox names", STR_FMT(name));
	return ERR_OK;
}
