/* Answers to Binding requests: stun_server.h.
 *
 * 1. Nobody has proven anything: an answer has TURN_UNPROVEN_PART bytes for each of the request at
 *    most. 20 bytes get 40, of IPv6 52, always with a fingerprint: others share the socket.
 * 2. OTHER-ADDRESS and RESPONSE-ORIGIN come with it where the request is long enough, in this
 *    order: who wants both asks with CHANGE-REQUEST or pads. (RFC 5780 has no such bound.)
 * 3. With a second port alone OTHER-ADDRESS names it with our one IP, and a change of the IP is
 *    refused. Rules RE-50, RE-52. */
#include "nat/stun_server.h"

#include "nat/limits.h"

#define CHANGE_IP 4u /* flags of CHANGE-REQUEST (RFC 5780 section 7.2) */
#define CHANGE_PORT 2u
#define FINGERPRINT 8 /* bytes of the attribute */

static size_t addr_size(const struct gn_addr *a)
{
	return gn_addr_is_v4(a) ? 12 : 24;
}

static const struct gn_addr *other(const struct gn_stun_server *s, uint8_t at)
{
	static const uint8_t ways[] = {GN_STUN_OTHER_PORT | GN_STUN_OTHER_IP, GN_STUN_OTHER_PORT,
				       GN_STUN_OTHER_IP};
	for (size_t i = 0; i < GN_COUNT(ways); i++)
		if (s->at[at ^ ways[i]].port)
			return &s->at[at ^ ways[i]];
	return NULL;
}

static void put_if_room(struct gn_stun_maker *m, uint16_t type, const struct gn_addr *a,
			size_t most)
{
	if (gn_writer_len(&m->w) + addr_size(a) + FINGERPRINT <= most)
		gn_stun_put_addr(m, type, false, a);
}

/* The place that is to answer; false: there is none, or what is asked is not readable. */
static bool place_of(const struct gn_stun_server *s, const struct gn_stun *request, uint8_t at,
		     uint8_t *place)
{
	uint32_t flags = 0;
	gn_err err = gn_stun_u32(request, GN_STUN_CHANGE_REQUEST, &flags);
	*place = at ^ (flags & CHANGE_IP ? GN_STUN_OTHER_IP : 0) ^
		 (flags & CHANGE_PORT ? GN_STUN_OTHER_PORT : 0);
	if (err == GN_NOT_FOUND)
		return true;
	/* Who has one place alone knows nothing of it, whatever the flags. */
	return err == GN_OK && s->at[*place].port && other(s, at);
}

gn_err gn_stun_server_answer(const struct gn_stun_server *s, const struct gn_stun *request,
			     const struct gn_addr *from, uint8_t at, void *room, size_t cap,
			     struct gn_slice *out, uint8_t *place)
{
	static const uint16_t known[] = {GN_STUN_CHANGE_REQUEST,
					 GN_STUN_USERNAME,
					 GN_STUN_REALM,
					 GN_STUN_NONCE,
					 GN_STUN_PRIORITY,
					 GN_STUN_USE_CANDIDATE,
					 GN_STUN_PASSWORD_ALGORITHM};
	struct gn_stun_maker m;
	uint16_t types[STUN_UNKNOWN_MAX];
	uint8_t to;
	GN_ASSERT(at < GN_STUN_PLACES);
	GN_ASSERT(request->kind == GN_STUN_REQUEST && request->method == GN_STUN_BINDING);
	size_t unknown = gn_stun_unknown(request, known, GN_COUNT(known), types);
	size_t most = request->bytes.len * TURN_UNPROVEN_PART;
	if (!place_of(s, request, at, &to)) {
		to = at;
		if (unknown < STUN_UNKNOWN_MAX)
			types[unknown++] = GN_STUN_CHANGE_REQUEST;
	}
	enum gn_stun_class kind = unknown ? GN_STUN_ERROR : GN_STUN_SUCCESS;
	gn_stun_begin(&m, room, cap, kind, GN_STUN_BINDING, &request->id);
	if (unknown) {
		to = at;
		gn_stun_put_error(&m, 420, "");
		gn_stun_put_types(&m, types, unknown);
	} else {
		const struct gn_addr *second = other(s, at);
		gn_stun_put_addr(&m, GN_STUN_XOR_MAPPED_ADDRESS, true, from);
		if (second)
			put_if_room(&m, GN_STUN_OTHER_ADDRESS, second, most);
		if (second)
			put_if_room(&m, GN_STUN_RESPONSE_ORIGIN, &s->at[to], most);
	}
	struct gn_slice made;
	GN_TRY(gn_stun_end(&m, true, &made));
	if (made.len > most)
		return GN_TOO_LARGE;
	*out = made;
	*place = to;
	return unknown ? GN_UNSUPPORTED : GN_OK;
}
