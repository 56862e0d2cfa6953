/* Work beside the loop: it runs on another thread, its end on the loop's, and never more at once than there are threads. */
#include "io/work.h"

#include <pthread.h>
#include <unistd.h>

#include "tap.h"

#define PIECES 40

struct piece {
	pthread_t ran_on;
	bool ran, done;
};

static struct piece pieces[PIECES];
static struct loop *loop;
static size_t done_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int running, running_most;

static void run(void *arg)
{
	struct piece *p = arg;

	pthread_mutex_lock(&lock);
	running++;
	running_most = running > running_most ? running : running_most;
	pthread_mutex_unlock(&lock);
	usleep(2000);
	p->ran_on = pthread_self();
	p->ran = true;
	pthread_mutex_lock(&lock);
	running--;
	pthread_mutex_unlock(&lock);
}

static void done(void *arg)
{
	struct piece *p = arg;

	p->done = p->ran && pthread_equal(pthread_self(), p->ran_on) == 0;
	done_count++;
	/* One piece queues another from inside its end. */
	if (done_count == PIECES - 1)
		work_queue(loop, run, done, &pieces[PIECES - 1]);
}

int main(void)
{
	size_t good = 0;

	work_prepare(2);
	loop = loop_new();
	for (size_t i = 0; i < PIECES - 1; i++)
		work_queue(loop, run, done, &pieces[i]);
	OK(done_count == 0, "nothing ends before the loop runs");
	loop_run(loop);
	for (size_t i = 0; i < PIECES; i++)
		good += pieces[i].done;
	IS_NUM(good, PIECES);
	OK(running_most == 2, "two threads, as asked for (%d)", running_most);
	loop_free(loop);
	return tap_done();
}
