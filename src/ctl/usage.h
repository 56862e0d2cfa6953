/* What the tool says about itself, all made from command.tbl: help, shell completion, the manual
 * page. */
#pragma once

#include "base/buf.h"
#include "ctl/command.h"

/* "bourse account add ACCOUNT [--full-name TEXT] ...", without a line end. */
void usage_put_line(struct buf *to, const struct command *c);
void usage_put_all(struct buf *to);
/* The commands that begin with this word. */
void usage_put_noun(struct buf *to, struct str noun);
void usage_put_command(struct buf *to, const struct command *c);

/* False: no such shell (bash, zsh, fish). */
bool usage_put_completion(struct buf *to, struct str shell);
/* bourse(1) whole, in mdoc. */
void usage_put_manual(struct buf *to);
/* bourse.conf(5) whole, in mdoc. */
void usage_put_config_manual(struct buf *to);
