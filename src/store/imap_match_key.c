#include "store/imap_match_int.h"

#include "mail/header.h"
#include "store/imap_object.h"
#include "store/imap_text.h"
#include "wire/imap_note.h"

#define SECONDS_DAY 86400
#define ZONE_DAYS   5 /* "+9959" and more */
#define FUZZY_DAYS  8 /* so many days beside a date are too many */
#define FUZZY_PART  5 /* of a size or an age */

/* ---- keys that the folder's own row answers ---- */

static bool has_flag(struct imap_match *c, const struct item *it, unsigned flag)
{
	if (flag == IMAP_RECENT)
		return view_recent(c->view, it->uid);
	return (it->flags & flag) != 0;
}

static int32_t day_of(int64_t seconds)
{
	int64_t days = seconds / SECONDS_DAY - (seconds % SECONDS_DAY < 0);

	return (int32_t)days;
}

/* How many days it would have to be another. */
static uint64_t days_off(const struct imap_search_key *key, int32_t day)
{
	int64_t off = (int64_t)day - key->day;

	switch ((int)key->kind) {
	case IMAP_SEARCH_BEFORE:
	case IMAP_SEARCH_SAVEDBEFORE:
	case IMAP_SEARCH_SENTBEFORE:
		return off < 0 ? 0 : (uint64_t)off + 1;
	case IMAP_SEARCH_SINCE:
	case IMAP_SEARCH_SAVEDSINCE:
	case IMAP_SEARCH_SENTSINCE:
		return off < 0 ? (uint64_t)-off : 0;
	default:
		return off < 0 ? (uint64_t)-off : (uint64_t)off;
	}
}

static uint64_t above(int64_t value, int64_t most)
{
	return value > most ? (uint64_t)value - (uint64_t)most : 0;
}

/* A FUZZY key is met a little by what lies a little beside it (RFC 6203 section 5). */
static enum imap_truth near(
	struct imap_match *c, const struct imap_search_key *key, uint64_t off, uint64_t most)
{
	unsigned score;

	if (!key->fuzzy)
		return imap_match_truth(off == 0);
	score = imap_fuzzy_distance(off, most);
	c->near[key - c->search->keys] = (uint8_t)score;
	return imap_match_truth(score > 0);
}

/* The row does not say in which zone it was sent, nor whether a Date was there at all. */
static bool is_sent_far_off(const struct imap_search_key *key, const struct item *it)
{
	return !key->fuzzy && it->sent != 0 && days_off(key, day_of(it->sent)) > ZONE_DAYS;
}

static enum imap_truth ask_exactly(struct imap_match *c, const struct imap_search_key *key);

enum imap_truth imap_match_item(struct imap_match *c, const struct imap_search_key *key)
{
	const struct item *it = &c->item;

	switch ((int)key->kind) {
	case IMAP_SEARCH_SENTBEFORE:
	case IMAP_SEARCH_SENTON:
	case IMAP_SEARCH_SENTSINCE:
		return is_sent_far_off(key, it) ? IMAP_NO : IMAP_MAYBE;
	case IMAP_SEARCH_BEFORE:
	case IMAP_SEARCH_ON:
	case IMAP_SEARCH_SINCE:
		return near(c, key, days_off(key, day_of(it->date)), FUZZY_DAYS);
	case IMAP_SEARCH_SAVEDBEFORE:
	case IMAP_SEARCH_SAVEDON:
	case IMAP_SEARCH_SAVEDSINCE:
		return near(c, key, days_off(key, day_of(it->saved)), FUZZY_DAYS);
	case IMAP_SEARCH_OLDER:
		return near(c, key, above(it->date, c->now - (int64_t)key->number), key->number / FUZZY_PART);
	case IMAP_SEARCH_YOUNGER:
		return near(c, key, above(c->now - (int64_t)key->number, it->date), key->number / FUZZY_PART);
	case IMAP_SEARCH_LARGER:
		return near(c, key, above((int64_t)key->number, (int64_t)it->octets - 1), key->number / FUZZY_PART);
	case IMAP_SEARCH_SMALLER:
		return near(c, key, above(it->octets, (int64_t)key->number - 1), key->number / FUZZY_PART);
	default:
		return ask_exactly(c, key);
	}
}

