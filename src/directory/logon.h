/*
 * The logon walk: from a name and a password to a grant or a refusal. The steps are rows of
 * logon.tbl. The walk is cut in three, so that the slow part can run on another thread:
 *
 *   logon_prepare   loop thread: reads the name, looks up domain and account
 *   secret_verify   any thread, on &logon->job: some 20 ms; or, for a proof by mechanism, logon_proven
 *   logon_decide    loop thread: account state, mailbox, rights, protocol, all read afresh
 *
 * The passwords of some domains are checked by others (directory/realm.h): then logon_prepare sets
 * `remote`, and instead of secret_verify comes logon_told with what a controller has said. When none
 * has, the refusal is ERR_NOCONTROLLER for every name.
 *
 * A name or password that is wrong gets ERR_AUTH and one neutral text after the same work, whatever
 * the cause; the cause is in failure.reason. After the right password the refusal says what is
 * wrong: ERR_CLIENT, ERR_LOGONTYPE, ERR_LOCKED (where the account is known; elsewhere a locked account has no right password), ERR_ACCOUNTOFF, ERR_EXPIRED, ERR_HOURS, ERR_NOBOX, ERR_NOTABOX, ERR_BOXRIGHT, ERR_BOXOFF,
 * ERR_PROTOCOLOFF. ERR_IO and ERR_CORRUPT pass through. While the key to the secrets is missing the neutral refusal is ERR_VAULT.
 *
 * E-mail names: an account of that name in the domain that owns the mail domain, else the primary
 * account of the mailbox with that address. Their default mailbox is the one with that address,
 * else the one whose alias is the user's name. A name without a domain is looked for in all
 * domains; more than one account of that name is refused (neutrally; the reason tells).
 */
#pragma once

#include "directory/directory.h"
#include "directory/logon_factor.h"
#include "directory/logon_name.h"
#include "directory/right.h"
#include "directory/ntlm.h"
#include "directory/secret.h"
#include "ipc/proof.h"
#include "ipc/service.h"

/* How the client shows who it is. */
enum logon_proof {
	LOGON_BY_PASSWORD,  /* query.password is checked here, by secret_verify */
	LOGON_BY_MECHANISM, /* somebody else finds out, and tells by logon_proven */
};

enum logon_phase { LOGON_PREPARE, LOGON_VERIFY, LOGON_DECIDE };

#define STEP(name, phase, title) LOGON_STEP_##name,
enum logon_step {
#include "directory/logon.tbl"
	LOGON_STEP_COUNT
};
#undef STEP

/* "find the account"; never NULL. */
const char *logon_step_title(enum logon_step s);

enum logon_mark { LOGON_NOT_REACHED, LOGON_GOOD, LOGON_BAD, LOGON_NOT_CHECKED };

struct logon_note {
	enum logon_mark mark;
	char detail[256]; /* what was found */
	char mend[256];   /* the exact command that mends it; empty when good */
};

struct logon_query {
	struct str name, authzid, password;
	struct str client; /* its address; empty: not looked at (the doctor, an access list) */
	enum service_protocol protocol;
	enum logon_proof proof;
	bool strong; /* a proof by mechanism that is not made from the account's password: a token, a certificate */
	struct str code; /* of a second factor, apart from the password; the doctor's */
	bool ntlm;           /* by NTLM: needs an NT hash, and has a default mailbox of its own */
	struct str origin;   /* what the name was made of, for the log; empty: it is as it came */
	int64_t now_seconds; /* since 1970 */
	bool known;   /* the account has logged on from there before: it may hear that it is locked */
	bool examine; /* doctor: go on without a password; only then may the password be empty */
};

struct logon_grant {
	uint64_t account, mailbox;
	const char *right;       /* by which the mailbox is opened: "primary", "delegate"; static */
	bool delegate;           /* not the primary account; log LOG_delegate_logon */
	uint32_t rights;         /* enum right: on the mailbox, with what follows from them */
	struct str by;           /* the group that gives some of them: "DOM\sales"; empty: none */
	struct entry_ids groups; /* all that the account is in */
	struct str account_name; /* "DOM\alice" */
	struct str mailbox_name; /* alias; with a folder: "sales/Archive", "Public Folders/News" */
	struct str folder;       /* POP3: of the mailbox, to be opened in place of its INBOX; empty: none */
	struct str display;      /* display name of the mailbox */
	struct str address;      /* primary address; empty when it has none */
	struct entry_limits limits;
	bool password_ends; /* soon: within password_days */
	uint64_t password_days;
	bool must_change; /* over HTTP only: nothing else may be had before the password is changed */
};

/* One walk. Filled by the calls below; read notes, failure and name freely. Some 8 KiB. */
struct logon {
	struct directory *directory; /* borrowed */
	struct arena *arena;         /* borrowed; must live as long as the walk */
	struct logon_query query;    /* name and authzid copied; the password is not kept here */
	struct logon_name name;
	struct entry domain, account, mailbox;
	struct entry news; /* NNTP: the public store; mailbox has no id then unless one was named */
	struct str account_name; /* "DOM\alice" once the account is found */
	bool remote; /* others check the domain's passwords; also when there is no such account */
	struct str asked;        /* what they are asked about: a view of the query's password, without a code behind it */
	enum proof_verdict told; /* what they say; 0: nothing yet */
	struct secret_job job; /* of a proof by password that is checked here */
	bool proof_told, proven; /* of a proof by mechanism */
	bool without_keys;       /* the mechanism's; see logon_scram */
	bool has_stood_in;       /* an account was read in place of one that is not there */
	char why_not[300];       /* what was wrong with it, for the log and the doctor */
	struct entry_ids groups; /* of the account, and what it may do with the mailbox */
	struct right_held held;
	enum logon_step failed_step; /* valid when failure.code is not ERR_OK */
	struct failure failure;
	struct logon_note notes[LOGON_STEP_COUNT];
	struct logon_second second;
	enum logon_event event; /* set where a step knows more than logon_event_of would say */
};

/* Always followed by secret_verify(&l->job) (unless examining without a password) and logon_decide,
 * also when the name was wrong. */
void logon_prepare(
	struct logon *l, struct directory *d, const struct logon_query *q, struct arena *a);
/* What became of a proof by mechanism; why, when it is not right: for the log and the doctor, or NULL. */
void logon_proven(struct logon *l, bool right, const char *why);
/* Whom to ask about: the account's name or, when there is none, what was given. For `remote` only. */
struct str logon_remote_user(const struct logon *l);
/* What the controllers of the domain say, with which of them and why. For `remote` only. */
void logon_told(struct logon *l, enum proof_verdict v, struct str controller, struct str reason);
/* ERR_OK fills ret, whose views live in the arena; else l->failure has public text, reason and
 * failed_step. Wipes the job. */
enum err logon_decide(struct logon *l, struct logon_grant *ret) MUST_USE;
/* The three in a row on this thread; for the doctor and for tests. */
enum err logon_run(struct logon *l, struct directory *d, const struct logon_query *q,
	struct arena *a, struct logon_grant *ret) MUST_USE;

/* Which account the throttle counts for: the account's id when there is one, else the folded name
 * as read. In the arena. */
struct str logon_throttle_key(const struct logon *l);
/* For the log: the name as it was read ("domain ..., user ..."), into the arena. */
struct str logon_interpretation(const struct logon *l);
/* What became of it, for the audit trail; after logon_decide. */
enum logon_event logon_event_of(const struct logon *l);
/* With what: "password", "application password \"phone\"" ...; in the arena. */
struct str logon_secret_of(const struct logon *l);
