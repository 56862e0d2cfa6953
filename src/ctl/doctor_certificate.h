/* The certificate that mail programs are shown: does it name the host, and is it in force? For bourse doctor logon. */
#pragma once

#include <jansson.h>

/*
 * From the reply to `status`: connects to the first TLS port that answers and makes a row with step, ok, detail, mend, and, when something
 * is wrong, code and event. NULL: there is no such port, or nobody answers there (bourse doctor ports says why). The caller releases it.
 */
json_t *doctor_certificate(const json_t *status);