static bool is_meant(const struct imap_match *c, const struct imap_search_key *key, const struct annotation *note)
{
	if (note->owner == 0 ? (key->flag & IMAP_NOTE_SHARED) == 0
			     : (key->flag & IMAP_NOTE_PRIVATE) == 0 || note->owner != c->s->user.account)
		return false;
	return imap_note_matches(key->field, note->entry);
}

/* RFC 5257 section 4.8; NIL is what an entry without a value has. Of messages without notes nothing is read. */
static bool note_has(struct imap_match *c, const struct imap_search_key *key, size_t n)
{
	struct annotation_list list = { 0 };
	bool any = false, found = false;
	struct arena a;

	arena_init(&a, ARENA_NONE);
	c->work += c->item.noted ? 20 : 0;
	if (message_notes(c->mailbox, view_folder(c->view), &c->item, &a, &list) != ERR_OK)
		list.count = 0;
	for (size_t k = 0; k < list.count && !found; k++) {
		if (!is_meant(c, key, &list.rows[k]))
			continue;
		any = true;
		buf_clear(&c->text);
		imap_text_fold(c->collation, list.rows[k].value, &c->text);
		found = key->number == 0 && imap_match_finds(c, n, buf_str(&c->text));
	}
	arena_done(&a);
	found = key->number == 0 ? found : !any;
	c->known[n] = found ? KNOWN_YES : KNOWN_NO;
	return found;
}

static enum imap_truth ask_exactly(struct imap_match *c, const struct imap_search_key *key)
{
	const struct item *it = &c->item;
	size_t n = (size_t)(key - c->search->keys);

	switch ((int)key->kind) {
	case IMAP_SEARCH_ALL:
		return IMAP_YES;
	case IMAP_SEARCH_FLAG:
		return imap_match_truth(has_flag(c, it, key->flag));
	case IMAP_SEARCH_NEW:
		return imap_match_truth(view_recent(c->view, it->uid) && (it->flags & ITEM_SEEN) == 0);
	case IMAP_SEARCH_KEYWORD:
		return imap_match_truth(item_keyword(it, c->keywords[n]));
	case IMAP_SEARCH_EMAILID:
		return imap_match_truth(c->emails[n] != 0 && it->email == c->emails[n]);
	case IMAP_SEARCH_MODSEQ:
		return imap_match_truth(it->modseq >= key->modseq);
	case IMAP_SEARCH_UID:
		return imap_match_truth(imap_set_has(&c->sets[n], it->uid));
	case IMAP_SEARCH_SEQ:
		return imap_match_truth(imap_set_has(&c->sets[n], c->seq));
	case IMAP_SEARCH_NOTE:
		return imap_match_truth(note_has(c, key, n));
	default:
		return IMAP_MAYBE;
	}
}

/* ---- keys that the record or the header answers ---- */

static bool contains(struct str text, struct str key)
{
	return key.len == 0 ||
	       (text.len >= key.len && memmem(text.at, text.len, key.at, key.len) != NULL);
}

bool imap_match_finds(struct imap_match *c, size_t n, struct str text)
{
	if (c->fuzzy[n] == NULL)
		return contains(text, c->texts[n]);
	if (c->collation != IMAP_UNICODE_CASEMAP) {
		buf_clear(&c->refolded);
		imap_text_fold(IMAP_UNICODE_CASEMAP, text, &c->refolded);
		text = buf_str(&c->refolded);
	}
	imap_fuzzy_look(c->fuzzy[n], text);
	return imap_fuzzy_score(c->fuzzy[n]) == 100;
}

static bool value_has(struct imap_match *c, struct str value, size_t n)
{
	buf_clear(&c->text);
	imap_text_value(c->collation, value, &c->text);
	return imap_match_finds(c, n, buf_str(&c->text));
}

static bool header_has(struct imap_match *c, struct str name, size_t n)
{
	struct header_walk walk = header_walk(buf_str(&c->header));
	struct header_field field;

	while (header_next(&walk, &field)) {
		if (str_ieq(field.name, name) && value_has(c, field.value, n))
			return true;
	}
	return false;
}

/* All fields of a name are kept, or it is named as one that is left out, or there is none. */
static enum imap_truth kept_has(struct imap_match *c, struct str name, size_t n)
{
	struct str rest = c->kept;
	struct record_kept kept;
	bool found = false;

	if (rest.at == NULL)
		return IMAP_MAYBE;
	while (record_kept_next(&rest, &kept)) {
		if (!str_ieq(kept.name, name))
			continue;
		if (kept.field.at == NULL)
			return IMAP_MAYBE;
		found = found || value_has(c, str_skip(kept.field, str_find(kept.field, ':') + 1), n);
	}
	return imap_match_truth(found);
}

