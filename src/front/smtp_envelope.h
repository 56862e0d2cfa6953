/*
 * MAIL and RCPT (RFC 5321 sections 4.1.1.2 and 4.1.1.3, RFC 3461, RFC 6531). Their handlers are
 * declared with all others in smtp_session.h; the directory judges addresses, here the verdicts are
 * kept.
 */
#pragma once

#include "front/smtp_session.h"
