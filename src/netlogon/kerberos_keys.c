#include "netlogon/kerberos_lib.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/clock.h"
#include "netlogon/kerberos.h"
#include "netlogon/library.h"

#define KEYS_MAX      4096u
#define TRY_AGAIN_MS  60000u
#define PROFILE_FILE  "kerberos.conf"
#define REPLAYS_CACHE "file2:kerberos.replays"
#define NO_CACHE      "none:"

struct krb5_calls {
	__typeof__(krb5_init_context) *context_new;
	__typeof__(krb5_free_context) *context_free;
	__typeof__(krb5_kt_resolve) *resolve;
	__typeof__(krb5_kt_close) *close;
	__typeof__(krb5_kt_start_seq_get) *first;
	__typeof__(krb5_kt_next_entry) *next;
	__typeof__(krb5_kt_end_seq_get) *last;
	__typeof__(krb5_kt_add_entry) *add;
	__typeof__(krb5_free_keytab_entry_contents) *entry_free;
	__typeof__(krb5_get_error_message) *message;
	__typeof__(krb5_free_error_message) *message_free;
};

#define GSS(member, symbol)  LIBRARY_CALL(kerberos_lib, member, symbol)
#define KRB5(member, symbol) LIBRARY_CALL(krb5_calls, member, symbol)

static const struct library_call gss_calls[] = {
	GSS(accept, gss_accept_sec_context),
	GSS(acquire, gss_acquire_cred_from),
	GSS(set_mechanisms, gss_set_neg_mechs),
	GSS(release_cred, gss_release_cred),
	GSS(release_name, gss_release_name),
	GSS(release_buffer, gss_release_buffer),
	GSS(delete_context, gss_delete_sec_context),
	GSS(display_name, gss_display_name),
	GSS(display_status, gss_display_status),
	GSS(inquire, gss_inquire_context),
	GSS(wrap, gss_wrap),
	GSS(unwrap, gss_unwrap),
};

static const struct library_call krb5_calls[] = {
	KRB5(context_new, krb5_init_context),
	KRB5(context_free, krb5_free_context),
	KRB5(resolve, krb5_kt_resolve),
	KRB5(close, krb5_kt_close),
	KRB5(first, krb5_kt_start_seq_get),
	KRB5(next, krb5_kt_next_entry),
	KRB5(last, krb5_kt_end_seq_get),
	KRB5(add, krb5_kt_add_entry),
	KRB5(entry_free, krb5_free_keytab_entry_contents),
	KRB5(message, krb5_get_error_message),
	KRB5(message_free, krb5_free_error_message),
};

/* 1.2.840.113554.1.2.2 and 1.3.6.1.5.5.2. */
static char kerberos_octets[] = "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", spnego_octets[] = "\x2b\x06\x01\x05\x05\x02";
gss_OID_desc kerberos_mechanism = { sizeof(kerberos_octets) - 1, kerberos_octets };
static gss_OID_desc spnego_mechanism = { sizeof(spnego_octets) - 1, spnego_octets };

static struct kerberos_lib gss; /* these two: written before threads use them, read only after */
static struct krb5_calls krb5;
static bool loaded;

/* What a file was when it was read; its change is seen by mode and owner, too. */
struct stamp {
	uint64_t device, inode, octets;
	int64_t seconds, nanoseconds;
};

static struct {
	pthread_mutex_t lock;
	struct kerberos_keys *keys; /* NULL: the last reading failed, or there was none */
	struct stamp stamp;         /* of that reading; all 0: there was no file */
	char file[256];
	char why[256];     /* it failed */
	uint64_t tried_ms; /* when */
	unsigned count; /* of readings: each has a name of its own */
	uint32_t skew_ms;
} now = { .lock = PTHREAD_MUTEX_INITIALIZER };

const struct kerberos_lib *kerberos_lib(void)
{
	return loaded ? &gss : NULL;
}

void kerberos_open(void)
{
	/* Of the system's configuration nothing is meant for us, and plug-ins that it names would run here. */
	must(setenv("KRB5_CONFIG", PROFILE_FILE, 1) == 0);
	must(unsetenv("KRB5_TRACE") == 0 && unsetenv("KRB5_KTNAME") == 0 && unsetenv("KRB5RCACHENAME") == 0);
}

bool kerberos_prepare(void)
{
	static const char *const gss_names[] = { "libgssapi_krb5.so.2", NULL }, *const krb5_names[] = { "libkrb5.so.3", NULL };

	loaded = library_load(gss_names, gss_calls, sizeof(gss_calls) / sizeof(*gss_calls), &gss) &&
		 library_load(krb5_names, krb5_calls, sizeof(krb5_calls) / sizeof(*krb5_calls), &krb5);
	return loaded;
}