static struct record_rows rows_of(const struct record_envelope *e, enum imap_search_kind kind)
{
	if (kind == IMAP_SEARCH_FROM)
		return e->from;
	if (kind == IMAP_SEARCH_TO)
		return e->to;
	return kind == IMAP_SEARCH_CC ? e->cc : e->bcc;
}

static enum imap_truth envelope_has(struct imap_match *c, const struct imap_search_key *key, size_t n)
{
	static const struct str names[IMAP_SEARCH_KIND_COUNT] = {
		[IMAP_SEARCH_BCC] = S_INIT("Bcc"),
		[IMAP_SEARCH_CC] = S_INIT("Cc"),
		[IMAP_SEARCH_FROM] = S_INIT("From"),
		[IMAP_SEARCH_TO] = S_INIT("To"),
		[IMAP_SEARCH_SUBJECT] = S_INIT("Subject"),
	};
	struct record_envelope e;

	if (c->record.flags & RECORD_OPAQUE)
		return c->has_header ? imap_match_truth(header_has(c, names[key->kind], n)) : IMAP_MAYBE;
	if (!record_envelope(&c->record, 0, &e))
		return IMAP_NO;
	buf_clear(&c->text);
	if (key->kind == IMAP_SEARCH_SUBJECT && e.subject.at == NULL)
		return IMAP_NO;
	if (key->kind == IMAP_SEARCH_SUBJECT) {
		imap_text_value(c->collation, e.subject, &c->text);
		return imap_match_truth(imap_match_finds(c, n, buf_str(&c->text)));
	}
	imap_text_addresses(c->collation, &c->record, rows_of(&e, key->kind), &c->line, &c->text);
	return imap_match_truth(c->text.len > 0 && imap_match_finds(c, n, buf_str(&c->text)));
}

/* RFC 3501 section 6.4.4: the day as the sender wrote it, whatever the zone. */
static enum imap_truth sent_matches(struct imap_match *c, const struct imap_search_key *key)
{
	struct record_envelope e;
	int32_t day;

	if (!record_envelope(&c->record, 0, &e) || !e.sent_valid)
		return IMAP_NO;
	day = day_of(e.sent_seconds + (int64_t)e.sent_zone_minutes * 60);
	return near(c, key, days_off(key, day), FUZZY_DAYS);
}

static bool text_in_header(struct imap_match *c, size_t n)
{
	if (!c->folded_made) {
		buf_clear(&c->folded);
		imap_text_header(c->collation, buf_str(&c->header), &c->folded);
		c->folded_made = true;
	}
	return imap_match_finds(c, n, buf_str(&c->folded));
}

/* Object ids are compared as they stand (RFC 8474 section 7). */
static bool is_in_thread(struct imap_match *c, struct str id)
{
	buf_clear(&c->line);
	imap_object_put_thread(&c->line, mailbox_id(c->mailbox), &c->item, &c->record);
	return str_eq(buf_str(&c->line), id);
}

static enum imap_truth ask_record(
	struct imap_match *c, const struct imap_search_key *key, size_t n)
{
	switch ((int)key->kind) {
	case IMAP_SEARCH_SENTBEFORE:
	case IMAP_SEARCH_SENTON:
	case IMAP_SEARCH_SENTSINCE:
		return sent_matches(c, key);
	case IMAP_SEARCH_THREADID:
		return imap_match_truth(is_in_thread(c, key->text));
	case IMAP_SEARCH_HEADER:
		return c->has_header ? imap_match_truth(header_has(c, key->field, n)) : kept_has(c, key->field, n);
	case IMAP_SEARCH_TEXT:
		return c->has_header && text_in_header(c, n) ? IMAP_YES : IMAP_MAYBE;
	case IMAP_SEARCH_BODY:
		return IMAP_MAYBE;
	default:
		return envelope_has(c, key, n);
	}
}

enum imap_truth imap_match_record(struct imap_match *c, const struct imap_search_key *key, size_t n)
{
	enum imap_truth t;

	if (c->fuzzy[n] == NULL)
		return ask_record(c, key, n);
	imap_fuzzy_begin(c->fuzzy[n]);
	t = ask_record(c, key, n);
	return t == IMAP_MAYBE ? t : imap_match_truth(imap_fuzzy_score(c->fuzzy[n]) > 0);
}
