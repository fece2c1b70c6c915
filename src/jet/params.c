/* Transport parameters inside the TLS transcript (JT-45): a list of (id, length, value), each id
 * at most once, unknown ids skipped. Both ends check the connection ids and the version they
 * used against what the peer saw, so a middleman who changed either breaks the handshake. */
#include "jet/close_int.h"
#include "jet/handshake_int.h"
#include "jet/params_int.h"
#include "jet/session_int.h"

enum param {
	P_ORIGINAL_DCID = 0,
	P_INITIAL_SCID = 1,
	P_RETRY_SCID = 2,
	P_IDLE_MS = 3,
	P_MAX_DATA = 4,
	P_MAX_STREAM_DATA = 5,
	P_MAX_STREAMS_BIDI = 6,
	P_MAX_STREAMS_UNI = 7,
	P_UDP_MAX = 8,
	P_VERSIONS = 9,
	P_PASSES = 10,
	P_PATHS = 11,
	P_LINGER_MS = 12,
	P_KNOWN = 13,
};

static void put_number(struct gn_writer *w, uint64_t id, uint64_t v)
{
	gn_write_varint(w, id);
	gn_write_varint(w, gn_varint_len(v));
	gn_write_varint(w, v);
}

static void put_bytes(struct gn_writer *w, uint64_t id, struct gn_slice v)
{
	gn_write_varint(w, id);
	gn_write_varint(w, v.len);
	gn_write_bytes(w, v);
}

size_t jet_params_write(const struct jet_session *s, uint8_t out[JET_PARAMS_MAX])
{
	const struct gn_jet_config *c = &s->jet->config;
	struct gn_writer w = gn_writer(out, JET_PARAMS_MAX);
	uint8_t noise[8], versions[8];
	put_bytes(&w, P_INITIAL_SCID, GN_SLICE(s->cid_rx[0].cid));
	if (s->incoming) {
		put_bytes(&w, P_ORIGINAL_DCID, GN_SLICE(s->hs->original_dcid));
		if (s->hs->retried)
			put_bytes(&w, P_RETRY_SCID, GN_SLICE(s->hs->retry_scid));
	}
	put_number(&w, P_IDLE_MS, (uint64_t)(c->idle_timeout / GN_MSEC));
	put_number(&w, P_MAX_DATA, s->window.max);
	put_number(&w, P_MAX_STREAM_DATA, c->stream_window);
	put_number(&w, P_MAX_STREAMS_BIDI, s->limit_peer[0]);
	put_number(&w, P_MAX_STREAMS_UNI, s->limit_peer[1]);
	put_number(&w, P_UDP_MAX, JET_DATAGRAM_IN_MAX);
	for (int i = 0; i < 2; i++) { /* the one in use, then all we speak */
		struct gn_writer v = gn_writer(versions + 4 * i, 4);
		gn_write_be32(&v, JET_VERSION);
	}
	put_bytes(&w, P_VERSIONS, GN_SLICE(versions));
	if (c->paths > 1) {
		put_number(&w, P_PATHS, c->paths);
		put_number(&w, P_LINGER_MS, (uint64_t)(c->linger / GN_MSEC));
	}
	if (!s->incoming && !c->no_passes)
		put_bytes(&w, P_PASSES, gn_slice(NULL, 0));
	gn_rand_fill(s->jet->env.rand, noise, sizeof noise);
	put_bytes(&w, 27 + 31 * (1 + (uint64_t)(noise[0] & 31)),
		  gn_slice(noise, noise[1] & 7)); /* readers must skip it */
	GN_ASSERT(!w.bad);
	return gn_writer_len(&w);
}