/* ---- texts ---- */

static size_t status_put(char *to, size_t room, OM_uint32 code, int kind)
{
	OM_uint32 minor, more = 0;
	gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
	size_t len = 0;

	if (GSS_ERROR(gss.display_status(&minor, code, kind, &kerberos_mechanism, &more, &text)) || room == 0)
		return 0;
	len = text.length < room - 1 ? text.length : room - 1;
	memcpy(to, text.value, len);
	to[len] = '\0';
	gss.release_buffer(&minor, &text);
	return len;
}

void kerberos_status(OM_uint32 major, OM_uint32 minor, char why[256])
{
	size_t len;

	why[0] = '\0';
	/* The minor code says what happened; the major one that it did. */
	len = minor != 0 ? status_put(why, 256, minor, GSS_C_MECH_CODE) : 0;
	if (len == 0)
		(void)status_put(why, 256, major, GSS_C_GSS_CODE);
}

static void krb5_status(krb5_context c, krb5_error_code code, char why[256])
{
	const char *text = krb5.message(c, code);

	snprintf(why, 256, "%s", text);
	krb5.message_free(c, text);
}

/* ---- reading ---- */

static bool stamp_of(const char *file, struct stamp *ret)
{
	struct stat s;

	if (stat(file, &s) < 0)
		return false;
	*ret = (struct stamp){ .device = s.st_dev, .inode = s.st_ino, .octets = (uint64_t)s.st_size, .seconds = s.st_ctim.tv_sec,
		.nanoseconds = s.st_ctim.tv_nsec };
	return true;
}

static bool stamp_same(const struct stamp *x, const struct stamp *y)
{
	return x->device == y->device && x->inode == y->inode && x->octets == y->octets && x->seconds == y->seconds &&
	       x->nanoseconds == y->nanoseconds;
}

