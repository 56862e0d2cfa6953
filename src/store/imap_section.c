#include "store/imap_section.h"

#include "mail/header.h"
#include "wire/imap_write.h"

bool imap_section_needs_record(const struct imap_section *section)
{
	return section->parts_count > 0 || section->what != IMAP_SECTION_ALL ||
	       section->name == IMAP_NAME_BINARY || section->name == IMAP_NAME_BINARY_SIZE;
}

static enum err read_range(
	struct mailbox *m, const struct item *it, uint64_t at, uint64_t octets, struct buf *to)
{
	buf_clear(to);
	if (octets > RECORD_HEADER_OCTETS_MAX)
		octets = RECORD_HEADER_OCTETS_MAX;
	return octets > 0 ? message_read(m, it, at, octets, to) : ERR_OK;
}

/* A message that was kept without a record: its header is looked for now. */
static enum err measure(
	struct mailbox *m, const struct item *it, struct record_part *p, struct buf *scratch)
{
	enum err e = read_range(m, it, 0, it->octets, scratch);

	if (e != ERR_OK)
		return e;
	p->header_at = 0;
	p->header_octets = (uint32_t)header_octets(buf_str(scratch), NULL);
	p->body_at = p->header_octets;
	p->body_octets = it->octets - p->header_octets;
	return ERR_OK;
}

static bool is_wanted(const struct imap_section *section, struct str name)
{
	bool found = false;

	for (size_t i = 0; i < section->fields_count && !found; i++)
		found = str_ieq(section->fields[i], name);
	return found == (section->what == IMAP_SECTION_FIELDS);
}

/* Fields as they stand, and the empty line behind them. */
static enum err make_fields(struct mailbox *m, const struct item *it, const struct record_part *p,
	const struct imap_section *section, struct imap_source *ret)
{
	struct buf header;
	struct header_field field;
	struct header_walk walk;
	enum err e;

	buf_init(&header, RECORD_HEADER_OCTETS_MAX);
	e = read_range(m, it, p->header_at, p->header_octets, &header);
	buf_clear(&ret->text);
	walk = header_walk(buf_str(&header));
	while (e == ERR_OK && header_next(&walk, &field)) {
		if (is_wanted(section, field.name))
			buf_put(&ret->text, field.whole);
	}
	buf_put(&ret->text, S("\r\n"));
	buf_done(&header);
	ret->made = true;
	ret->at = 0;
	ret->octets = ret->text.len;
	return e;
}

bool imap_section_part(const struct record *r, const struct imap_section *section, struct record_part *ret)
{
	uint32_t part = 0;

	if (section->parts_count > 0) {
		if (!record_section(r, section->parts, section->parts_count, &part))
			return false;
		if (section->what != IMAP_SECTION_ALL && section->what != IMAP_SECTION_MIME)
			part = record_inner(r, part);
	}
	return part != RECORD_NONE && record_part(r, part, ret);
}

static void set_range(struct imap_source *ret, uint64_t at, uint64_t octets)
{
	ret->at = at;
	ret->octets = octets;
}

static enum err find_whole(struct mailbox *m, const struct item *it, const struct record *r,
	const struct imap_section *section, struct imap_source *ret)
{
	struct record_part p;
	enum err e = ERR_OK;

	if (section->parts_count == 0 && section->what == IMAP_SECTION_ALL) {
		set_range(ret, 0, it->octets);
		return ERR_OK;
	}
	if (!imap_section_part(r, section, &p)) {
		ret->nil = true;
		return ERR_OK;
	}
	if ((r->flags & RECORD_OPAQUE) && section->parts_count == 0)
		e = measure(m, it, &p, &ret->text);
	if (e != ERR_OK)
		return e;
	switch (section->what) {
	case IMAP_SECTION_ALL:
	case IMAP_SECTION_TEXT:
		set_range(ret, p.body_at, p.body_octets);
		return ERR_OK;
	case IMAP_SECTION_HEADER:
	case IMAP_SECTION_MIME:
		set_range(ret, p.header_at, p.header_octets);
		return ERR_OK;
	case IMAP_SECTION_FIELDS:
	case IMAP_SECTION_FIELDS_NOT:
		return make_fields(m, it, &p, section, ret);
	}
	return ERR_OK;
}

enum err imap_section_find(struct mailbox *m, const struct item *it, const struct record *record,
	const struct imap_section *section, struct imap_source *ret)
{
	enum err e;

	ret->nil = ret->made = false;
	set_range(ret, 0, 0);
	e = find_whole(m, it, record, section, ret);
	if (e != ERR_OK || !section->partial)
		return e;
	if (section->from >= ret->octets) {
		set_range(ret, 0, 0);
		return ERR_OK;
	}
	ret->at += section->from;
	ret->octets -= section->from;
	if (ret->octets > section->octets)
		ret->octets = section->octets;
	return ERR_OK;
}

bool imap_section_may_be_kept(const struct imap_section *section)
{
	return section->what == IMAP_SECTION_FIELDS && section->parts_count == 0 && !section->partial;
}

bool imap_section_reads_message(const struct imap_section *section)
{
	return section->what == IMAP_SECTION_ALL || section->what == IMAP_SECTION_TEXT;
}

bool imap_section_is_kept(const struct imap_section *section, struct str kept)
{
	struct record_kept k;
	bool is = kept.at != NULL;

	while (is && record_kept_next(&kept, &k))
		is = k.field.at != NULL || !is_wanted(section, k.name);
	return is && kept.len == 0;
}

void imap_section_put_kept(struct buf *to, const struct imap_section *section, struct str kept)
{
	struct str rest = kept;
	struct record_kept k;
	uint64_t octets = 2;

	while (record_kept_next(&rest, &k))
		octets += is_wanted(section, k.name) ? k.field.len : 0;
	imap_put_literal_size(to, octets);
	while (record_kept_next(&kept, &k)) {
		if (is_wanted(section, k.name))
			buf_put(to, k.field);
	}
	buf_put(to, S("\r\n"));
}
