/*
 * How mail programs learn the settings for a mail domain of this server: Thunderbird's autoconfig, Outlook's autodiscover, Apple's
 * profile. Which ports there are comes from the configuration; whether the domain is ours, and no more, from the directory.
 */
#pragma once

#include "front/http_session.h"

/* The port of a listener as clients know it; 0: it is closed. */
uint64_t http_port(const struct http_session *s, enum config_listener_id listener);
