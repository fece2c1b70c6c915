/* The hub's log: lines of one event and its sentence. */
#include "hub/hub_int.h"

#include <stdarg.h>
#include <stdio.h>

void gn_hub_log(struct gn_hub *hub, enum gn_log_level level, const char *event, const char *fmt,
		...)
{
	char text[512];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	gn_log(&hub->log, level, "hub", event, "%s", text);
}
