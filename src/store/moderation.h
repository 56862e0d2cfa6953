/*
 * Moderated folders of the public store. A post by somebody who is no moderator is put into another folder instead, the one in which
 * posts wait, and comes into the folder itself when a moderator moves it there. Who is a moderator says the list of that other
 * folder: whoever may read it and delete what is in it (r, t and e), which all others may not even see. Posts that wait are
 * messages like any other: durable, counted, in the quota, and with the account that posted them.
 */
#pragma once

#include "store/mailbox.h"

#define MODERATION_FOLDER "Held for approval" /* below the moderated folder, when it begins */

#define MODERATION_RIGHTS (ACL_READ | ACL_DELETE_MESSAGES | ACL_EXPUNGE) /* on the folder where posts wait */

/* The folder in which posts to this one wait; 0: it is not moderated, or not there. */
uint32_t moderation_held(struct mailbox *m, uint32_t folder);
/* The moderated folder whose posts wait in this one; 0: none. */
uint32_t moderation_of(struct mailbox *m, uint32_t held);
/*
 * Where a post by that user to that folder goes: the folder itself, or the one in which it waits. To be asked wherever somebody adds a
 * message (SMTP, APPEND, COPY, MOVE, REPLACE, POST), behind the rights that it takes; nothing that the message says counts.
 */
uint32_t moderation_target(struct mailbox *m, uint32_t folder, const struct acl_user *user);
/* Moderators were told of what waits up to this uid. */
uint32_t moderation_told(struct mailbox *m, uint32_t folder);

struct moderation {
	uint32_t folder;
	uint32_t held; /* 0: it is moderated no longer */
	uint32_t told;
};

/* Durable when done is called. ERR_NOFOLDER, ERR_CONFLICT (held is the folder itself, is moderated, or is another one's), ERR_DISKFULL. */
void moderation_change(struct mailbox *m, const struct moderation *change, mailbox_done *done, void *arg);
