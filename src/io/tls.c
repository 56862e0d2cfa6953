#define OPENSSL_SUPPRESS_DEPRECATED /* key methods: the one way to keep a key in another process that works for RSA and ECDSA */
#include "io/tls.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "base/mem.h"

#define SIGNATURE_OCTETS_MAX ((size_t)2048)

struct tls_context {
	SSL_CTX *ssl;
	unsigned refs;
	uint32_t key;
	tls_sign_fn *sign;
	void *arg;
};

static RSA_METHOD *remote_rsa;
static EC_KEY_METHOD *remote_ec;
static int rsa_slot, ec_slot;

static enum err ask(struct tls_context *c, enum tls_operation operation, int padding, struct str input, struct buf *to)
{
	if (c == NULL)
		return ERR_NOTLS;
	return c->sign(c->arg, c->key, operation, padding, input, to);
}

static int rsa_private_encrypt(int length, const unsigned char *from, unsigned char *to, RSA *rsa, int padding)
{
	struct tls_context *c = RSA_get_ex_data(rsa, rsa_slot);
	struct buf out;
	int result = -1;

	buf_init(&out, SIGNATURE_OCTETS_MAX);
	if (ask(c, TLS_RSA_SIGN, padding, str_make(from, (size_t)length), &out) == ERR_OK &&
		out.len <= (size_t)RSA_size(rsa)) {
		memcpy(to, out.at, out.len);
		result = (int)out.len;
	}
	buf_done(&out);
	return result;
}

static ECDSA_SIG *ec_sign(const unsigned char *digest, int length, const BIGNUM *kinv, const BIGNUM *r, EC_KEY *key)
{
	struct tls_context *c = EC_KEY_get_ex_data(key, ec_slot);
	ECDSA_SIG *signature = NULL;
	struct buf out;

	buf_init(&out, SIGNATURE_OCTETS_MAX);
	if (ask(c, TLS_ECDSA_SIGN, 0, str_make(digest, (size_t)length), &out) == ERR_OK) {
		const unsigned char *at = (const unsigned char *)out.at;

		signature = d2i_ECDSA_SIG(NULL, &at, (long)out.len);
	}
	buf_done(&out);
	return signature;
}

/* TLS signs through this entry, which wants the signature in DER. */
static int ec_sign_der(int type, const unsigned char *digest, int length, unsigned char *to, unsigned int *to_length,
	const BIGNUM *kinv, const BIGNUM *r, EC_KEY *key)
{
	ECDSA_SIG *signature = ec_sign(digest, length, kinv, r, key);
	int n = signature ? i2d_ECDSA_SIG(signature, &to) : -1;

	ECDSA_SIG_free(signature);
	if (n < 0)
		return 0;
	*to_length = (unsigned)n;
	return 1;
}

static void make_methods(void)
{
	if (remote_rsa != NULL)
		return;
	remote_rsa = RSA_meth_dup(RSA_get_default_method());
	RSA_meth_set1_name(remote_rsa, "bourse keys");
	RSA_meth_set_priv_enc(remote_rsa, rsa_private_encrypt);
	rsa_slot = RSA_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	remote_ec = EC_KEY_METHOD_new(EC_KEY_OpenSSL());
	EC_KEY_METHOD_set_sign(remote_ec, ec_sign_der, NULL, ec_sign);
	ec_slot = EC_KEY_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	must(remote_rsa != NULL && remote_ec != NULL);
}

