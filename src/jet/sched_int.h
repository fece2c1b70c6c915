/* Who sends next (sched.c). */
#ifndef GN_JET_SCHED_INT_H
#define GN_JET_SCHED_INT_H

#include "base/base.h"
#include "jet/list_int.h"

struct jet_dgram;
struct jet_out;
struct jet_session;
struct jet_stream;

/* A class of the scheduler (sched.c). */
struct jet_class {
	struct jet_link streams; /* jet_stream.sched */
	struct jet_link dgrams;  /* jet_dgram.link */
	uint64_t served;         /* weighted bytes */
	bool dgram_last;         /* the last thing sent was a datagram */
};

void jet_sched_init(struct jet_session *s);
void jet_sched_stream(struct jet_session *s, struct jet_stream *st); /* enter if sendable */
void jet_sched_datagram(struct jet_session *s, unsigned class, struct jet_dgram *d);
/* Sets of classes, a bit for each. */
#define JET_CLASSES_URGENT 3u
#define JET_CLASSES_BULK 12u
#define JET_CLASSES_ALL 15u
bool jet_sched_pending(const struct jet_session *s);
/* One of these has something to send. */
bool jet_sched_waits(const struct jet_session *s, unsigned classes);
/* Fills the packet with STREAM and DATAGRAM frames by class. */
void jet_sched_fill(struct jet_session *s, struct jet_out *o, unsigned classes);
/* The longest datagram that fits a packet now. */
size_t jet_dgram_max(const struct jet_session *s);
/* Takes it out of its class and frees it. */
void jet_dgram_drop(struct jet_session *s, struct jet_dgram *d);
bool jet_stream_sendable(const struct jet_stream *st);

#endif
