/*
 * Items of imap.hide: which capabilities are not announced to whom.
 *
 *   rule      = 1*name "from" ( "everybody" / 1*condition )       ; all conditions must hold
 *   condition = "client" word / "version" word / "account" word / "network" word
 *   word      = what has no blank / "'" anything "'"
 *
 * name is one of wire/imap_capability.tbl, without the number behind it. client and version are
 * compared with what the client says of itself with ID (RFC 2971), account with DOMAIN\user; in
 * these a * stands for any octets, and case does not matter. network: config/network.h.
 */
#pragma once

#include "config/config.h"
#include "wire/imap_capability.h"

/* What is known of a client; empty: not (yet) known, and no condition on it holds. */
struct hide_client {
	struct str account, name, version;
	struct str address; /* in digits, with or without a port behind it */
};

/* NULL for a good rule, else a sentence that says what is wrong with it. */
const char *hide_wrong(struct str rule);
/* Takes out of caps what the rules hide from this client. Rules are good ones. */
void hide_from(const struct config_list *rules, const struct hide_client *client,
	struct imap_caps *caps);
/* Whether the rule may come to hold for this client with another name or version. */
bool hide_may_hold(struct str rule, const struct hide_client *client);
