#include "store/imap_transfer.h"

#include "base/mem.h"
#include "store/imap_note.h"

#define STEP_OCTETS ((size_t)4 << 20) /* read in one step */

/* One message on its way. */
struct freight {
	struct buf octets;
	struct str record, *keywords;
	struct annotation_list notes;
	size_t keywords_count;
	uint32_t uid;
	uint8_t flags;
	int64_t date;
};

struct imap_transfer {
	struct imap_transfer_request request;
	struct arena arena; /* of records and keywords */
	struct freight *freights;
	size_t count, at; /* at: of the request's uids */
	uint64_t octets, held;
	bool begun, asked, expunging, gone;
	enum err result;
	const char *code;
};

struct imap_transfer *imap_transfer_new(const struct imap_transfer_request *request)
{
	struct imap_transfer *t = MEM_NEW(struct imap_transfer);

	t->request = *request;
	arena_init(&t->arena, ARENA_NONE);
	t->freights = mem_new((request->count + 1) * sizeof(*t->freights));
	return t;
}

void imap_transfer_free(struct imap *i, struct imap_transfer *t)
{
	if (t == NULL)
		return;
	for (size_t n = 0; n < t->count; n++)
		buf_done(&t->freights[n].octets);
	if (i->s->budget != NULL)
		i->s->budget->held -= t->held;
	mem_free(t->freights);
	arena_done(&t->arena);
	mem_free(t);
}

/* ---- reading ---- */

/* What all of it takes is known before anything is read. */
static enum err judge(struct imap *i, struct imap_transfer *t)
{
	struct session_budget *budget = i->s->budget;
	uint64_t octets = 0;

	if (t->request.count > APPEND_SET_MAX)
		return ERR_LIMIT;
	for (size_t n = 0; n < t->request.count; n++) {
		const struct item *it = view_item(i->view, view_seq(i->view, t->request.uids[n]));

		octets += it != NULL ? it->octets : 0;
	}
	if (t->request.count > 1 && octets > APPEND_SET_OCTETS_MAX)
		return ERR_LIMIT;
	if (!mailbox_has_room(imap_mailbox(i), t->request.count, octets))
		return ERR_QUOTA;
	if (budget == NULL)
		return ERR_OK;
	if (budget->held > budget->max || octets > budget->max - budget->held)
		return ERR_BUSY;
	budget->held += octets;
	t->held = octets;
	return ERR_OK;
}

static void take_keywords(struct imap *i, struct imap_transfer *t, const struct item *it, struct freight *f)
{
	f->keywords = ARENA_ARRAY(&t->arena, struct str, ITEM_KEYWORDS_MAX);
	for (unsigned n = 0; n < ITEM_KEYWORDS_MAX; n++) {
		struct str word = folder_keyword(view_mailbox(i->view), view_folder(i->view), n);

		if (word.len == 0)
			break;
		if (item_keyword(it, n))
			f->keywords[f->keywords_count++] = arena_str(&t->arena, word);
	}
}

static enum err take(struct imap *i, struct imap_transfer *t, const struct item *it)
{
	struct freight *f = &t->freights[t->count++];
	enum err e;

	*f = (struct freight){ .uid = it->uid, .date = it->date,
		.flags = (uint8_t)(it->flags & imap_rights_flags(t->request.rights)) };
	buf_init(&f->octets, BUF_NO_CEILING);
	if (t->request.rights & ACL_WRITE)
		take_keywords(i, t, it, f);
	e = message_read(view_mailbox(i->view), it, 0, it->octets, &f->octets);
	if (e == ERR_OK && f->octets.len != it->octets)
		e = ERR_UNREADABLE;
	if (e == ERR_OK)
		e = message_record(view_mailbox(i->view), it, &t->arena, &f->record);
	if (e == ERR_OK)
		e = imap_note_carried(i, it, t->request.rights, &t->arena, &f->notes);
	t->octets += f->octets.len + f->record.len;
	return e;
}

/* ERR_NEEDMORE: there are others. */
static enum err take_some(struct imap *i, struct imap_transfer *t)
{
	uint64_t until = t->octets + STEP_OCTETS;

