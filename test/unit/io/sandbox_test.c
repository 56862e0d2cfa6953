/*
 * Denial: what a role has no right to do kills it, or fails, in every profile. And what it must do works.
 * Each try runs in a child of its own that enters the sandbox first.
 */
#include "io/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/file.h"
#include "io/loop.h"
#include "tap.h"

static char folder[64];

#define ALL_PROFILES ((1u << SANDBOX_PROFILE_COUNT) - 1)
#define P(name)      (1u << SANDBOX_##name)

/* Each returns true when it got what it wanted. */
static bool try_open_outside(void)
{
	return open("/etc/passwd", O_RDONLY) >= 0;
}

static bool try_write_outside(void)
{
	return open("/tmp/bourse-sandbox-test", O_WRONLY | O_CREAT, 0600) >= 0;
}

/* Beside its own folder, as the directory's is beside netlogon's. */
static bool try_read_data(void)
{
	return open("../bourse-sandbox-beside", O_RDONLY) >= 0;
}

static bool try_open_inside(void)
{
	int fd = openat(AT_FDCWD, "file", O_RDWR | O_CREAT, 0600);

	return fd >= 0 && write(fd, "x", 1) == 1 && fdatasync(fd) == 0 && unlinkat(AT_FDCWD, "file", 0) == 0;
}

static bool try_exec(void)
{
	char *argv[] = { (char *)(uintptr_t) "true", NULL };

	execv("/bin/true", argv);
	return false;
}

static bool try_fork(void)
{
	pid_t pid = (pid_t)syscall(SYS_fork);

	if (pid == 0)
		_exit(0);
	return pid > 0;
}

static bool try_thread(void)
{
	return syscall(SYS_clone, CLONE_VM | CLONE_THREAD, NULL, NULL, NULL, NULL) > 0;
}

static bool try_internet_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool try_unix_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool try_socketpair(void)
{
	int ends[2];

	return socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0;
}

static bool try_bind(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "s" };

	return syscall(SYS_bind, 0, &at, sizeof(at)) == 0;
}

static bool try_kill(void)
{
	return kill(getppid(), 0) == 0;
}

static bool try_tgkill_other(void)
{
	return syscall(SYS_tgkill, getppid(), getppid(), 0) == 0;
}

