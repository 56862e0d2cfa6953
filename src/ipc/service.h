/* The network services and their ports. One row each: dispatch, listeners, logs and doctor read it. */
#pragma once

#include "base/str.h"
#include "ipc/roles.h"

enum service_protocol { PROTOCOL_SMTP, PROTOCOL_POP3, PROTOCOL_IMAP, PROTOCOL_HTTP, PROTOCOL_NNTP };

/* SERVICE(NAME, name, port, protocol, TLS from the first octet, role) */
#define SERVICES(SERVICE)                                                                          \
	SERVICE(SMTP, "smtp", 25, SMTP, false, FRONT_MX)                                           \
	SERVICE(SUBMISSION, "submission", 587, SMTP, false, FRONT_USER)                            \
	SERVICE(SUBMISSIONS, "submissions", 465, SMTP, true, FRONT_USER)                           \
	SERVICE(POP3, "pop3", 110, POP3, false, FRONT_USER)                                        \
	SERVICE(POP3S, "pop3s", 995, POP3, true, FRONT_USER)                                       \
	SERVICE(IMAP, "imap", 143, IMAP, false, FRONT_USER)                                        \
	SERVICE(IMAPS, "imaps", 993, IMAP, true, FRONT_USER)                                       \
	SERVICE(LMTP, "lmtp", 24, SMTP, false, FRONT_MX)                                           \
	SERVICE(HTTP, "http", 80, HTTP, false, FRONT_USER)                                         \
	SERVICE(HTTPS, "https", 443, HTTP, true, FRONT_USER)                                       \
	SERVICE(NNTP, "nntp", 119, NNTP, false, FRONT_USER)                                        \
	SERVICE(NNTPS, "nntps", 563, NNTP, true, FRONT_USER)

#define SERVICE_ENUM(name, text, port, protocol, tls, role) SERVICE_##name,
enum service { SERVICES(SERVICE_ENUM) SERVICE_COUNT };
#undef SERVICE_ENUM

struct service_row {
	const char *name;
	uint16_t port;
	enum service_protocol protocol;
	bool implicit_tls;
	enum role role;
};

const struct service_row *service_row(enum service s);
bool service_valid(unsigned number);
/* "smtp", "pop3", "imap", "http" or "nntp"; static. */
const char *protocol_name(enum service_protocol protocol);
