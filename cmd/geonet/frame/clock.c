/* The time that is signed: this machine's, or the node's own (NO-19). */
#include "geonet/frame/frame.h"

#include <time.h>

#define NOW_STEP 120 /* seconds between clocks that count as the same; as the overlay's (OV-80) */

static int64_t ahead; /* the node's time, less ours */
static bool is_told;

uint64_t cli_now(void)
{
	return (uint64_t)((int64_t)time(NULL) + ahead);
}

void cli_now_is(const struct cli *cli, uint64_t seconds)
{
	int64_t differ = (int64_t)seconds - (int64_t)time(NULL);
	if (is_told)
		return;
	is_told = true;
	if (differ >= -NOW_STEP && differ <= NOW_STEP)
		return;
	ahead = differ;
	cli_warn(cli,
		 "this machine's clock is %s %s the time that the node goes by; what is signed now "
		 "bears the node's",
		 out_duration((uint64_t)(differ < 0 ? -differ : differ)),
		 differ < 0 ? "ahead of" : "behind");
}
