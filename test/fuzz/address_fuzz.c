/* Any text is a list of addresses; groups are well nested. */
#include "mail/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct address_list list;
	struct address a;
	bool in_group = false;
	size_t octets = 0;

	address_list_init(&list, str_make(data, size));
	while (address_list_next(&list, &a)) {
		must(a.kind == ADDRESS_MAILBOX || in_group == (a.kind == ADDRESS_GROUP_END));
		if (a.kind != ADDRESS_MAILBOX)
			in_group = !in_group;
		must(a.kind != ADDRESS_MAILBOX || (a.mailbox.at != NULL && a.host.at != NULL));
		octets += a.mailbox.len + a.host.len;
	}
	must(!in_group && octets <= size * 2);
	address_list_done(&list);
	return 0;
}
