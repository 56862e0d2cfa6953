/* AUTH (RFC 4954), on the submission services. Its handler is declared with all others in
 * smtp_session.h. */
#pragma once

#include "front/smtp_session.h"
