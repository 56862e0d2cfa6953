/*
 * A POP3 session over an INBOX of three messages, fed with the input: the first octet says how it
 * is cut. Whatever comes, the session ends when the client has nothing more to say.
 */
#include "../unit/store/session_kit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kit k;

	if (size < 1 || size > 65536)
		return 0;
	kit_open(&k, SERVICE_POP3);
	kit_append(&k, "INBOX", S("Subject: a\r\n\r\n.dot\r\n"), 0);
	kit_append(&k, "INBOX", S("Subject: b\r\n\r\nno end"), 0);
	kit_append(&k, "INBOX", S("x"), 0);
	kit_feed(&k.clients[0], str_make(data + 1, size - 1), data[0]);
	kit_close(&k);
	return 0;
}
