/* Transport parameters (params.c). */
#ifndef GN_JET_PARAMS_INT_H
#define GN_JET_PARAMS_INT_H

#include "base/base.h"
#include "jet/limits.h"

struct jet_session;

/* The peer's transport parameters (params.c). */
struct jet_params {
	uint64_t idle_ms, max_data, max_stream_data, max_streams_bidi, max_streams_uni, udp_max,
		paths, linger_ms;
	struct gn_slice original_dcid, initial_scid, retry_scid; /* p NULL: absent */
	struct gn_slice versions;
	bool passes; /* the client keeps passes */
};

size_t jet_params_write(const struct jet_session *s, uint8_t out[JET_PARAMS_MAX]);
GN_MUST gn_err jet_params_read(struct gn_slice in, struct jet_params *out);
/* Checks and applies the peer's parameters. */
GN_MUST gn_err jet_params_apply(struct jet_session *s, struct gn_slice in);

#endif
