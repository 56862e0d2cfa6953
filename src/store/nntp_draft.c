#include "store/nntp_draft.h"

#include "base/date.h"
#include "base/utf8.h"
#include "mail/address.h"
#include "mail/header.h"
#include "mail/maildate.h"
#include "store/article.h"
#include "wire/nntp.h"

#define VALUE_OCTETS_MAX ((size_t)16 << 10) /* of a field that is looked at */

enum field { FROM, NEWSGROUPS, SUBJECT, DATE, ID, PATH, APPROVED, INJECTION_DATE, FIELDS };

static const char *const names[FIELDS] = { "From", "Newsgroups", "Subject", "Date", "Message-ID", "Path", "Approved", "Injection-Date" };

/* What else may stand in an article once only (RFC 5536 section 3). */
static const char *const single[] = { "Sender", "Reply-To", "References", "Followup-To", "Expires", "Distribution", "Organization", "Summary", "Keywords",
	"Archive", "User-Agent", "MIME-Version", "Content-Type", "Content-Transfer-Encoding" };

/* What the poster may not say: only a server does, or it would act on other articles. */
static const struct {
	const char *name, *why;
} refused[] = {
	{ "Control", "control messages are not taken" },
	{ "Also-Control", "control messages are not taken" },
	{ "Supersedes", "articles that replace others are not taken; delete the old one and post the new one" },
	{ "Xref", "Xref is for the server to add" },
	{ "Injection-Info", "the article was posted elsewhere already: it has Injection-Info" },
	{ "NNTP-Posting-Host", "the article was posted elsewhere already: it has NNTP-Posting-Host" },
	{ "Bcc", "Bcc is for mail: everybody would read it" },
};

struct reading {
	struct arena *arena;
	struct str values[FIELDS]; /* raw; at NULL: absent */
	uint32_t singles;          /* bits of those seen */
};

/* ---- octets ---- */

static const char *check_lines(struct str article)
{
	size_t line = 0;

	for (size_t i = 0; i < article.len; i++) {
		if (article.at[i] == '\n')
			line = 0;
		else if (article.at[i] != '\r' && ++line > NNTP_DRAFT_LINE_OCTETS_MAX)
			return "a line is longer than 998 octets";
	}
	return NULL;
}

static bool is_text(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if ((c < ' ' && c != '\t' && c != '\r' && c != '\n') || c == 0x7f)
			return false;
	}
	return utf8_valid(s);
}

static bool is_blank(struct str value)
{
	return str_trim(value).len == 0;
}

/* ---- fields ---- */

static const char *take_known(struct reading *r, const struct header_field *f)
{
	for (size_t i = 0; i < FIELDS; i++) {
		if (!str_ieq(f->name, str_from_c(names[i])))
			continue;
		if (r->values[i].at != NULL)
			return arena_printf(r->arena, "%s stands in it twice", names[i]).at;
		r->values[i] = f->value;
	}
	for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++) {
		if (!str_ieq(f->name, str_from_c(single[i])))
			continue;
		if ((r->singles & 1u << i) != 0)
			return arena_printf(r->arena, "%s stands in it twice", single[i]).at;
		r->singles |= 1u << i;
	}
	return NULL;
}

static const char *take_field(struct reading *r, const struct header_field *f)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (str_ieq(f->name, str_from_c(refused[i].name)))
			return refused[i].why;
	}
	if (f->value.at != f->name.at + f->name.len + 1)
		return "a blank stands before the colon of a field";
	if (f->value.len > 0 && !ascii_is_wsp(f->value.at[0]) && f->value.at[0] != '\r')
		return "no blank stands behind the colon of a field";
	if (!is_text(f->value))
		return "a field holds controls, or octets that are not UTF-8";
	return take_known(r, f);
}

static const char *take_fields(struct reading *r, struct str article)
{
	bool empty_line;
	size_t length = header_octets(article, &empty_line);
	struct header_walk walk = header_walk(str_sub(article, 0, length));
	struct header_field field;
	const char *why = NULL;

	if (length == 0 || !header_line_is_field(str_sub(article, 0, str_find(article, '\r'))))
		return "the article begins with no field of a header";
	if (!empty_line)
		return length < article.len ? "a line of the header is no field" : "no empty line stands behind the header";
	while (why == NULL && header_next(&walk, &field))
		why = take_field(r, &field);
	return why;
}

static struct str unfolded(struct reading *r, enum field f)
{
	struct buf value;
	struct str ret;

	buf_init(&value, VALUE_OCTETS_MAX);
	header_unfold(str_sub(r->values[f], 0, VALUE_OCTETS_MAX), &value);
	ret = value.len > 0 ? arena_str(r->arena, str_trim(buf_str(&value))) : S("");
	buf_done(&value);
	return ret;
}

/* ---- what they say ---- */

static const char *check_from(struct reading *r)
{
	struct address_list list;
	struct address address;
	bool found = false, bad = false;

	address_list_init(&list, r->values[FROM]);
	while (address_list_next(&list, &address)) {
		found |= address.kind == ADDRESS_MAILBOX;
		bad |= address.kind != ADDRESS_MAILBOX || address.mailbox.len == 0 || address.host.len == 0;
	}
	address_list_done(&list);
	return !found || bad ? "From holds no address, or one without a domain" : NULL;
}

