/* Messages between roles: any octets, as from every role to every other. */
#include "ipc/control.h"
#include "ipc/messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct control_request request;
	struct control_reply reply;
	struct buf printed;
	struct str octets;
	struct msg m;

	if (size < 1)
		return 0;
	octets = str_make(data + 1, size - 1);
	buf_init(&printed, PEER_MESSAGE_OCTETS_MAX);
	if (msg_decode(octets, (enum role)(data[0] & 7), (enum role)(data[0] >> 4 & 7), &m) == ERR_OK) {
		struct buf again;

		msg_print(&m, &printed);
		buf_init(&again, BUF_NO_CEILING);
		must(msg_encode(&m, &again) == ERR_OK && str_eq(buf_str(&again), octets));
		buf_done(&again);
	}
	(void)!control_request_get(octets, &request);
	(void)!control_reply_get(octets, &reply);
	buf_done(&printed);
	return 0;
}
