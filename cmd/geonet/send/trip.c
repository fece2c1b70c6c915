/* The common part of trip.h. */
#include "geonet/send/trip.h"

#include "geonet/frame/frame.h"
#include "os/os.h"

#include <unistd.h>

bool trip_begin(struct trip *p, struct cli *cli)
{
	uint64_t minutes = 10;
	if (!cli_number(cli, "patience", 1, 10000, &minutes))
		return false;
	*p = (struct trip){.cli = cli, .patience = (gn_time)minutes * 60 * GN_SEC};
	p->disk.lock = -1;
	gn_alloc_heap(&p->mem, TRIP_MEMORY);
	p->rand = gn_rand_system();
	p->env = (struct gn_env){.alloc = &p->mem, .rand = &p->rand};
	said_begin(&p->said, 0);
	return true;
}

static void tell_progress(struct trip *p, bool reads)
{
	struct gn_transfer_info info;
	gn_transfer_info(p->t, &info);
	uint64_t done = info.sends && reads ? info.hashed : info.done;
	const char *doing = !info.sends ? "receiving" : reads ? "reading" : "sending";
	said_progress(p->cli, &p->said, doing, done, info.bytes);
}

void trip_pump(struct trip *p, gn_time now)
{
	struct gn_transfer_event e;
	bool reads = !p->ready;
	if (!p->t)
		return;
	p->moves += disk_pump(&p->disk, p->t, now);
	if (gn_transfer_deadline(p->t) <= now)
		gn_transfer_tick(p->t, now);
	while (gn_transfer_next_event(p->t, &e)) {
		p->moves++;
		switch (e.kind) {
		case GN_TRANSFER_READY: p->ready = true; break;
		case GN_TRANSFER_OFFERED: p->offered = true; break;
		case GN_TRANSFER_PROGRESS: tell_progress(p, reads); break;
		case GN_TRANSFER_FINISHED: p->finished = true; break;
		case GN_TRANSFER_STOPPED:
			p->stopped = true;
			p->end = e;
			break;
		}
	}
}

uint64_t trip_moves(const struct trip *p)
{
	return p->moves + p->link->moves;
}

bool trip_wait(struct trip *p, gn_time until, bool input)
{
	/* the engine's time and the link's run alike, from different zeros */
	gn_time now = gn_os_now(), engine = p->t ? gn_transfer_deadline(p->t) : GN_NEVER;
	struct pollfd more[2] = {{.fd = p->disk.syncing ? p->disk.wake[0] : -1, .events = POLLIN},
				 {.fd = input ? STDIN_FILENO : -1, .events = POLLIN}};
	until = engine < until ? engine : until;
	gn_time wait = until == GN_NEVER ? GN_SEC : until > now ? until - now : 0;
	link_wait(p->link, more, 2, gn_os_steady() + wait);
	return more[1].revents != 0;
}

void trip_heed(struct trip *p, bool carries, gn_time now)
{
	bool waits = carries && gn_transfer_waits(p->t);
	if (!waits || p->heard_moves != p->link->moves)
		p->heard = now;
	p->heard_moves = p->link->moves;
	if (waits && !p->away && now - p->heard >= p->patience)
		p->away = p->heard;
}

int trip_interrupted(struct trip *p, const char *how)
{
	if (!link_interrupted())
		return -1;
	return cli_fail(p->cli, CLI_FAILED, gn_err_name(GN_CANCELLED), "interrupted. To go on: %s",
			how);
}

int trip_broken(struct trip *p, const char *how)
{
	if (p->link->over)
		return cli_fail(p->cli, CLI_FAILED, gn_err_name(GN_CLOSED),
				"the node went away (%s). To go on, once it runs: %s",
				gn_err_text(p->link->err), how);
	if (p->away && gn_os_now() - p->away >= p->patience)
		return cli_fail(p->cli, CLI_QUORUM, gn_err_name(GN_TIMEOUT),
				"the other end is away for too long. To go on: %s", how);
	return -1;
}

bool trip_is_final(const struct trip *p)
{
	return p->finished || (p->stopped && p->end.err != GN_CANCELLED &&
			       gn_err_class(p->end.err) != GN_CLASS_IO);
}

int trip_stopped(struct trip *p, const char *how)
{
	const char *by = p->end.by_peer ? "the other end stopped it: " : "";
	if (trip_is_final(p))
		return cli_fail(p->cli, CLI_FAILED, gn_err_name(p->end.err), "%s%s", by,
				p->end.why);
	return cli_fail(p->cli, CLI_FAILED, gn_err_name(p->end.err), "%s%s. To go on: %s", by,
			p->end.why, how);
}

void trip_end(struct trip *p)
{
	link_close(p->link);
	if (p->disk.name)
		disk_close(&p->disk);
	gn_transfer_free(p->t); /* after the disk, which lends from it */
	p->t = NULL;
}
