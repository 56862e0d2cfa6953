/* What front and directory say of virtual directories (directory/virtual.h). */
#pragma once

#include <stdint.h>

/* How somebody may come in; bits. */
enum place_way {
	PLACE_ANONYMOUS = 1 << 0,
	PLACE_FORM = 1 << 1, /* the sign-in page, and the session that it begins */
	PLACE_BASIC = 1 << 2,
	PLACE_NEGOTIATE = 1 << 3,
	PLACE_NTLM = 1 << 4
};
