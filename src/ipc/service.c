#include "ipc/service.h"

#define SERVICE_ROW(name, text, port, protocol, tls, role) { text, port, PROTOCOL_##protocol, tls, ROLE_##role },
static const struct service_row rows[SERVICE_COUNT] = { SERVICES(SERVICE_ROW) };
#undef SERVICE_ROW

const struct service_row *service_row(enum service s)
{
	must((unsigned)s < SERVICE_COUNT);
	return &rows[s];
}

const char *protocol_name(enum service_protocol protocol)
{
	static const char *const names[] = { [PROTOCOL_SMTP] = "smtp", [PROTOCOL_POP3] = "pop3", [PROTOCOL_IMAP] = "imap",
		[PROTOCOL_HTTP] = "http", [PROTOCOL_NNTP] = "nntp" };

	must((unsigned)protocol < sizeof(names) / sizeof(*names));
	return names[protocol];
}

bool service_valid(unsigned number)
{
	return number < SERVICE_COUNT;
}
