/*
 * Encoded words (RFC 2047) and extended parameter values (RFC 2231), made UTF-8. Control characters in the result become
 * spaces, so that no encoded line end gets out. Linear.
 */
#pragma once

#include "base/buf.h"

/*
 * Appends unfolded header text with its encoded words decoded. Words may be longer than 75 octets, stand inside other
 * text and split a character between them, as they do in mail; blanks between two of them are dropped.
 */
void encoded_word_decode(struct str text, struct buf *to);

/* Appends the decoded charset'language'%xx value of a parameter whose name ends in '*'; a missing charset is guessed. */
void encoded_word_decode_param(struct str value, struct buf *to);
