#include "transport/transport.h"

const struct role_def transport_role = {
	.role = ROLE_TRANSPORT,
	.profile = SANDBOX_TRANSPORT,
};
