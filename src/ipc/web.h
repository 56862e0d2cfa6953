/* What front and directory say of web sessions. */
#pragma once

#include "base/str.h"

#define WEB_TOKEN_OCTETS ((size_t)64) /* hexadecimal digits, without a NUL */

enum web_what { WEB_LOOK, WEB_SIGN_OUT, WEB_PASSWORD, WEB_DROP };
