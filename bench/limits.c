/*
 * What the machine itself can do, with as little as possible in between. Loopback only; one JSON
 * line each.
 *
 *   limits flush FILE SECONDS        append 4 KiB and fdatasync, one after the other
 *   limits send MIB                  octets a second through one loopback connection
 *   limits tls SECONDS               TLS 1.3 handshakes (P-256), both sides on one core
 *   limits argon2 SECONDS THREADS    password checks at our costs
 *   limits hash PASSWORD             the password as an Argon2id string at our costs
 * A server's limit is what bare.c does under the same load.
 */
#include <argon2.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "load.h"

static uint64_t after_s(uint32_t seconds)
{
	return load_now_us() + (uint64_t)seconds * 1000000;
}

static int open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		load_give_up("cannot make the file");
	return fd;
}

static void flush(const char *path, uint32_t seconds)
{
	static char octets[4096];
	int fd = open_file(path);
	uint64_t until = after_s(seconds), n = 0;

	for (; load_now_us() < until; n++)
		if (write(fd, octets, sizeof(octets)) != sizeof(octets) || fdatasync(fd) < 0)
			load_give_up("cannot write");
	unlink(path);
	printf("{\"per_second\":%.1f}\n", (double)n / seconds);
}

/* ---- loopback ---- */

static void send_all(uint32_t mib)
{
	static char octets[65536];
	struct sockaddr_in at;
	socklen_t at_len = sizeof(at);
	int listen_fd = load_listen(0), fd;
	struct load_peer *p = mem_new(sizeof(*p));
	uint64_t left = (uint64_t)mib << 20, began;
	pid_t pid;

	getsockname(listen_fd, (struct sockaddr *)&at, &at_len);
	pid = fork();
	if (pid < 0)
		load_give_up("cannot fork");
	if (pid == 0) {
		fd = accept(listen_fd, NULL, NULL);
		for (ssize_t n = 1; left > 0 && n > 0; left -= n > 0 ? (uint64_t)n : 0)
			n = send(fd, octets, left < sizeof(octets) ? left : sizeof(octets),
				MSG_NOSIGNAL);
		_exit(0);
	}
	load_connect(p, ntohs(at.sin_port), NULL);
	began = load_now_us();
	load_skip(p, left);
	printf("{\"octets_per_second\":%.0f}\n",
		(double)left * 1e6 / (double)(load_now_us() - began));
}

/* ---- TLS ---- */

static SSL_CTX *server_context(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();

	if (!context || !key || !x)
		load_give_up("no TLS");
	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	X509_set_pubkey(x, key);
	if (!X509_sign(x, key, EVP_sha256()) || SSL_CTX_use_certificate(context, x) != 1 ||
		SSL_CTX_use_PrivateKey(context, key) != 1)
		load_give_up("no certificate");
	SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
	return context;
}

static void handshake(SSL_CTX *server, SSL_CTX *client)
{
	SSL *s = SSL_new(server), *c = SSL_new(client);
	BIO *a, *b;
	int done_s = 0, done_c = 0;

	if (!s || !c || BIO_new_bio_pair(&a, 65536, &b, 65536) != 1)
		load_give_up("no TLS");
	SSL_set_bio(s, a, a);
	SSL_set_bio(c, b, b);
	SSL_set_accept_state(s);
	SSL_set_connect_state(c);
	for (int i = 0; i < 10 && (done_s != 1 || done_c != 1); i++) {
		done_c = SSL_do_handshake(c);
		done_s = SSL_do_handshake(s);
	}
	if (done_s != 1 || done_c != 1)
		load_give_up("no handshake");
	SSL_free(s);
	SSL_free(c);
}

static void tls(uint32_t seconds)
{
	SSL_CTX *server = server_context(), *client = SSL_CTX_new(TLS_client_method());
	uint64_t until = after_s(seconds), n = 0;

	for (; load_now_us() < until; n++)
		handshake(server, client);
	printf("{\"per_second\":%.1f}\n", (double)n / seconds);
}

/* ---- Argon2id ---- */

#define MEMORY_KIB 19456u
#define PASSES     2u

static uint64_t argon2_until;
static _Atomic uint64_t argon2_count;

static void *argon2_work(void *arg)
{
	unsigned char hash[32];

	while (load_now_us() < argon2_until) {
		if (argon2id_hash_raw(PASSES, MEMORY_KIB, 1, "password", 8, "saltsaltsaltsalt", 16, hash, sizeof(hash)) != ARGON2_OK)
			load_give_up("no hash");
		argon2_count++;
	}
	return arg;
}

static void argon2(uint32_t seconds, uint32_t threads)
{
	pthread_t made[64];

	argon2_until = after_s(seconds);
	for (uint32_t i = 0; i < threads; i++)
		if (pthread_create(&made[i], NULL, argon2_work, NULL) != 0)
			load_give_up("no thread");
	for (uint32_t i = 0; i < threads; i++)
		pthread_join(made[i], NULL);
	printf("{\"per_second\":%.1f}\n", (double)argon2_count / seconds);
}

static void hash(const char *password)
{
	char encoded[160];

	if (argon2id_hash_encoded(PASSES, MEMORY_KIB, 1, password, strlen(password), "saltsaltsaltsalt", 16,
		    32, encoded, sizeof(encoded)) != ARGON2_OK)
		load_give_up("no hash");
	printf("{\"hash\":\"%s\"}\n", encoded);
}

int main(int argc, char **argv)
{
	const char *what = argc >= 3 ? argv[1] : "";

	if (strcmp(what, "flush") == 0 && argc == 4)
		flush(argv[2], load_number(argv[3], 3600));
	else if (strcmp(what, "send") == 0)
		send_all(load_number(argv[2], 65536));
	else if (strcmp(what, "tls") == 0)
		tls(load_number(argv[2], 3600));
	else if (strcmp(what, "hash") == 0)
		hash(argv[2]);
	else if (strcmp(what, "argon2") == 0 && argc == 4)
		argon2(load_number(argv[2], 3600), load_number(argv[3], 64));
	else
		load_give_up("usage: see the head of limits.c");
	return 0;
}
