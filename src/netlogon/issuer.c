#include "netlogon/issuer.h"

#include <curl/curl.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "config/issuer.h"
#include "io/clock.h"
#include "netlogon/jwt.h"
#include "netlogon/library.h"

#define DOCUMENT_OCTETS_MAX ((size_t)256 << 10)
#define KEYS_MS_MAX         3600000u /* then they are fetched anew */
#define KEYS_MS_MIN         30000u   /* no token makes us fetch them sooner */

/* These are macros of the header's that want the library linked. */
#undef curl_easy_setopt
#undef curl_easy_getinfo

struct curl_calls {
	__typeof__(curl_global_init) *global_init;
	__typeof__(curl_easy_init) *init;
	__typeof__(curl_easy_setopt) *set;
	__typeof__(curl_easy_perform) *perform;
	__typeof__(curl_easy_getinfo) *info;
	__typeof__(curl_easy_strerror) *text;
	__typeof__(curl_easy_cleanup) *cleanup;
	__typeof__(curl_slist_append) *list_append;
	__typeof__(curl_slist_free_all) *list_free;
};

static const struct library_call calls[] = {
	LIBRARY_CALL(curl_calls, global_init, curl_global_init),
	LIBRARY_CALL(curl_calls, init, curl_easy_init),
	LIBRARY_CALL(curl_calls, set, curl_easy_setopt),
	LIBRARY_CALL(curl_calls, perform, curl_easy_perform),
	LIBRARY_CALL(curl_calls, info, curl_easy_getinfo),
	LIBRARY_CALL(curl_calls, text, curl_easy_strerror),
	LIBRARY_CALL(curl_calls, cleanup, curl_easy_cleanup),
	LIBRARY_CALL(curl_calls, list_append, curl_slist_append),
	LIBRARY_CALL(curl_calls, list_free, curl_slist_free_all),
};

static struct curl_calls lib; /* written before threads use it, read only after */
static bool loaded;

/* The keys as they came, shared by all threads. */
static struct {
	pthread_mutex_t lock;
	char url[ISSUER_URL_OCTETS_MAX];
	struct buf text;
	uint64_t fetched_ms; /* 0: never */
} kept = { .lock = PTHREAD_MUTEX_INITIALIZER };

bool issuer_prepare(void)
{
	static const char *const names[] = { "libcurl.so.4", "libcurl-gnutls.so.4", NULL };

	buf_init(&kept.text, DOCUMENT_OCTETS_MAX);
	loaded = library_load(names, calls, sizeof(calls) / sizeof(*calls), &lib) && lib.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
	return loaded;
}

/* ---- one document ---- */

static size_t on_octets(char *at, size_t one, size_t count, void *arg)
{
	struct buf *to = arg;

	if (to->len + one * count > DOCUMENT_OCTETS_MAX)
		return 0;
	buf_put(to, str_make(at, one * count));
	return one * count;
}

/* Host and port of a URL whose form is good. False: too long. */
static bool host_of(struct str url, char host[256], char port[8])
{
	bool secure = str_istarts(url, S("https://"));
	struct str rest = str_skip(url, str_find_str(url, S("://")) + 3), name;
	size_t end = str_find(rest, '/');

	name = str_sub(rest, 0, end);
	snprintf(port, 8, "%s", secure ? "443" : "80");
	end = str_rfind(name, ':');
	if (end != STR_NPOS && !str_has_octet(str_skip(name, end), ']')) {
		snprintf(port, 8, "%.*s", STR_FMT(str_sub(name, end + 1, 5)));
		name = str_sub(name, 0, end);
	}
	if (str_starts(name, S("[")) && str_ends(name, S("]")))
		name = str_sub(name, 1, name.len - 2);
	return (size_t)snprintf(host, 256, "%.*s", STR_FMT(name)) < 256;
}

