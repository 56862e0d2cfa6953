/* Preloaded into the server for the control experiment: flushes that say yes and do nothing. */
#include <sys/types.h>
#include <unistd.h>

int fdatasync(int fd)
{
	(void)fd;
	return 0;
}

int fsync(int fd)
{
	(void)fd;
	return 0;
}
