/* CONVERT and CONVERSIONS (RFC 5259). */
#pragma once

#include "store/imap_engine.h"

extern const struct imap_handler imap_convert_handler, imap_conversions_handler;
