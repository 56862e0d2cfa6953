/*
 * The last step of `bourse doctor logon` for a name with a folder in it: the directory knows who comes to which mailbox, and the store
 * alone what the folder's list gives him.
 */
#pragma once

#include <jansson.h>

#include "base/err.h"
#include "ctl/transport.h"

/*
 * reply: the directory's, whose "folder" says what to ask; a row is added to its "rows", and when he may not read the folder its "message"
 * says so. Without "folder" nothing happens. Errors are those of the question; then reply is as it was.
 */
enum err doctor_folder(struct transport *t, json_t *reply, struct failure *f) MUST_USE;
