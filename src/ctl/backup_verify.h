/* Reading a backup again: every file that its list names, every record, every checksum. */
#pragma once

#include "ctl/backup.h"

/* Tells what it finds through r; damage is in "problems", so that the exit status says it. */
enum err backup_verify(struct backup_folder *b, struct render *r, struct failure *f) MUST_USE;
