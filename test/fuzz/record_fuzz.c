/*
 * A record from anywhere: the accessors stay inside it, checked or not; a checked one prints no more than it holds.
 */
#include "mail/record.h"

#include "mail/record_word.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ROWS_MAX 300u /* an unchecked record may claim any number */

static uint64_t walk_addresses(const struct record *r, struct record_rows rows)
{
	struct record_address a;
	uint64_t octets = 0;

	for (uint32_t i = 0; i < ROWS_MAX && record_address_next(r, &rows, &a); i++)
		octets += a.name.len + a.adl.len + a.mailbox.len + a.host.len;
	return octets;
}

static uint64_t walk_params(const struct record *r, struct record_rows rows)
{
	struct record_rows whole = rows;
	struct record_param p;
	uint64_t octets = 0;

	for (uint32_t i = 0; i < ROWS_MAX && record_param_next(r, &rows, &p); i++)
		octets += p.name.len + p.value.len;
	(void)record_param_value(r, whole, S("charset"));
	return octets;
}

static uint64_t walk_part(const struct record *r, uint32_t i)
{
	struct record_part p;
	struct record_envelope e;
	struct str language;
	uint64_t octets;

	if (!record_part(r, i, &p))
		return 0;
	octets = p.type.len + p.subtype.len + p.filename.len + p.disposition.len + p.description.len;
	octets += walk_params(r, p.params) + walk_params(r, p.disposition_params);
	for (uint32_t n = 0; n < ROWS_MAX && record_language_next(r, &p.languages, &language); n++)
		octets += language.len;
	(void)record_inner(r, i);
	if (!record_envelope(r, p.envelope, &e))
		return octets;
	octets += e.subject.len + e.date.len + e.references.len + walk_addresses(r, e.from);
	return octets + walk_addresses(r, e.to) + walk_addresses(r, e.cc) + walk_addresses(r, e.bcc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str octets = str_make(data, size);
	struct record r;
	uint32_t message = 0, numbers[3] = { 1, 2, 1 }, part;
	uint64_t shown = 0, kept = 0;
	struct record_kept k;
	bool good;

	if (record_open_view(octets, &r) != ERR_OK) {
		must(record_check(octets, size) != ERR_OK);
		return 0;
	}
	good = record_check(octets, r.message_octets) == ERR_OK;
	message = r.message_octets;
	for (uint32_t i = 0; i < r.parts && i < ROWS_MAX; i++)
		shown += walk_part(&r, i);
	for (size_t n = 0; n <= 3; n++) {
		bool found = record_section(&r, numbers, n, &part);

		must(!found || part < r.parts);
	}
	/* Words stand in it as a number; addresses of the sender may be From's. */
	must(!good || shown <= (uint64_t)size * RECORD_WORD_OCTETS_MAX);
	must(!good || !r.tables || shown <= r.text.len);
	while (record_kept_next(&r.kept, &k))
		kept += k.field.len;
	must(!good || (r.kept.len == 0 && kept <= r.message_octets));
	must(!good || record_check(record_split(octets, &r.kept), message) == ERR_OK);
	must(size > RECORD_KEPT_OCTETS_MAX || record_kept_check(octets, size) != ERR_TOOBIG);
	return 0;
}
