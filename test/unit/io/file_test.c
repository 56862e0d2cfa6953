#include "io/file.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/tls.h"
#include "tap.h"

static void test_files(void)
{
	char folder[] = "/tmp/bourse-file-XXXXXX", path[80];
	struct stat st;
	struct buf b;

	OK(mkdtemp(folder) != NULL, "a folder");
	snprintf(path, sizeof(path), "%s/f", folder);
	buf_init(&b, 10);
	OK(file_read(path, &b) == ERR_NOTFOUND, "no such file");
	OK(file_replace(path, S("12345"), 0600) == ERR_OK && file_read(path, &b) == ERR_OK, "written and read");
	IS_STR(buf_str(&b), S("12345"));
	OK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600, "with its mode");
	OK(file_replace(path, S("more than ten octets"), 0600) == ERR_OK, "replaced");
	buf_clear(&b);
	OK(file_read(path, &b) == ERR_TOOBIG, "over the ceiling");
	OK(folder_make(folder, 0700) == ERR_OK, "a folder that is there is fine");
	unlink(path);
	rmdir(folder);
	buf_done(&b);
}

static void test_memfd(void)
{
	int fd = memfd_new("test");
	struct str view = STR_NONE;

	OK(memfd_add(fd, S("message")) == ERR_OK && !memfd_is_sealed(fd), "filled");
	OK(memfd_seal(fd) == ERR_OK && memfd_is_sealed(fd), "sealed");
	OK(memfd_add(fd, S("x")) != ERR_OK, "not writable any more");
	OK(ftruncate(fd, 0) < 0, "not to be cut either");
	OK(fd_map(fd, 3, &view) == ERR_TOOBIG, "larger than allowed");
	OK(fd_map(fd, 100, &view) == ERR_OK, "mapped");
	IS_STR(view, S("message"));
	fd_unmap(&view);
	fd_close(&fd);
	OK(fd == -1, "closed");
}

static void test_certificate(void)
{
	struct buf key_pem, chain_pem, other_key, other_chain;
	struct tls_key *key = NULL;

	buf_init(&key_pem, 100000);
	buf_init(&chain_pem, 100000);
	buf_init(&other_key, 100000);
	buf_init(&other_chain, 100000);
	OK(tls_self_signed(S("mail.example.org"), &key_pem, &chain_pem) == ERR_OK, "self-signed");
	OK(tls_self_signed(S("mail.example.org"), &other_key, &other_chain) == ERR_OK, "another");
	OK(tls_key_load(buf_str(&key_pem), &key) == ERR_OK, "its key loads");
	OK(tls_key_matches(key, buf_str(&chain_pem)), "and fits");
	OK(!tls_key_matches(key, buf_str(&other_chain)), "but not another certificate");
	OK(tls_key_sign(key, TLS_RSA_SIGN, 1, S("x"), &other_key) == ERR_SYNTAX, "no RSA with an EC key");
	tls_key_free(key);
	key = NULL;
	OK(tls_key_load(S("-----BEGIN NONSENSE-----"), &key) == ERR_CONFIG && key == NULL, "no key");
	buf_done(&key_pem);
	buf_done(&chain_pem);
	buf_done(&other_key);
	buf_done(&other_chain);
}

int main(void)
{
	test_files();
	test_memfd();
	test_certificate();
	return tap_done();
}