/* The library would begin a thread to resolve a name, which a role may not; so we tell it the addresses. NULL: there are none. */
static struct curl_slist *addresses_of(struct str url)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG }, *found = NULL;
	char host[256], port[8], text[64], line[1024];
	struct curl_slist *list = NULL;
	size_t len = 0;

	if (!host_of(url, host, port) || getaddrinfo(host, port, &hints, &found) != 0)
		return NULL;
	len = (size_t)snprintf(line, sizeof(line), "%s:%s:", host, port);
	for (struct addrinfo *a = found; a != NULL && len < sizeof(line) - 70; a = a->ai_next) {
		if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof(text), NULL, 0, NI_NUMERICHOST) == 0)
			len += (size_t)snprintf(line + len, sizeof(line) - len, "%s%s", a == found ? "" : ",", text);
	}
	list = lib.list_append(NULL, line);
	freeaddrinfo(found);
	return list;
}

static void set_options(CURL *c, const struct attempt *a, const char *url, struct buf *to)
{
	long ms = (long)a->settings->timeout_ms;

	lib.set(c, CURLOPT_URL, url);
	lib.set(c, CURLOPT_PROTOCOLS_STR, "http,https");
	lib.set(c, CURLOPT_FOLLOWLOCATION, 0L);
	lib.set(c, CURLOPT_FAILONERROR, 1L);
	lib.set(c, CURLOPT_NOSIGNAL, 1L);
	lib.set(c, CURLOPT_PROXY, "");
	lib.set(c, CURLOPT_TIMEOUT_MS, ms);
	lib.set(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	lib.set(c, CURLOPT_USERAGENT, "Bourse");
	lib.set(c, CURLOPT_WRITEFUNCTION, on_octets);
	lib.set(c, CURLOPT_WRITEDATA, to);
	if (a->settings->ca_file[0] != '\0')
		lib.set(c, CURLOPT_CAINFO, a->settings->ca_file);
}

/* False: it is not to be had, and why has been said. */
static bool fetch(struct attempt *a, const char *url, struct buf *to)
{
	struct curl_slist *addresses = addresses_of(str_from_c(url));
	CURL *c = addresses ? lib.init() : NULL;
	CURLcode code = CURLE_COULDNT_RESOLVE_HOST;
	long status = 0;

	if (c != NULL) {
		set_options(c, a, url, to);
		lib.set(c, CURLOPT_RESOLVE, addresses);
		code = lib.perform(c);
		lib.info(c, CURLINFO_RESPONSE_CODE, &status);
	}
	if (code == CURLE_HTTP_RETURNED_ERROR)
		attempt_say(a, PROOF_UNAVAILABLE, "%.150s: status %ld", url, status);
	else if (code != CURLE_OK)
		attempt_say(a, PROOF_UNAVAILABLE, "%.150s: %s", url, lib.text(code));
	if (c != NULL)
		lib.cleanup(c);
	lib.list_free(addresses);
	return code == CURLE_OK;
}

/* The controller is the key set itself, or, as the issuer's own address, has a configuration that says where it is. */
static bool fetch_keys(struct attempt *a, struct buf *to)
{
	char url[ISSUER_URL_OCTETS_MAX];
	struct str issuer = str_from_c(a->controller);
	json_t *about;
	const char *keys;
	bool good = false;

	if (!str_eq(issuer, str_from_c(a->settings->name)))
		return fetch(a, a->controller, to);
	while (str_ends(issuer, S("/")))
		issuer = str_sub(issuer, 0, issuer.len - 1);
	if ((size_t)snprintf(url, sizeof(url), "%.*s/.well-known/openid-configuration", STR_FMT(issuer)) >= sizeof(url) ||
		!fetch(a, url, to))
		return false;
	about = json_loadb((const char *)to->at, to->len, JSON_REJECT_DUPLICATES, NULL);
	keys = json_string_value(json_object_get(about, "jwks_uri"));
	buf_clear(to);
	if (keys == NULL || issuer_url_wrong(str_from_c(keys)) != NULL)
		attempt_say(a, PROOF_UNAVAILABLE, "%.150s names no keys (jwks_uri)", url);
	else
		good = fetch(a, keys, to);
	json_decref(about);
	return good;
}

/* ---- keys ---- */

/* A copy of the keys that are kept, when they are of this address and no older than that. */
static bool take_kept(const struct attempt *a, uint64_t age_ms, struct buf *to)
{
	bool good;

	pthread_mutex_lock(&kept.lock);
	good = kept.fetched_ms != 0 && strcmp(kept.url, a->controller) == 0 && clock_mono_ms() - kept.fetched_ms < age_ms;
	if (good)
		buf_put(to, buf_str(&kept.text));
	pthread_mutex_unlock(&kept.lock);
	return good;
}

static void keep(const struct attempt *a, const struct buf *text)
{
	pthread_mutex_lock(&kept.lock);
	snprintf(kept.url, sizeof(kept.url), "%s", a->controller);
	buf_clear(&kept.text);
	buf_put(&kept.text, buf_str(text));
	kept.fetched_ms = clock_mono_ms();
	pthread_mutex_unlock(&kept.lock);
}

/* NULL: none are to be had, and why has been said. */
static json_t *keys_of(struct attempt *a, uint64_t age_ms)
{
	struct buf text;
	json_t *set = NULL;
	bool fresh = false, good;

	buf_init(&text, DOCUMENT_OCTETS_MAX);
	good = take_kept(a, age_ms, &text);
	if (!good)
		fresh = good = fetch_keys(a, &text);
	if (good)
		set = json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, NULL);
	if (good && !json_is_array(json_object_get(set, "keys"))) {
		json_decref(set);
		set = NULL;
		attempt_say(a, PROOF_UNAVAILABLE, "%.150s is no set of keys", a->controller);
	}
	if (fresh && set != NULL)
		keep(a, &text);
	buf_done(&text);
	return set;
}

