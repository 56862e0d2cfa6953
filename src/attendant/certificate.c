#include "attendant/attendant_int.h"

#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "io/file.h"
#include "io/tls.h"

#define PEM_OCTETS_MAX       ((size_t)96 << 10)
#define CLIENT_CA_OCTETS_MAX ((size_t)24 << 10) /* both must fit one message */

static enum err make_self_signed(struct attendant *a, const char *chain_path, const char *key_path, struct failure *f)
{
	struct buf chain, key;
	enum err e;

	buf_init(&chain, PEM_OCTETS_MAX);
	buf_init(&key, PEM_OCTETS_MAX);
	e = tls_self_signed(a->host_name, &key, &chain);
	if (e == ERR_OK)
		e = file_replace(key_path, buf_str(&key), 0600);
	if (e == ERR_OK)
		e = file_replace(chain_path, buf_str(&chain), 0644);
	buf_wipe(&key);
	buf_done(&chain);
	if (e != ERR_OK)
		return fail(f, e, "%s: a self-signed certificate cannot be written", chain_path);
	log_put(LOG_tls_self_signed, LOG_C("certificate", chain_path), LOG_S("host", a->host_name), LOG_END);
	return ERR_OK;
}

static enum err read_pem(const char *path, const char *option, struct buf *to, struct failure *f)
{
	enum err e = file_read(path, to);

	if (e != ERR_OK)
		return fail(f, e, "%s: cannot be read (%s); see %s", path, err_text(e), option);
	return ERR_OK;
}

/* A chain that does not fit its key would be noticed by the first client otherwise. */
static enum err check_pair(struct str chain, struct str key_pem, const char *key_path, struct failure *f)
{
	struct tls_key *key = NULL;

	if (tls_key_load(key_pem, &key) != ERR_OK)
		return fail(f, ERR_CONFIG, "%s: not a private key in PEM (RSA or ECDSA, without a pass phrase)", key_path);
	if (!tls_key_matches(key, chain))
		fail(f, ERR_CONFIG, "%s: this key does not belong to the first certificate of tls.certificate", key_path);
	tls_key_free(key);
	return f->code;
}

static enum err read_client_ca(const struct config *c, struct buf *to, struct failure *f)
{
	char path[4096];

	if (c->tls_client_ca.len == 0)
		return ERR_OK;
	snprintf(path, sizeof(path), "%.*s", STR_FMT(c->tls_client_ca));
	if (read_pem(path, "tls.client_ca", to, f) == ERR_OK && str_find_str(buf_str(to), S("-----BEGIN CERTIFICATE-----")) == STR_NPOS)
		fail(f, ERR_CONFIG, "%s: holds no certificates in PEM; see tls.client_ca", path);
	return f->code;
}

static void paths(const struct attendant *a, const struct config *c, char chain[4096], char key[4096])
{
	if (c->tls_certificate.len > 0) {
		snprintf(chain, 4096, "%.*s", STR_FMT(c->tls_certificate));
		snprintf(key, 4096, "%.*s", STR_FMT(c->tls_key.len ? c->tls_key : c->tls_certificate));
		return;
	}
	snprintf(chain, 4096, "%.*s/tls/self-signed.pem", STR_FMT(a->data_folder));
	snprintf(key, 4096, "%.*s/tls/self-signed.key", STR_FMT(a->data_folder));
}

enum err certificate_load(struct attendant *a, const struct config *c, struct failure *f)
{
	char chain_path[4096], key_path[4096];
	struct buf chain, key, client_ca;

	buf_init(&chain, PEM_OCTETS_MAX);
	buf_init(&key, PEM_OCTETS_MAX);
	buf_init(&client_ca, CLIENT_CA_OCTETS_MAX);
	paths(a, c, chain_path, key_path);
	if (c->tls_certificate.len == 0 && file_read(chain_path, &chain) == ERR_NOTFOUND)
		make_self_signed(a, chain_path, key_path, f);
	buf_clear(&chain);
	if (f->code == ERR_OK && read_pem(chain_path, "tls.certificate", &chain, f) == ERR_OK &&
		read_pem(key_path, "tls.key", &key, f) == ERR_OK)
		check_pair(buf_str(&chain), buf_str(&key), key_path, f);
	if (f->code == ERR_OK && read_client_ca(c, &client_ca, f) == ERR_OK) {
		buf_clear(&a->client_ca_pem);
		buf_put(&a->client_ca_pem, buf_str(&client_ca));
		buf_clear(&a->chain_pem);
		buf_put(&a->chain_pem, buf_str(&chain));
		if (a->key_pem.at != NULL)
			mem_wipe(a->key_pem.at, a->key_pem.held);
		buf_clear(&a->key_pem);
		buf_put(&a->key_pem, buf_str(&key));
		a->key++;
		log_put(LOG_tls_loaded, LOG_C("certificate", chain_path), LOG_END);
	}
	buf_done(&chain);
	buf_wipe(&key);
	buf_done(&client_ca);
	return f->code;
}
