/* The hub's two clocks (HB-53). `now` is nobody's to set: rates, challenges, WebSockets and
 * schedules go by it. `time` is that of records and of what is told, the machine's wall clock,
 * followed with care (gn_os_now). */
#include "hub/hub_int.h"

#include <stdio.h>

void gn_hub_look_at_clocks(struct gn_hub *hub)
{
	hub->now = gn_os_steady();
	hub->time = gn_os_now();
}

bool gn_hub_clock_set(char *out, size_t cap)
{
	gn_time off = gn_os_clock_off();
	if (off == 0)
		return false;
	snprintf(out, cap,
		 "this machine's clock was set %lld s %s while the hub ran: if that was wrong, set "
		 "it right; else the hub follows ten minutes later%s",
		 (long long)((off > 0 ? off : -off) / GN_SEC), off > 0 ? "ahead" : "back",
		 off > 0 ? "" : ", at half speed until both agree");
	return true;
}

void gn_hub_clock_tick(struct gn_hub *hub)
{
	char text[HUB_WHY];
	bool set = gn_hub_clock_set(text, sizeof text);
	if (set != hub->clock_set)
		gn_host_log(&hub->host, GN_LOG_WARN, set ? "clock.set" : "clock.agrees", "%s",
			    set ? text : "the hub's time and this machine's clock agree again");
	hub->clock_set = set;
}

uint64_t gn_hub_clock_behind(const struct gn_hub *hub)
{
	gn_time behind = hub->ready ? gn_ledger_time(hub->ledger) - hub->time : 0;
	return behind > HUB_CLOCK_BEHIND ? (uint64_t)(behind / GN_SEC) : 0;
}
