/* A packet that came, while it is taken apart: twin of out_int.h. */
#ifndef GN_JET_IN_INT_H
#define GN_JET_IN_INT_H

#include "jet/packet_int.h"

struct jet_path;
struct jet_session;
struct jet_space;

struct jet_in {
	/* by who found it in a datagram */
	const struct gn_way *from;
	const struct jet_header *header;
	uint8_t *bytes;      /* header->len of them; changed in place */
	size_t datagram_len; /* 0: counted with another packet of it */
	gn_time now;
	/* by recv.c */
	struct jet_session *s;
	uint32_t path_id;
	struct jet_path *path;   /* NULL before it has opened: it may begin a new one */
	struct jet_space *space; /* set when it has opened */
	enum jet_level level;
	uint64_t pn;
};

/* What the frames of a packet mean for its acknowledgement. */
struct jet_effect {
	bool urgent;  /* at once */
	bool refused; /* something in it was not kept: as if it had been lost */
};

#endif
