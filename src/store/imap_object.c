#include "store/imap_object.h"

#include <openssl/evp.h>

#include "mail/msgid.h"
#include "mail/transfer.h"

#define DIGEST_SHOWN 16u /* octets of it */

static void put_number(struct buf *to, char kind, uint64_t mailbox, const struct item *it)
{
	buf_printf(to, "%c%llx-%llx", kind, (unsigned long long)mailbox, (unsigned long long)it->email);
}

void imap_object_put_email(struct buf *to, uint64_t mailbox, const struct item *it)
{
	put_number(to, 'M', mailbox, it);
}

uint64_t imap_object_get_email(struct str id, uint64_t mailbox)
{
	struct item it = { 0 };
	struct buf again;
	size_t dash = str_find(id, '-');
	bool same;

	for (size_t n = dash + 1; dash != STR_NPOS && n < id.len; n++) {
		int digit = transfer_hex(id.at[n]);

		if (digit < 0 || it.email >> 60 != 0)
			return 0;
		it.email = it.email << 4 | (unsigned)digit;
	}
	buf_init(&again, 64);
	imap_object_put_email(&again, mailbox, &it);
	same = str_eq(buf_str(&again), id);
	buf_done(&again);
	return same ? it.email : 0;
}

/* To look up the algorithm costs more than to use it. */
static const EVP_MD *sha256(void)
{
	static EVP_MD *found;

	if (found == NULL)
		found = EVP_MD_fetch(NULL, "SHA256", NULL);
	must(found != NULL);
	return found;
}

static bool first_id(struct str field, struct buf *to)
{
	return field.len > 0 && msgid_next(&field, to);
}

void imap_object_put_thread(struct buf *to, uint64_t mailbox, const struct item *it, const struct record *record)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	struct record_envelope e = { 0 };
	struct buf id;

	buf_init(&id, RECORD_HEADER_OCTETS_MAX);
	if (!record_envelope(record, 0, &e) ||
		!(first_id(e.references, &id) || first_id(e.in_reply_to, &id) || first_id(e.message_id, &id))) {
		put_number(to, 'T', mailbox, it);
	} else {
		must(EVP_Digest(id.at, id.len, digest, NULL, sha256(), NULL) == 1);
		buf_put_octet(to, 'T');
		for (unsigned i = 0; i < DIGEST_SHOWN; i++)
			buf_printf(to, "%02x", digest[i]);
	}
	buf_done(&id);
}