static bool try_ptrace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool try_executable_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool try_make_executable(void)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(at, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool try_io_uring(void)
{
	char params[128] = { 0 };

	return syscall(SYS_io_uring_setup, 1, params) >= 0;
}

static bool try_unshare(void)
{
	return syscall(SYS_unshare, 0x10000000) == 0;
}

static bool try_mount(void)
{
	return syscall(SYS_mount, "none", ".", "tmpfs", 0, NULL) == 0;
}

static bool try_bpf(void)
{
	return syscall(SYS_bpf, 0, NULL, 0) >= 0;
}

static bool try_keyctl(void)
{
	return syscall(SYS_keyctl, 0, 0, 0) >= 0;
}

static bool try_setuid(void)
{
	return syscall(SYS_setuid, 12345) == 0;
}

static bool try_terminal(void)
{
	char c = 'x';

	return syscall(SYS_ioctl, 0, 0x5412 /* TIOCSTI */, &c) == 0;
}

static bool try_chmod(void)
{
	return syscall(SYS_chmod, ".", 0777) == 0;
}

static bool try_more_descriptors(void)
{
	return syscall(SYS_prlimit64, 0, 7, NULL, NULL) == 0;
}

static bool try_accept(void)
{
	errno = 0;
	syscall(SYS_accept4, 0, NULL, NULL, 0);
	return errno != EPERM; /* it was allowed to ask */
}

static bool try_allocate(void)
{
	volatile char *at = malloc(8 << 20);

	if (at == NULL)
		return false;
	at[4 << 20] = 1;
	free((void *)(uintptr_t)at);
	return true;
}

static bool try_memfd(void)
{
	int fd = memfd_new("x");

	return fd >= 0 && memfd_add(fd, S("x")) == ERR_OK && memfd_seal(fd) == ERR_OK;
}

static const struct attempt {
	const char *what;
	bool (*try)(void);
	unsigned allowed; /* profiles */
} attempts[] = {
	{ "open a file outside", try_open_outside, P(NETLOGON) },
	{ "write a file outside", try_write_outside, 0 },
	{ "read the data of others", try_read_data, 0 },
	{ "write a file of its own", try_open_inside, P(DIRECTORY) | P(STORE) | P(NETLOGON) },
	{ "start a program", try_exec, 0 },
	{ "fork", try_fork, 0 },
	{ "make a thread", try_thread, 0 },
	{ "make a network socket", try_internet_socket, P(NETLOGON) },
	{ "make a local socket", try_unix_socket, P(NETLOGON) },
	{ "make a socket pair", try_socketpair, P(FRONT) },
	{ "bind", try_bind, 0 },
	{ "signal another process", try_kill, 0 },
	{ "signal another process's thread", try_tgkill_other, 0 },
	{ "trace", try_ptrace, 0 },
	{ "map executable memory", try_executable_memory, 0 },
	{ "make memory executable", try_make_executable, 0 },
	{ "io_uring", try_io_uring, 0 },
	{ "unshare", try_unshare, 0 },
	{ "mount", try_mount, 0 },
	{ "bpf", try_bpf, 0 },
	{ "keyctl", try_keyctl, 0 },
	{ "change its user", try_setuid, 0 },
	{ "push keys into the terminal", try_terminal, 0 },
	{ "chmod", try_chmod, 0 },
	{ "read or raise limits", try_more_descriptors, 0 },
	{ "accept a connection", try_accept, P(FRONT) },
	{ "allocate memory", try_allocate, ALL_PROFILES },
	{ "make a file in memory", try_memfd, P(FRONT) | P(STORE) | P(TRANSPORT) },
};

static void run_child(enum sandbox_profile p, const struct attempt *a)
{
	bool has_folder = p == SANDBOX_DIRECTORY || p == SANDBOX_STORE || p == SANDBOX_NETLOGON;
	struct sandbox s = { .profile = p, .folder = has_folder ? "." : NULL };
	struct sandbox_report report;
	int null = open("/dev/null", O_RDWR);

	dup2(null, 0);
	if (chdir(folder) < 0 || sandbox_enter(&s, &report) != ERR_OK)
		_exit(3);
	_exit(a->try() ? 1 : 2);
}

static void attempt(enum sandbox_profile p, const struct attempt *a)
{
	bool allowed = a->allowed & 1u << p;
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		run_child(p, a);
	waitpid(pid, &status, 0);
	if (allowed)
		OK(WIFEXITED(status) && WEXITSTATUS(status) == 1, "%s may: %s (status %x)", sandbox_profile_name(p), a->what, status);
	else
		OK(WIFSIGNALED(status) ? WTERMSIG(status) == SIGSYS : WEXITSTATUS(status) == 2, "%s may not: %s (status %x)",
			sandbox_profile_name(p), a->what, status);
}

int main(void)
{
	int fd;

	/* The sanitizer needs calls of its own, so what is denied differs; the plain build is the one that is shipped. */
	if (UNDER_ASAN) {
		printf("1..0 # SKIP instrumented build\n");
		return 0;
	}
	snprintf(folder, sizeof(folder), "/tmp/bourse-sandbox-XXXXXX");
	if (mkdtemp(folder) == NULL || (fd = open("/tmp/bourse-sandbox-beside", O_WRONLY | O_CREAT, 0644)) < 0)
		return 1;
	close(fd);
	for (unsigned p = 0; p < SANDBOX_PROFILE_COUNT; p++) {
		for (size_t i = 0; i < sizeof(attempts) / sizeof(*attempts); i++)
			attempt((enum sandbox_profile)p, &attempts[i]);
	}
	unlink("/tmp/bourse-sandbox-beside");
	rmdir(folder);
	return tap_done();
}
