/*
 * What is different for who logs on to read news (NNTP): it is in the public store and in no mailbox, so that an account without any can read it.
 * Who names a mailbox must have it all the same. Steps of the walk, logon.c.
 */
#pragma once

#include "directory/logon.h"

bool logon_news(const struct logon *l);
/* No mailbox was named, and none is looked for. */
bool logon_news_alone(const struct logon *l);
/* Finds the public store, l->news. ERR_NOBOX: there is none. */
enum err logon_news_find(struct logon *l) MUST_USE;
/* Makes a grant one of that store, on which nobody has a right as a whole. */
void logon_news_grant(const struct logon *l, struct logon_grant *ret);
