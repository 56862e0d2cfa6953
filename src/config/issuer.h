/* Where an issuer of bearer tokens and its keys may be. */
#pragma once

#include "base/str.h"

#define ISSUER_URL_OCTETS_MAX ((size_t)2048)

/* NULL: https, or http on this machine alone, where nobody listens in; otherwise what is wrong. Pure. */
const char *issuer_url_wrong(struct str url);