static bool read_param(uint64_t id, struct gn_slice v, struct jet_params *p)
{
	struct gn_reader r = gn_reader(v);
	uint64_t *number = NULL;
	switch (id) {
	case P_ORIGINAL_DCID: p->original_dcid = v; return v.len == JET_CID_LEN;
	case P_INITIAL_SCID: p->initial_scid = v; return v.len == JET_CID_LEN;
	case P_RETRY_SCID: p->retry_scid = v; return v.len == JET_CID_LEN;
	case P_PASSES: p->passes = true; return v.len == 0;
	case P_VERSIONS: p->versions = v; return v.len >= 8 && v.len % 4 == 0;
	case P_IDLE_MS: number = &p->idle_ms; break;
	case P_MAX_DATA: number = &p->max_data; break;
	case P_MAX_STREAM_DATA: number = &p->max_stream_data; break;
	case P_MAX_STREAMS_BIDI: number = &p->max_streams_bidi; break;
	case P_MAX_STREAMS_UNI: number = &p->max_streams_uni; break;
	case P_UDP_MAX: number = &p->udp_max; break;
	case P_PATHS: number = &p->paths; break;
	case P_LINGER_MS: number = &p->linger_ms; break;
	default: return true;
	}
	*number = gn_read_varint(&r);
	return !r.bad && gn_reader_left(&r) == 0;
}

gn_err jet_params_read(struct gn_slice in, struct jet_params *out)
{
	struct jet_params p = {0};
	struct gn_reader r = gn_reader(in);
	uint32_t seen = 0;
	while (gn_reader_left(&r) > 0) {
		uint64_t id = gn_read_varint(&r);
		struct gn_slice v = gn_read_bytes(&r, gn_read_varint(&r));
		if (r.bad || (id < P_KNOWN && seen >> id & 1) || !read_param(id, v, &p))
			return GN_MALFORMED;
		seen |= id < P_KNOWN ? 1u << id : 0;
	}
	*out = p;
	return GN_OK;
}

/* "" when the peer saw the connection ids and the version that we used. */
static const char *mismatch(const struct jet_session *s, const struct jet_params *p)
{
	GN_ASSERT(s->hs != NULL);
	const struct jet_hs *hs = s->hs;
	if (!gn_slice_eq(p->initial_scid, GN_SLICE(s->cid_tx[0].cid)))
		return "the connection id is not the one in the parameters";
	if (!p->versions.p || gn_be64(p->versions.p) >> 32 != JET_VERSION)
		return "the version is not the one in the parameters";
	if (s->incoming)
		return p->original_dcid.p || p->retry_scid.p ? "parameters of a server from a "
							       "client"
							     : "";
	if (!gn_slice_eq(p->original_dcid, GN_SLICE(hs->original_dcid)))
		return "the first connection id is not the one in the parameters";
	if (hs->retried ? !gn_slice_eq(p->retry_scid, GN_SLICE(hs->retry_scid))
			: p->retry_scid.p != NULL)
		return "the retry is not the one in the parameters";
	return "";
}

gn_err jet_params_apply(struct jet_session *s, struct gn_slice in)
{
	GN_ASSERT(s->state == JET_S_HANDSHAKE && s->hs);
	struct jet_params p;
	if (!in.p || jet_params_read(in, &p) != GN_OK)
		return jet_fault(s, JET_E_PARAMS, "transport parameters do not parse");
	const char *wrong = mismatch(s, &p);
	if (*wrong || p.max_streams_bidi > JET_OFFSET_MAX >> 2 ||
	    p.max_streams_uni > JET_OFFSET_MAX >> 2 || p.udp_max < JET_MTU_BASE || p.paths == 1)
		return jet_fault(s, JET_E_PARAMS,
				 *wrong ? wrong
					: "transport parameter out of "
					  "range");
	if (s->incoming && p.passes && gn_guard_on(s->jet->guard))
		s->due |= JET_DUE_PASS;
	uint8_t paths = s->jet->config.paths;
	if (p.paths && paths > 1) {
		s->multi = true;
		s->slots = p.paths < paths ? (uint8_t)p.paths : paths;
		uint64_t own = (uint64_t)(s->jet->config.linger / GN_MSEC);
		s->linger = (gn_time)(p.linger_ms < own ? p.linger_ms : own) * GN_MSEC;
	}
	s->tx_credit = p.max_data;
	s->peer_stream_window = p.max_stream_data;
	s->limit_local[0] = p.max_streams_bidi;
	s->limit_local[1] = p.max_streams_uni;
	uint64_t mine = (uint64_t)(s->idle_timeout / GN_MSEC);
	if (p.idle_ms && p.idle_ms < mine)
		s->idle_timeout = (gn_time)p.idle_ms * GN_MSEC;
	return GN_OK;
}