/* A key object that has the public half and asks us for every private operation. */
static EVP_PKEY *remote_key(EVP_PKEY *public, struct tls_context *c)
{
	EVP_PKEY *remote;

	if (public == NULL)
		return NULL;
	remote = EVP_PKEY_new();
	make_methods();
	if (EVP_PKEY_base_id(public) == EVP_PKEY_RSA) {
		RSA *rsa = RSAPublicKey_dup(EVP_PKEY_get0_RSA(public));

		RSA_set_method(rsa, remote_rsa);
		RSA_set_flags(rsa, RSA_FLAG_EXT_PKEY);
		RSA_set_ex_data(rsa, rsa_slot, c);
		EVP_PKEY_assign_RSA(remote, rsa);
		return remote;
	}
	if (EVP_PKEY_base_id(public) == EVP_PKEY_EC) {
		EC_KEY *ec = EC_KEY_dup(EVP_PKEY_get0_EC_KEY(public));

		EC_KEY_set_method(ec, remote_ec);
		EC_KEY_set_ex_data(ec, ec_slot, c);
		EVP_PKEY_assign_EC_KEY(remote, ec);
		return remote;
	}
	EVP_PKEY_free(remote);
	return NULL;
}

static bool use_chain(SSL_CTX *ssl, struct str pem, X509 **ret_leaf)
{
	BIO *in = BIO_new_mem_buf(pem.at, (int)pem.len);
	X509 *leaf = PEM_read_bio_X509_AUX(in, NULL, NULL, NULL);
	bool good = leaf != NULL && SSL_CTX_use_certificate(ssl, leaf) == 1;
	X509 *next;

	while (good && (next = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL)
		good = SSL_CTX_add0_chain_cert(ssl, next) == 1;
	ERR_clear_error(); /* the end of the file is reported as an error */
	BIO_free(in);
	*ret_leaf = leaf;
	return good;
}

static void set_policy(SSL_CTX *ssl, int minimum)
{
	SSL_CTX_set_min_proto_version(ssl, minimum >= 13 ? TLS1_3_VERSION : TLS1_2_VERSION);
	/* What has been read is overwritten: passwords go through here. */
	SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
					 SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_CLEANSE_PLAINTEXT);
	SSL_CTX_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
				      SSL_MODE_RELEASE_BUFFERS);
	/* One record a call: a peer that sends nothing but key updates must not keep the loop inside one SSL_read. */
	SSL_CTX_clear_mode(ssl, SSL_MODE_AUTO_RETRY);
	SSL_CTX_set_cipher_list(ssl, "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM");
	SSL_CTX_set_session_id_context(ssl, (const unsigned char *)"bourse", 6);
	/* A server that hands out tickets needs no session cache. */
	SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(ssl, 0); /* tls_give_ticket */
}

/* The handshake goes on with a certificate that we do not believe, or without one: the client may log on in another way. */
static int look_at_client(int good, X509_STORE_CTX *c)
{
	return 1;
}

/* False: not one certificate in PEM. */
static bool ask_clients(SSL_CTX *ssl, struct str pem)
{
	X509_STORE *store = SSL_CTX_get_cert_store(ssl);
	BIO *in = BIO_new_mem_buf(pem.at, (int)pem.len);
	bool any = false, good = true;
	X509 *ca;

	while (good && (ca = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL) {
		good = X509_STORE_add_cert(store, ca) == 1 && SSL_CTX_add_client_CA(ssl, ca) == 1;
		X509_free(ca);
		any = true;
	}
	ERR_clear_error(); /* the end of the file is reported as an error */
	BIO_free(in);
	SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, look_at_client);
	return any && good;
}

enum err tls_context_new(const struct tls_options *o, struct tls_context **ret, struct failure *f)
{
	struct tls_context *c = MEM_NEW(struct tls_context);
	EVP_PKEY *key = NULL;
	X509 *leaf = NULL;

	c->refs = 1;
	c->key = o->key;
	c->sign = o->sign;
	c->arg = o->arg;
	c->ssl = SSL_CTX_new(TLS_server_method());
	must(c->ssl != NULL);
	set_policy(c->ssl, o->minimum);
	if (!use_chain(c->ssl, o->chain_pem, &leaf))
		fail(f, ERR_CONFIG, "the certificate chain cannot be read as PEM");
	else if ((key = remote_key(X509_get0_pubkey(leaf), c)) == NULL)
		fail(f, ERR_CONFIG, "the certificate's key is neither RSA nor ECDSA");
	else if (SSL_CTX_use_PrivateKey(c->ssl, key) != 1)
		fail(f, ERR_CONFIG, "the certificate does not fit its key");
	else if (o->client_ca_pem.len > 0 && !ask_clients(c->ssl, o->client_ca_pem))
		fail(f, ERR_CONFIG, "tls.client_ca holds no certificates in PEM");
	EVP_PKEY_free(key);
	X509_free(leaf);
	if (f->code != ERR_OK) {
		tls_context_unref(c);
		return f->code;
	}
	*ret = c;
	return ERR_OK;
}

