/* The calls of MIT Kerberos, and the keys that tickets are accepted with. For src/netlogon alone. */
#pragma once

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <krb5/krb5.h>

#include "netlogon/settings.h"

struct kerberos_lib {
	__typeof__(gss_accept_sec_context) *accept;
	__typeof__(gss_acquire_cred_from) *acquire;
	__typeof__(gss_set_neg_mechs) *set_mechanisms;
	__typeof__(gss_release_cred) *release_cred;
	__typeof__(gss_release_name) *release_name;
	__typeof__(gss_release_buffer) *release_buffer;
	__typeof__(gss_delete_sec_context) *delete_context;
	__typeof__(gss_display_name) *display_name;
	__typeof__(gss_display_status) *display_status;
	__typeof__(gss_inquire_context) *inquire;
	__typeof__(gss_wrap) *wrap;
	__typeof__(gss_unwrap) *unwrap;
};

/* NULL: the libraries are not installed. */
const struct kerberos_lib *kerberos_lib(void);

/* One reading of a keytab; immutable. */
struct kerberos_keys {
	unsigned references; /* under the lock of kerberos_keys.c */
	unsigned keys;       /* how many it holds */
	gss_cred_id_t ticket, negotiate;           /* for Kerberos alone; for SPNEGO and what it may wrap */
	gss_cred_id_t ticket_dry, negotiate_dry;   /* the same without the replay cache: what they accept counts for nothing */
};

extern gss_OID_desc kerberos_mechanism;
/* The keys as the file has them now, for kerberos_keys_unref; NULL: it cannot be read, and why says so. */
struct kerberos_keys *kerberos_keys_ref(const struct settings *s, char why[256]);
void kerberos_keys_unref(struct kerberos_keys *k);
/* "major: minor" in the library's words, without line ends. */
void kerberos_status(OM_uint32 major, OM_uint32 minor, char why[256]);