/* ---- the question ---- */

static enum err judge(struct attempt *a, uint64_t age_ms, struct failure *f)
{
	json_t *set = keys_of(a, age_ms);
	struct jwt_rules rules = { .key_set = set, .issuer = str_from_c(a->settings->name), .audience = str_from_c(a->settings->audience),
		.scope = str_from_c(a->settings->scope), .claim = str_from_c(a->settings->claim), .now_seconds = clock_real_ms() / 1000 };
	struct str name = STR_NONE;
	struct arena arena;
	enum err e;

	if (set == NULL)
		return ERR_UNAVAILABLE;
	arena_init(&arena, ARENA_NONE);
	e = jwt_check(&arena, a->q.nt, &rules, &name, f);
	if (e == ERR_OK && name.len >= sizeof(a->answer.account))
		e = ERR_AUTH;
	if (e == ERR_OK)
		memcpy(a->answer.account, name.at, name.len);
	arena_wipe(&arena);
	json_decref(set);
	return e;
}

void issuer_ask(struct attempt *a)
{
	struct failure f = { 0 };
	enum err e;

	if (!loaded) {
		attempt_say(a, PROOF_UNAVAILABLE, "the library libcurl is not installed here");
		return;
	}
	if (a->q.kind == PROOF_PROBE) {
		json_t *set = keys_of(a, KEYS_MS_MAX);

		if (set != NULL)
			attempt_say(a, PROOF_RIGHT, "answers");
		json_decref(set);
		return;
	}
	e = judge(a, KEYS_MS_MAX, &f);
	if (e == ERR_NOTFOUND) {
		f = (struct failure){ 0 };
		e = judge(a, KEYS_MS_MIN, &f);
	}
	if (e == ERR_OK)
		attempt_say(a, PROOF_RIGHT, "the token is good");
	else if (e != ERR_UNAVAILABLE)
		attempt_say(a, PROOF_WRONG, "%s", f.reason);
}