struct tls_context *tls_context_ref(struct tls_context *c)
{
	c->refs++;
	return c;
}

void tls_context_unref(struct tls_context *c)
{
	if (c == NULL || --c->refs > 0)
		return;
	SSL_CTX_free(c->ssl);
	mem_free(c);
}

struct ssl_st *tls_server_new(struct tls_context *c, int fd)
{
	SSL *ssl = SSL_new(c->ssl);

	must(ssl != NULL && SSL_set_fd(ssl, fd) == 1);
	SSL_set_accept_state(ssl);
	return ssl;
}

void tls_give_ticket(SSL *ssl)
{
	if (SSL_version(ssl) >= TLS1_3_VERSION)
		SSL_new_session_ticket(ssl);
}

/* ---- the client's certificate ---- */

bool tls_shows(SSL *ssl)
{
	return SSL_get0_peer_certificate(ssl) != NULL && SSL_get_verify_result(ssl) == X509_V_OK;
}

/* As an address can be in a logon name: nothing in it can be taken for something else. */
static bool is_plain_address(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] <= 0x20 || s.at[i] > 0x7e || s.at[i] == '\\' || s.at[i] == '/')
			return false;
	}
	return s.len > 0 && s.len <= 254 && str_has_octet(s, '@');
}

static void put_addresses(X509 *leaf, struct tls_shown *ret)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
	size_t used = 0;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		struct str s = STR_NONE;

		if (name->type == GEN_EMAIL)
			s = str_make(ASN1_STRING_get0_data(name->d.rfc822Name), (size_t)ASN1_STRING_length(name->d.rfc822Name));
		if (!is_plain_address(s) || used + s.len + 2 > sizeof(ret->addresses))
			continue;
		if (used > 0)
			ret->addresses[used++] = ' ';
		memcpy(ret->addresses + used, s.at, s.len);
		used += s.len;
	}
	GENERAL_NAMES_free(names);
}

void tls_shown(SSL *ssl, struct tls_shown *ret)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned octets = 0;
	X509 *leaf = SSL_get0_peer_certificate(ssl);

	*ret = (struct tls_shown){ 0 };
	if (!tls_shows(ssl) || X509_digest(leaf, EVP_sha256(), digest, &octets) != 1)
		return;
	for (unsigned i = 0; i < octets && i < 32; i++)
		snprintf(ret->fingerprint + 2 * i, 3, "%02x", digest[i]);
	put_addresses(leaf, ret);
	ERR_clear_error();
}

/* ---- channel bindings ---- */

/* No two connections have the same secrets: only then can they tell connections apart. */
static bool is_unique(SSL *ssl)
{
	return SSL_version(ssl) >= TLS1_3_VERSION || SSL_get_extms_support(ssl) == 1;
}

/* RFC 5929 section 4.1: MD5 and SHA-1 are replaced by SHA-256. NULL: the signature names no hash, or none that we know. */
static const EVP_MD *end_point_digest(SSL *ssl)
{
	X509 *leaf = SSL_get_certificate(ssl);
	int digest = NID_undef;

	if (leaf == NULL || X509_get_signature_info(leaf, &digest, NULL, NULL, NULL) != 1 || digest == NID_undef)
		return NULL;
	return digest == NID_md5 || digest == NID_sha1 ? EVP_sha256() : EVP_get_digestbynid(digest);
}

