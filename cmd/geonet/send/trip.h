/* What a sender and a receiver have alike: the engine, its disk, the link, and what is told of it
 * all. */
#ifndef GEONET_SEND_TRIP_H
#define GEONET_SEND_TRIP_H

#include "geonet/send/disk.h"
#include "geonet/send/link.h"
#include "geonet/send/meet.h"
#include "geonet/send/said.h"

/* bytes of an engine: two manifests of 24 MiB while one is opened, and its files' hashes */
#define TRIP_MEMORY (256u << 20)

struct trip {
	struct cli *cli;
	struct gn_alloc mem;
	struct gn_rand rand;
	struct gn_env env;
	struct gn_transfer *t; /* owned; NULL: a receiver that has not paired */
	struct disk disk;
	struct link *link; /* owned; NULL: not yet */
	struct said said;
	bool ready, offered, finished, stopped; /* events that came */
	struct gn_transfer_event end;           /* stopped: why */
	uint64_t moves;                         /* events and requests */
	gn_time away;                           /* since when the other end is; 0: it is here */
	gn_time patience;
	gn_time heard; /* when it was last not so that the other end's turn was, and nothing came */
	uint64_t heard_moves;
};

/* patience: --patience, in minutes. False after printing. */
bool trip_begin(struct trip *p, struct cli *cli);
/* What the disk and the engine have to do now. */
void trip_pump(struct trip *p, gn_time now);
/* Grows while anything moves: who slept then would be late. */
uint64_t trip_moves(const struct trip *p);
/* Until something can be read, or the time is there. input: stdin, too; true: it can be read. */
bool trip_wait(struct trip *p, gn_time until, bool input);
/* Whose turn it is and who does nothing is away, whatever their node says. carries: there is a
 * stream. */
void trip_heed(struct trip *p, bool carries, gn_time now);
/* Over with nothing left to say, or the node is gone: an exit status, after printing; -1: it goes
 * on. how: the command that does. */
int trip_broken(struct trip *p, const char *how);
/* The same where who runs it has interrupted it. */
int trip_interrupted(struct trip *p, const char *how);
/* Of a transfer that stopped: prints why. */
int trip_stopped(struct trip *p, const char *how);
/* The state is of no use any more. */
bool trip_is_final(const struct trip *p);
void trip_end(struct trip *p);

#endif
