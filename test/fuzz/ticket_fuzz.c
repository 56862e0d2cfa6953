/* Tickets: octets that a front made up. With the right key in front, bodies of any shape are read, too. */
#include "ipc/ticket.h"

#include <openssl/hmac.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char key_octets[TICKET_KEY_OCTETS] = "0123456789abcdef0123456789abcde";

static void put_signed(struct buf *to, struct str body)
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	uint32_t n = (uint32_t)body.len;
	unsigned char head[4] = { (unsigned char)n, (unsigned char)(n >> 8), (unsigned char)(n >> 16), (unsigned char)(n >> 24) };

	HMAC(EVP_sha256(), key_octets, TICKET_KEY_OCTETS, (const unsigned char *)body.at, body.len, mac, &length);
	buf_put(to, str_make(head, 4));
	buf_put(to, body);
	buf_put(to, str_make(mac, length));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str key = str_make(key_octets, TICKET_KEY_OCTETS), octets = str_make(data, size);
	const struct ticket_recipient *rows;
	struct arena arena;
	struct buf good;
	struct ticket t;
	size_t count;

	arena_init(&arena, ARENA_NONE);
	(void)!ticket_open(&octets, key, TICKET_LOGON, 0, &t);
	buf_init(&good, BUF_NO_CEILING);
	put_signed(&good, str_make(data, size));
	octets = buf_str(&good);
	(void)!ticket_open(&octets, key, TICKET_LOGON, 0, &t);
	octets = buf_str(&good);
	(void)!ticket_recipients_open(&octets, key, 0, &arena, &rows, &count);
	buf_done(&good);
	arena_done(&arena);
	return 0;
}