static void bind_end_point(SSL *ssl, struct tls_binding *ret)
{
	const EVP_MD *digest = end_point_digest(ssl);
	unsigned octets = 0;

	if (digest != NULL && X509_digest(SSL_get_certificate(ssl), digest, ret->at, &octets) == 1)
		ret->octets = octets;
}

/* The first Finished message: the client's, but in a handshake that resumes the server speaks first. */
static void bind_unique(SSL *ssl, struct tls_binding *ret)
{
	size_t octets = SSL_session_reused(ssl) ? SSL_get_finished(ssl, ret->at, sizeof(ret->at))
						: SSL_get_peer_finished(ssl, ret->at, sizeof(ret->at));

	ret->octets = octets <= sizeof(ret->at) ? octets : 0;
}

void tls_bind(SSL *ssl, struct tls_bindings *ret)
{
	static const char label[] = "EXPORTER-Channel-Binding";
	static const unsigned char context[1];

	*ret = (struct tls_bindings){ 0 };
	bind_end_point(ssl, &ret->end_point);
	if (!is_unique(ssl))
		return;
	if (SSL_export_keying_material(ssl, ret->exporter.at, 32, label, sizeof(label) - 1, context, 0, 1) == 1)
		ret->exporter.octets = 32;
	if (SSL_version(ssl) < TLS1_3_VERSION)
		bind_unique(ssl, &ret->unique);
}

bool tls_binds(SSL *ssl)
{
	return is_unique(ssl) || end_point_digest(ssl) != NULL;
}

/* ---- the process that holds the key ---- */

struct tls_key {
	EVP_PKEY *key;
};

enum err tls_key_load(struct str pem, struct tls_key **ret)
{
	BIO *in = BIO_new_mem_buf(pem.at, (int)pem.len);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
	int kind = key ? EVP_PKEY_base_id(key) : 0;

	BIO_free(in);
	ERR_clear_error();
	if (kind != EVP_PKEY_RSA && kind != EVP_PKEY_EC) {
		EVP_PKEY_free(key);
		return ERR_CONFIG;
	}
	*ret = MEM_NEW(struct tls_key);
	(*ret)->key = key;
	return ERR_OK;
}

void tls_key_free(struct tls_key *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_free(key->key);
	mem_free(key);
}

static enum err rsa_sign(EVP_PKEY *key, int padding, struct str input, struct buf *to)
{
	RSA *rsa = EVP_PKEY_get1_RSA(key);
	unsigned char out[SIGNATURE_OCTETS_MAX];
	bool known = padding == RSA_PKCS1_PADDING || padding == RSA_NO_PADDING; /* the latter for PSS, padded by the asker */
	int n = -1;

	if (known && (size_t)RSA_size(rsa) <= sizeof(out) && input.len <= (size_t)RSA_size(rsa))
		n = RSA_private_encrypt((int)input.len, (const unsigned char *)input.at, out, rsa, padding);
	RSA_free(rsa);
	if (n > 0)
		buf_put(to, str_make(out, (size_t)n));
	return n > 0 ? ERR_OK : ERR_SYNTAX;
}

static enum err ecdsa_sign(EVP_PKEY *key, struct str digest, struct buf *to)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(key, NULL);
	unsigned char out[SIGNATURE_OCTETS_MAX];
	size_t n = sizeof(out);
	bool good = digest.len <= EVP_MAX_MD_SIZE && EVP_PKEY_sign_init(c) == 1 &&
		    EVP_PKEY_sign(c, out, &n, (const unsigned char *)digest.at, digest.len) == 1;

	EVP_PKEY_CTX_free(c);
	if (good)
		buf_put(to, str_make(out, n));
	return good ? ERR_OK : ERR_SYNTAX;
}

enum err tls_key_sign(const struct tls_key *key, enum tls_operation operation, int padding, struct str input, struct buf *to)
{
	int kind = EVP_PKEY_base_id(key->key);
	enum err e = ERR_SYNTAX;

