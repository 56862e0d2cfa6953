/* The other implementation of io/loop.h and io/work.h: turns of the scheduler instead of libuv. */
#pragma once

/* To every loop that watches for it. */
void turn_signal(int signal_number);