static const char *add_group(struct reading *r, struct nntp_draft *d, struct str name)
{
	if (!nntp_is_group(name))
		return arena_printf(r->arena, "Newsgroups names no newsgroup: %.*s", STR_FMT(str_sub(name, 0, 100))).at;
	for (size_t i = 0; i < d->groups_count; i++) {
		if (str_eq(d->groups[i], name))
			return NULL;
	}
	if (d->groups_count == NNTP_DRAFT_GROUPS_MAX)
		return "Newsgroups names more than 20 newsgroups";
	d->groups[d->groups_count++] = name;
	return NULL;
}

static const char *take_groups(struct reading *r, struct nntp_draft *d)
{
	struct str rest = unfolded(r, NEWSGROUPS), name;
	const char *why = NULL;

	while (why == NULL && str_cut(&rest, ',', &name))
		why = add_group(r, d, str_trim(name));
	return why != NULL ? why : add_group(r, d, str_trim(rest));
}

static const char *check_date(struct reading *r, enum field f, int64_t now)
{
	struct maildate date;

	if (maildate_get(r->values[f], &date) != ERR_OK)
		return arena_printf(r->arena, "%s holds no date", names[f]).at;
	return date.seconds > now + NNTP_DRAFT_FUTURE_S ? arena_printf(r->arena, "%s is more than a day ahead", names[f]).at : NULL;
}

static const char *take_id(struct reading *r, struct nntp_draft *d)
{
	d->message_id = unfolded(r, ID);
	return article_id_valid(d->message_id) ? NULL : "Message-ID is none that can name an article";
}

static const char *check_path(struct reading *r)
{
	return str_find_str(r->values[PATH], S("!.POSTED")) != STR_NPOS ? "the article was posted elsewhere already: its Path says so" : NULL;
}

static const char *take_optional(struct reading *r, int64_t now, struct nntp_draft *d)
{
	const char *why = NULL;

	d->has_date = r->values[DATE].at != NULL;
	d->has_injection_date = r->values[INJECTION_DATE].at != NULL;
	d->approved = r->values[APPROVED].at != NULL;
	if (d->has_date)
		why = check_date(r, DATE, now);
	if (why == NULL && d->has_injection_date)
		why = check_date(r, INJECTION_DATE, now);
	if (why == NULL && r->values[ID].at != NULL)
		why = take_id(r, d);
	if (why == NULL && r->values[PATH].at != NULL)
		why = check_path(r);
	if (why == NULL && d->approved && is_blank(r->values[APPROVED]))
		why = "Approved is empty";
	return why;
}

const char *nntp_draft_read(struct arena *a, struct str article, int64_t now_seconds, struct nntp_draft *ret)
{
	struct reading r = { .arena = a };
	const char *why;

	*ret = (struct nntp_draft){ .message_id = S("") };
	why = article.len == 0 ? "the article is empty" : check_lines(article);
	if (why == NULL)
		why = take_fields(&r, article);
	for (size_t f = FROM; why == NULL && f <= SUBJECT; f++) {
		if (r.values[f].at == NULL || is_blank(r.values[f]))
			why = arena_printf(a, "%s is missing", names[f]).at;
	}
	if (why == NULL)
		why = check_from(&r);
	if (why == NULL)
		why = take_groups(&r, ret);
	return why != NULL ? why : take_optional(&r, now_seconds, ret);
}

/* ---- what the server adds ---- */

static void put_path(struct str article, struct str host, struct buf *to)
{
	struct header_field field;
	struct str own = S("not-for-mail");

	if (header_find(str_sub(article, 0, header_octets(article, NULL)), S("Path"), &field) && !is_blank(field.value))
		own = str_trim(field.value);
	buf_printf(to, "Path: %.*s!.POSTED!%.*s\r\n", STR_FMT(host), STR_FMT(own));
}

static void put_date(const char *name, int64_t now, struct buf *to)
{
	buf_put_c(to, name);
	buf_put(to, S(": "));
	date_put_rfc5322(to, now);
	buf_put(to, S("\r\n"));
}

void nntp_draft_put(const struct nntp_draft *d, struct str article, const struct nntp_draft_by *by, struct buf *to)
{
	size_t length = header_octets(article, NULL);
	struct header_walk walk = header_walk(str_sub(article, 0, length));
	struct header_field field;

	put_path(article, by->host, to);
	if (d->message_id.len == 0)
		buf_printf(to, "Message-ID: %.*s\r\n", STR_FMT(by->message_id));
	if (!d->has_date)
		put_date("Date", by->now_seconds, to);
	/* RFC 5537 section 3.5, 11.: one that has both may have been posted in several places. */
	if (!d->has_injection_date && (d->message_id.len == 0 || !d->has_date))
		put_date("Injection-Date", by->now_seconds, to);
	buf_printf(to, "Injection-Info: %.*s", STR_FMT(by->host));
	if (by->account.len > 0)
		buf_printf(to, "; posting-account=\"%.*s\"", STR_FMT(by->account));
	buf_put(to, S("\r\n"));
	while (header_next(&walk, &field)) {
		if (!str_ieq(field.name, S("Path")))
			buf_put(to, field.whole);
	}
	buf_put(to, S("\r\n"));
	buf_put(to, str_skip(article, length));
}