/* The library takes how far clocks may differ from its configuration alone. */
static bool write_profile(uint32_t skew_ms)
{
	char text[512];
	int n = snprintf(text, sizeof(text),
		"# Written by bourse; kerberos.* in bourse.conf has what can be set.\n[libdefaults]\n\tclockskew = %u\n"
		"\tdns_lookup_realm = false\n\tdns_lookup_kdc = false\n\tdns_canonicalize_hostname = false\n\trdns = false\n"
		"\tpermitted_enctypes = aes256-sha1 aes128-sha1 aes256-sha2 aes128-sha2 camellia256-cts camellia128-cts\n", skew_ms / 1000);
	int fd = open(PROFILE_FILE ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	bool good = fd >= 0 && write(fd, text, (size_t)n) == n;

	if (fd >= 0)
		good = close(fd) == 0 && good;
	return good && rename(PROFILE_FILE ".new", PROFILE_FILE) == 0;
}

static krb5_error_code copy_entries(krb5_context c, krb5_keytab from, krb5_keytab to, unsigned *ret_count)
{
	krb5_kt_cursor cursor;
	krb5_keytab_entry entry;
	krb5_error_code code = krb5.first(c, from, &cursor);

	*ret_count = 0;
	if (code != 0)
		return code;
	while (*ret_count < KEYS_MAX && (code = krb5.next(c, from, &entry, &cursor)) == 0) {
		code = krb5.add(c, to, &entry);
		krb5.entry_free(c, &entry);
		if (code != 0)
			break;
		++*ret_count;
	}
	krb5.last(c, from, &cursor);
	return code == KRB5_KT_END ? 0 : code;
}

/* Into memory, so that what is accepted with does not change under a logon. How many; 0: none, and why says so. */
static unsigned copy_keys(krb5_context c, const char *file, krb5_keytab to, char why[256])
{
	krb5_keytab from = NULL;
	unsigned count = 0;
	char path[300];
	krb5_error_code code;

	snprintf(path, sizeof(path), "FILE:%s", file);
	code = krb5.resolve(c, path, &from);
	if (code == 0)
		code = copy_entries(c, from, to, &count);
	if (code != 0)
		krb5_status(c, code, why);
	else if (count == 0)
		snprintf(why, 256, "the keytab %.200s holds no keys", file);
	if (from != NULL)
		krb5.close(c, from);
	return code == 0 ? count : 0;
}

static bool acquire(const char *name, const char *cache, bool negotiate, gss_cred_id_t *ret, char why[256])
{
	gss_OID_desc both[] = { kerberos_mechanism, spnego_mechanism };
	gss_OID_set_desc only = { 1, &kerberos_mechanism }, all = { 2, both };
	gss_key_value_element_desc rows[] = { { "keytab", name }, { "rcache", cache } };
	gss_key_value_set_desc store = { 2, rows };
	OM_uint32 minor = 0, major;

	major = gss.acquire(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, negotiate ? &all : &only, GSS_C_ACCEPT, &store, ret, NULL, NULL);
	if (!GSS_ERROR(major) && negotiate)
		major = gss.set_mechanisms(&minor, *ret, &only);
	if (GSS_ERROR(major))
		kerberos_status(major, minor, why);
	return !GSS_ERROR(major);
}

static void keys_free(struct kerberos_keys *k)
{
	gss_cred_id_t *all[] = { &k->ticket, &k->negotiate, &k->ticket_dry, &k->negotiate_dry };
	OM_uint32 minor;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (*all[i] != GSS_C_NO_CREDENTIAL)
			gss.release_cred(&minor, all[i]);
	mem_free(k);
}

static struct kerberos_keys *read_keys(const char *file, unsigned number, char why[256])
{
	struct kerberos_keys *k = MEM_NEW(struct kerberos_keys);
	krb5_context c = NULL;
	krb5_keytab memory = NULL;
	char name[40];
	bool good;

	snprintf(name, sizeof(name), "MEMORY:bourse-%u", number);
	snprintf(why, 256, "the Kerberos library cannot begin");
	good = krb5.context_new(&c) == 0 && krb5.resolve(c, name, &memory) == 0;
	k->keys = good ? copy_keys(c, file, memory, why) : 0;
	good = good && k->keys > 0;
	/* They hold the copy, when its own handle is closed. */
	good = good && acquire(name, REPLAYS_CACHE, false, &k->ticket, why) && acquire(name, NO_CACHE, false, &k->ticket_dry, why);
	good = good && acquire(name, REPLAYS_CACHE, true, &k->negotiate, why) && acquire(name, NO_CACHE, true, &k->negotiate_dry, why);
	if (memory != NULL)
		krb5.close(c, memory);
	if (c != NULL)
		krb5.context_free(c);
	if (good) {
		k->references = 1;
		return k;
	}
	keys_free(k);
	return NULL;
}

/* ---- the keys now ---- */

static void drop(struct kerberos_keys *k)
{
	if (k != NULL && --k->references == 0)
		keys_free(k);
}

/* One that has failed is not looked at all the time: the library loses some octets over each entry that it cannot read. */
static bool is_current(const struct settings *s, const struct stamp *stamp)
{
	if (now.keys == NULL && clock_mono_ms() - now.tried_ms > TRY_AGAIN_MS)
		return false;
	return now.count > 0 && stamp_same(&now.stamp, stamp) && now.skew_ms == s->skew_ms && strcmp(now.file, s->keytab) == 0;
}

/* Under the lock. */
static void read_anew(const struct settings *s, const struct stamp *stamp)
{
	drop(now.keys);
	now.keys = NULL;
	now.stamp = *stamp;
	now.tried_ms = clock_mono_ms();
	now.count++;
	snprintf(now.file, sizeof(now.file), "%s", s->keytab);
	if (now.skew_ms != s->skew_ms && !write_profile(s->skew_ms)) {
		snprintf(now.why, sizeof(now.why), "netlogon/" PROFILE_FILE " cannot be written");
		return;
	}
	now.skew_ms = s->skew_ms;
	now.keys = read_keys(s->keytab, now.count, now.why);
}

struct kerberos_keys *kerberos_keys_ref(const struct settings *s, char why[256])
{
	struct kerberos_keys *k = NULL;
	struct stamp stamp = { 0 };

	pthread_mutex_lock(&now.lock);
	if (!stamp_of(s->keytab, &stamp)) {
		drop(now.keys);
		now.keys = NULL;
		now.stamp = stamp;
		snprintf(why, 256, "there is no keytab %.150s, or it may not be looked at", s->keytab);
	} else if (!is_current(s, &stamp)) {
		read_anew(s, &stamp);
	}
	k = now.keys;
	if (k != NULL)
		k->references++;
	else if (why[0] == '\0')
		snprintf(why, 256, "%s", now.why);
	pthread_mutex_unlock(&now.lock);
	return k;
}

void kerberos_keys_unref(struct kerberos_keys *k)
{
	pthread_mutex_lock(&now.lock);
	drop(k);
	pthread_mutex_unlock(&now.lock);
}

bool kerberos_has_changed(const struct settings *s)
{
	struct stamp stamp = { 0 };
	bool changed;

	(void)stamp_of(s->keytab, &stamp);
	pthread_mutex_lock(&now.lock);
	changed = !stamp_same(&now.stamp, &stamp);
	pthread_mutex_unlock(&now.lock);
	return changed;
}
