/* Packets between bourse and the server: what was put is got; anything cut, longer or odd is refused. */
#include "ipc/control.h"

#include "tap.h"

static void test_request(void)
{
	struct control_request q = { S("account add"), S("{\"name\":\"a\"}") }, got;
	struct buf packet, large;

	buf_init(&packet, CONTROL_PACKET_OCTETS_MAX);
	OK(control_request_put(&q, &packet) == ERR_OK && control_request_get(buf_str(&packet), &got) == ERR_OK, "a request");
	IS_STR(got.verb, q.verb);
	IS_STR(got.json, q.json);
	for (size_t n = 0; n < packet.len; n++)
		OK(control_request_get(str_sub(buf_str(&packet), 0, n), &got) == ERR_PEER, "cut at %zu", n);
	buf_put_octet(&packet, 'x');
	OK(control_request_get(buf_str(&packet), &got) == ERR_PEER, "an octet too many");
	buf_clear(&packet);
	buf_init(&large, CONTROL_PACKET_OCTETS_MAX);
	memset(buf_room(&large, CONTROL_PACKET_OCTETS_MAX), 'x', CONTROL_PACKET_OCTETS_MAX);
	buf_added(&large, CONTROL_PACKET_OCTETS_MAX);
	q.json = buf_str(&large);
	OK(control_request_put(&q, &packet) == ERR_TOOBIG, "larger than a packet");
	buf_done(&large);
	buf_done(&packet);
}

static void test_reply(void)
{
	struct control_reply a = { true, S("{}") }, got;
	struct buf packet;

	buf_init(&packet, CONTROL_PACKET_OCTETS_MAX);
	OK(control_reply_put(&a, &packet) == ERR_OK && control_reply_get(buf_str(&packet), &got) == ERR_OK, "a reply");
	OK(got.more, "more follow");
	IS_STR(got.json, S("{}"));
	for (size_t n = 0; n < packet.len; n++)
		OK(control_reply_get(str_sub(buf_str(&packet), 0, n), &got) == ERR_PEER, "cut at %zu", n);
	packet.at[0] = 2;
	OK(control_reply_get(buf_str(&packet), &got) == ERR_PEER, "a flag that is neither");
	buf_done(&packet);
}

int main(void)
{
	test_request();
	test_reply();
	return tap_done();
}
