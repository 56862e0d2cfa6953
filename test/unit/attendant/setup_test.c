/* What the attendant does before it starts anybody: configuration, folders and whose they are, the lock, listeners. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attendant/attendant_int.h"
#include "io/file.h"
#include "tap.h"

static struct attendant one, two; /* large */
static char folder[64];

static void write_file(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	must(file_replace(path, str_from_c(text), 0644) == ERR_OK);
}

static enum err begin(struct attendant *a, const char *config, struct failure *f)
{
	enum err e;

	memset(a, 0, sizeof(*a));
	memset(f, 0, sizeof(*f));
	a->control_fd = -1;
	a->lock_fd = -1;
	a->options.data_folder = folder;
	a->data_folder = str_from_c(folder);
	a->config_arena = malloc(sizeof(struct arena));
	arena_init(a->config_arena, ARENA_NONE);
	write_file("bourse.conf", config);
	e = attendant_load_config(a, a->config_arena, &a->config, f);
	if (e == ERR_OK)
		a->config = config_complete(a->config_arena, a->config, S("mail.example.org"), 1);
	return e;
}

static void end(struct attendant *a)
{
	listeners_close(a);
	fd_close(&a->lock_fd);
	arena_done(a->config_arena);
	free(a->config_arena);
}

static unsigned mode_of(const char *name)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s%s", folder, name);
	return stat(path, &st) == 0 ? st.st_mode & 0777 : 0;
}

static void test_folders(void)
{
	struct failure f;

	OK(begin(&one, "", &f) == ERR_OK && attendant_make_folders(&one, &f) == ERR_OK, "folders (%s)", f.text);
	IS_NUM(mode_of("/store"), 0700);
	IS_NUM(mode_of("/directory"), 0700);
	IS_NUM(mode_of("/tls"), 0700);
	IS_NUM(mode_of("/run/empty"), 0555);
	OK(begin(&two, "", &f) == ERR_OK && attendant_make_folders(&two, &f) == ERR_INUSE, "one server a folder");
	OK(strstr(f.text, folder) != NULL && strstr(f.text, "--data") != NULL, "and it says which, and what to do: %s", f.text);
	end(&two);
	end(&one);
	OK(begin(&two, "", &f) == ERR_OK && attendant_make_folders(&two, &f) == ERR_OK, "the lock ends with its holder");
	end(&two);
}

static uid_t owner_of(const char *name)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return lstat(path, &st) == 0 ? st.st_uid : (uid_t)-1;
}

/* A role's files follow its user; nothing that the role may have put there to get at others' files does. */
static void test_owners(void)
{
	struct failure f;
	uint32_t uid, other, gid;
	char from[128], to[128];

	begin(&one, "", &f);
	attendant_role_user(&one, ROLE_STORE, &uid, &gid);
	attendant_role_user(&one, ROLE_DIRECTORY, &other, &gid);
	if (geteuid() != 0) {
		OK(uid == 0 && other == 0, "not root: everybody is who started the server");
		end(&one);
		return;
	}
	OK(uid != 0 && other != 0 && uid != other, "each role a user of its own");
	write_file("store/plain", "x");
	write_file("outside", "x");
	write_file("linked", "x");
	snprintf(from, sizeof(from), "%s/outside", folder);
	snprintf(to, sizeof(to), "%s/store/symlink", folder);
	must(symlink(from, to) == 0);
	snprintf(from, sizeof(from), "%s/linked", folder);
	snprintf(to, sizeof(to), "%s/store/hard", folder);
	must(link(from, to) == 0);
	for (int i = 0; i < 2; i++) {
		static const char *const names[] = { "store", "store/plain" };

		snprintf(to, sizeof(to), "%s/%s", folder, names[i]);
		must(chown(to, 60321, 60321) == 0);
	}
	OK(attendant_make_folders(&one, &f) == ERR_OK, "made again (%s)", f.text);
	IS_NUM(owner_of("store"), uid);
	IS_NUM(owner_of("store/plain"), uid);
	IS_NUM(owner_of("outside"), 0);
	IS_NUM(owner_of("linked"), 0);
	end(&one);
}

/* ---- listeners ---- */

static uint16_t free_port(int *ret_fd)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(at);

	*ret_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(bind(*ret_fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(*ret_fd, 1) == 0);
	must(getsockname(*ret_fd, (struct sockaddr *)&at, &length) == 0);
	return ntohs(at.sin_port);
}