	if (operation == TLS_RSA_SIGN && kind == EVP_PKEY_RSA)
		e = rsa_sign(key->key, padding, input, to);
	else if (operation == TLS_ECDSA_SIGN && kind == EVP_PKEY_EC)
		e = ecdsa_sign(key->key, input, to);
	ERR_clear_error();
	return e;
}

bool tls_key_matches(const struct tls_key *key, struct str chain_pem)
{
	BIO *in = BIO_new_mem_buf(chain_pem.at, (int)chain_pem.len);
	X509 *leaf = PEM_read_bio_X509_AUX(in, NULL, NULL, NULL);
	bool match = leaf != NULL && EVP_PKEY_eq(X509_get0_pubkey(leaf), key->key) == 1;

	X509_free(leaf);
	BIO_free(in);
	ERR_clear_error();
	return match;
}

/* ---- self-signed ---- */

static bool name_certificate(X509 *cert, struct str host_name)
{
	X509_NAME *name = X509_get_subject_name(cert);
	X509V3_CTX context;
	X509_EXTENSION *names;
	char text[300];
	bool good;

	snprintf(text, sizeof(text), "DNS:%.*s,DNS:localhost,IP:127.0.0.1,IP:::1", STR_FMT(host_name));
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)host_name.at, (int)host_name.len, -1, 0);
	X509_set_issuer_name(cert, name);
	X509V3_set_ctx(&context, cert, cert, NULL, NULL, 0);
	names = X509V3_EXT_conf_nid(NULL, &context, NID_subject_alt_name, text);
	good = names != NULL && X509_add_ext(cert, names, -1) == 1;
	X509_EXTENSION_free(names);
	return good;
}

static void put_bio(struct buf *to, BIO *from)
{
	char *at;
	long n = BIO_get_mem_data(from, &at);

	if (n > 0)
		buf_put(to, str_make(at, (size_t)n));
}

enum err tls_self_signed(struct str host_name, struct buf *key_pem, struct buf *chain_pem)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	BIO *key_out = BIO_new(BIO_s_mem()), *cert_out = BIO_new(BIO_s_mem());
	bool good;

	X509_set_version(cert, 2);
	ASN1_INTEGER_set_int64(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), -86400);
	X509_time_adj_ex(X509_getm_notAfter(cert), 3650, 0, NULL);
	X509_set_pubkey(cert, key);
	good = name_certificate(cert, host_name) && X509_sign(cert, key, EVP_sha256()) > 0 &&
	       PEM_write_bio_PrivateKey(key_out, key, NULL, NULL, 0, NULL, NULL) == 1 &&
	       PEM_write_bio_X509(cert_out, cert) == 1;
	if (good) {
		put_bio(key_pem, key_out);
		put_bio(chain_pem, cert_out);
	}
	BIO_free(key_out);
	BIO_free(cert_out);
	X509_free(cert);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return good ? ERR_OK : ERR_IO;
}

/* Random numbers, algorithms and error texts are set up lazily, with system calls that no sandbox allows later. */
void tls_prepare(void)
{
	struct buf key_pem, chain_pem, signature;
	struct tls_context *context = NULL;
	struct tls_key *key = NULL;
	struct failure f = { 0 };
	struct tls_options options = { .minimum = 12 };

	OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_LOAD_SSL_STRINGS | OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL);
	buf_init(&key_pem, (size_t)64 << 10);
	buf_init(&chain_pem, (size_t)64 << 10);
	buf_init(&signature, SIGNATURE_OCTETS_MAX);
	must(tls_self_signed(S("localhost"), &key_pem, &chain_pem) == ERR_OK);
	must(tls_key_load(buf_str(&key_pem), &key) == ERR_OK);
	must(tls_key_sign(key, TLS_ECDSA_SIGN, 0, S("01234567890123456789012345678901"), &signature) == ERR_OK);
	options.chain_pem = buf_str(&chain_pem);
	must(tls_context_new(&options, &context, &f) == ERR_OK);
	tls_context_unref(context);
	tls_key_free(key);
	buf_done(&key_pem);
	buf_done(&chain_pem);
	buf_done(&signature);
}
