#include "ipc/service.h"

#define SERVICE_ROW(name, text, port, protocol, tls, role) { text, port, PROTOCOL_##protocol, tls, ROLE_##role },
static const struct service_row rows[SERVICE_COUNT] = { SERVICES(SERVICE_ROW) };
#undef SERVICE_ROW

const struct service_row *service_row(enum service s)
{
	must((unsigned)s < SERVICE_COUNT);
	return &rows[s];
}

bool service_valid(unsigned number)
{
	return number < SERVICE_COUNT;
}