	while (t->at < t->request.count) {
		const struct item *it = view_item(i->view, view_seq(i->view, t->request.uids[t->at]));
		enum err e = ERR_OK;

		t->at++;
		if (it == NULL)
			t->gone = true;
		else
			e = take(i, t, it);
		if (e != ERR_OK)
			return e;
		if (t->octets >= until)
			break;
	}
	return t->at < t->request.count ? ERR_NEEDMORE : ERR_OK;
}

/* ---- writing ---- */

/* RFC 4315 section 3: COPYUID uidvalidity source target. */
static const char *copy_code(struct imap *i, const struct imap_transfer *t, const struct mailbox_result *r)
{
	uint32_t *uids = ARENA_ARRAY(&i->arena, uint32_t, t->count + 1);
	const char *code;
	struct buf b;

	for (size_t n = 0; n < t->count; n++)
		uids[n] = t->freights[n].uid;
	buf_init(&b, BUF_NO_CEILING);
	buf_printf(&b, "COPYUID %u ", r->uidvalidity);
	imap_set_put_numbers(&b, uids, t->count);
	buf_put_octet(&b, ' ');
	imap_set_put_numbers(&b, r->new_uids, r->count);
	code = arena_str(&i->arena, buf_str(&b)).at;
	buf_done(&b);
	return code;
}

static void on_added(void *arg, enum err e, const struct mailbox_result *result)
{
	struct session *s = arg;
	struct imap_transfer *t = imap_of(s)->transfer;

	t->result = e;
	if (e == ERR_OK && result->new_uids != NULL)
		t->code = copy_code(imap_of(s), t, result);
	session_answered(s);
}

static void on_expunged(void *arg, enum err e, const struct mailbox_result *result)
{
	struct session *s = arg;

	imap_of(s)->transfer->result = e;
	session_answered(s);
}

static enum step add(struct imap *i, struct imap_transfer *t)
{
	struct append_request *requests = mem_new((t->count + 1) * sizeof(*requests));
	struct append_set set = { .requests = requests, .count = t->count, .reader = imap_user(i)->account };

	for (size_t n = 0; n < t->count; n++) {
		const struct freight *f = &t->freights[n];

		requests[n] = (struct append_request){ .folder = t->request.folder, .flags = f->flags, .keywords = f->keywords,
			.keywords_count = f->keywords_count, .date = f->date, .octets = buf_str(&f->octets), .record = f->record,
			.poster = imap_rights_poster(i), .notes = f->notes };
	}
	t->asked = true;
	session_asked(i->s);
	mailbox_append_set(imap_mailbox(i), &set, on_added, i->s);
	mem_free(requests);
	return STEP_PEER;
}

static enum step expunge(struct imap *i, struct imap_transfer *t)
{
	uint32_t *uids = ARENA_ARRAY(&i->arena, uint32_t, t->count + 1);
	struct expunge_request request = { .folder = view_folder(i->view), .list = { uids, t->count } };

	for (size_t n = 0; n < t->count; n++)
		uids[n] = t->freights[n].uid;
	t->expunging = true;
	session_asked(i->s);
	mailbox_expunge(view_mailbox(i->view), &request, on_expunged, i->s);
	return STEP_PEER;
}

static enum step end(struct imap_transfer *t, enum err e, struct imap_transfer_end *ret)
{
	*ret = (struct imap_transfer_end){ .over = true, .result = e, .code = t->code };
	return STEP_AGAIN;
}

enum step imap_transfer_step(struct imap *i, struct imap_transfer *t, struct imap_transfer_end *ret)
{
	enum err e = t->result;

	ret->over = false;
	if (t->asked) {
		if (e == ERR_OK && t->request.move && !t->expunging)
			return expunge(i, t);
		return end(t, e, ret);
	}
	if (!t->begun) {
		t->begun = true;
		e = judge(i, t);
		if (e != ERR_OK)
			return end(t, e, ret);
	}
	e = take_some(i, t);
	if (e == ERR_NEEDMORE)
		return STEP_AGAIN;
	/* COPY is all or nothing; of UIDs those that are gone are passed over. */
	if (e == ERR_OK && t->gone && !i->command.uid && !t->request.move)
		e = ERR_EXPUNGED;
	if (e != ERR_OK || t->count == 0)
		return end(t, e, ret);
	return add(i, t);
}
