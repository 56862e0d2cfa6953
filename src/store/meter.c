#include "store/meter.h"

/* Less than an octet each time is lost to nobody: the clock stands until there is a whole one. */
uint64_t meter_level(struct meter *m, uint64_t now_ms)
{
	uint64_t ms = now_ms > m->at_ms ? now_ms - m->at_ms : 0, drained;

	if (m->level == 0 || ms >= METER_MS * 2) {
		m->at_ms = now_ms;
		m->level = ms >= METER_MS * 2 ? 0 : m->level;
		return m->level;
	}
	drained = m->most / METER_MS * ms + m->most % METER_MS * ms / METER_MS;
	if (drained > 0)
		m->at_ms = now_ms;
	m->level = m->level > drained ? m->level - drained : 0;
	return m->level;
}

bool meter_pour(struct meter *m, uint64_t octets, uint64_t now_ms)
{
	m->total += octets;
	if (m->most == 0)
		return true;
	m->level = meter_level(m, now_ms) + octets;
	return m->level <= m->most;
}