static enum err listen_on(const char *addresses, uint16_t smtp, uint16_t imap, struct failure *f)
{
	char text[600];

	snprintf(text, sizeof(text),
		"listen.addresses = [%s];\nlisten.smtp = %u;\nlisten.imap = %u;\nlisten.submission = off;\n"
		"listen.submissions = off;\nlisten.pop3 = off;\nlisten.pop3s = off;\nlisten.imaps = off;\nlisten.https = off;\n"
		"listen.nntp = off;\nlisten.nntps = off;\n",
		addresses, smtp, imap);
	if (begin(&one, text, f) != ERR_OK)
		return f->code;
	return listeners_bind(&one, f);
}

static bool can_connect(uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool good = connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0;

	fd_close(&fd);
	return good;
}

static void test_listeners(void)
{
	struct failure f;
	char number[16];
	int first_fd, second_fd;
	uint16_t first = free_port(&first_fd), second = free_port(&second_fd);
	pid_t holder;

	fd_close(&first_fd);
	OK(listen_on("\"127.0.0.1\"", first, second, &f) == ERR_INUSE, "a port is held");
	snprintf(number, sizeof(number), "%u", second);
	OK(strstr(f.text, number) != NULL && strstr(f.text, "imap") != NULL, "which, and for what: %s", f.text);
	snprintf(number, sizeof(number), "%d", getpid());
	OK(strstr(f.text, number) != NULL, "and by whom");
	IS_NUM(one.listener_count, 0);
	OK(!can_connect(first), "the one that was free is given back");
	end(&one);
	holder = fork();
	if (holder == 0) {
		usleep(100000);
		_exit(0);
	}
	fd_close(&second_fd);
	OK(listen_on("\"127.0.0.1\"", first, second, &f) == ERR_OK, "one free, the other's holder about to end (%s)", f.text);
	waitpid(holder, NULL, 0);
	IS_NUM(one.listener_count, 2);
	OK(can_connect(first) && can_connect(second), "and open");
	OK(fcntl(one.listeners[0].fd, F_GETFD) & FD_CLOEXEC, "not for a child");
	end(&one);
	OK(listen_on("\"mail.example.org\"", first, second, &f) == ERR_CONFIG, "a name is no address: %s", f.text);
	end(&one);
	OK(begin(&one, "listen.smtp = off;\nlisten.imap = off;\nlisten.submission = off;\nlisten.submissions = off;\n"
		       "listen.pop3 = off;\nlisten.pop3s = off;\nlisten.imaps = off;\nlisten.https = off;\n"
		"listen.nntp = off;\nlisten.nntps = off;\n",
		   &f) != ERR_OK ||
			listeners_bind(&one, &f) == ERR_CONFIG,
		"a server that listens nowhere: %s", f.text);
	end(&one);
}

/* ---- certificate ---- */

static void test_certificate(void)
{
	struct failure f;
	struct config other;
	uint32_t key;

	begin(&one, "", &f);
	buf_init(&one.chain_pem, (size_t)1 << 20);
	buf_init(&one.key_pem, (size_t)1 << 20);
	one.host_name = S("mail.example.org");
	OK(attendant_make_folders(&one, &f) == ERR_OK && certificate_load(&one, one.config, &f) == ERR_OK, "self-signed (%s)", f.text);
	IS_NUM(mode_of("/tls/self-signed.key"), 0600);
	key = one.key;
	OK(certificate_load(&one, one.config, &f) == ERR_OK && one.key == key + 1, "loaded again under another number");
	write_file("bad.pem", "no certificate");
	other = *one.config;
	other.tls_certificate = arena_printf(one.config_arena, "%s/bad.pem", folder);
	other.tls_key = other.tls_certificate;
	OK(certificate_load(&one, &other, &f) == ERR_CONFIG && strstr(f.text, "bad.pem") != NULL, "refused: %s", f.text);
	OK(one.key == key + 1 && one.chain_pem.len > 0, "what was in force stays");
	buf_done(&one.chain_pem);
	buf_done(&one.key_pem);
	end(&one);
}

int main(void)
{
	char command[100];

	snprintf(folder, sizeof(folder), "/tmp/bourse-attendant-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return 1;
	test_folders();
	test_owners();
	test_listeners();
	test_certificate();
	snprintf(command, sizeof(command), "rm -r %s", folder);
	(void)!system(command);
	return tap_done();
}
