/* Who data goes to and comes from: which addresses may be peers at all, permissions by IP and
 * channels of one allocation (RFC 8656 sections 9, 12).
 *
 * 1. Nothing is relayed to who is no single host of the Internet, nor to what is reached only from
 *    here: private and loopback addresses (unless configured), in whatever form they are written,
 *    and this machine's own, where services may take what comes from there for trusted.
 * 2. Another allocation's relayed address is this machine's own and yet a peer: two clients of one
 *    server meet so. Its port is looked at when data goes.
 * 3. Permissions and channels end by the clock alone; what has ended is room for others. Rule
 *    RE-51. */
#include "nat/turn_server_int.h"

static bool ip_eq(const struct gn_addr *a, const struct gn_addr *b)
{
	return memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

/* IPv4: none, this network, protocol assignments, multicast, reserved, broadcast (RFC 6890). */
static bool no_host_v4(const uint8_t ip[4])
{
	return ip[0] == 0 || ip[0] >= 224 || (ip[0] == 192 && ip[1] == 0 && ip[2] == 0);
}

/* IPv6: unspecified and what else is below 100::, so IPv4 in old forms and by translation
 * (64:ff9b::/96), multicast; 6to4, whose IPv4 could be any; site-local ones of old. */
static bool no_host_v6(const uint8_t ip[16])
{
	return ip[0] == 0 || ip[0] == 0xff || (ip[0] == 0x20 && ip[1] == 0x02) ||
	       (ip[0] == 0xfe && (ip[1] & 0xc0) == 0xc0);
}

static bool no_host(const struct gn_addr *a)
{
	static const uint8_t one[16] = {[15] = 1};
	if (gn_addr_is_v4(a))
		return no_host_v4(a->ip + 12);
	return memcmp(a->ip, one, sizeof one) != 0 && no_host_v6(a->ip); /* ::1 is private */
}

/* For tests of networks (RFC 2544), so somebody's private one. */
static bool for_tests(const struct gn_addr *a)
{
	return gn_addr_is_v4(a) && a->ip[12] == 198 && (a->ip[13] & 0xfe) == 18;
}

static bool is_own(const struct gn_turn_server *s, const struct gn_addr *a)
{
	for (size_t i = 0; i < s->own_count; i++)
		if (ip_eq(&s->own[i], a))
			return true;
	for (size_t i = 0; i < GN_STUN_PLACES; i++)
		if (s->config.stun.at[i].port && ip_eq(&s->config.stun.at[i], a))
			return true;
	return false;
}

/* Is it the address of one that is relayed from; any_port: or of its IP? */
static bool is_relayed(const struct gn_turn_server *s, const struct gn_addr *a, bool any_port)
{
	for (size_t i = 0; i < TURN_ALLOCATIONS; i++) {
		const struct turn_allocation *x = s->allocations[i];
		if (x && x->state == TURN_LIVE && ip_eq(&x->relayed, a) &&
		    (any_port || x->relayed.port == a->port))
			return true;
	}
	return false;
}

uint16_t turn_peer_allowed(const struct gn_turn_server *s, const struct turn_allocation *a,
			   const struct gn_addr *peer)
{
	GN_ASSERT(a->state == TURN_LIVE);
	if (gn_addr_is_v4(peer) == a->v6)
		return 443;
	if (no_host(peer))
		return 403;
	if (!s->config.private_peers && (gn_addr_is_private(peer) || for_tests(peer)))
		return 403;
	return is_own(s, peer) && !is_relayed(s, peer, true) ? 403 : 0;
}

/* The place of its IP; TURN_CHANNELS: none. */
static size_t permission(const struct turn_allocation *a, const struct gn_addr *peer, gn_time now)
{
	size_t i = 0;
	while (i < TURN_CHANNELS && (a->permissions[i].until <= now ||
				     memcmp(a->permissions[i].ip, peer->ip, sizeof peer->ip) != 0))
		i++;
	return i;
}

bool turn_peer_passes(const struct gn_turn_server *s, const struct turn_allocation *a,
		      const struct gn_addr *peer, gn_time now)
{
	return peer->port && permission(a, peer, now) < TURN_CHANNELS &&
	       (!is_own(s, peer) || is_relayed(s, peer, false));
}

bool turn_permitted(const struct turn_allocation *a, const struct gn_addr *peer, gn_time now)
{
	return permission(a, peer, now) < TURN_CHANNELS;
}

size_t turn_permissions_free(const struct turn_allocation *a, gn_time now)
{
	size_t n = 0;
	for (size_t i = 0; i < TURN_CHANNELS; i++)
		n += a->permissions[i].until <= now;
	return n;
}

bool turn_permit(struct turn_allocation *a, const struct gn_addr *peer, gn_time now)
{
	size_t at = permission(a, peer, now);
	for (size_t i = 0; i < TURN_CHANNELS && at == TURN_CHANNELS; i++)
		at = a->permissions[i].until <= now ? i : at;
	if (at == TURN_CHANNELS)
		return false;
	struct turn_permission *p = &a->permissions[at];
	memcpy(p->ip, peer->ip, sizeof p->ip);
	p->until = now + TURN_PERMISSION * GN_SEC;
	return true;
}

struct turn_channel *turn_channel_of(struct turn_allocation *a, const struct gn_addr *peer,
				     gn_time now)
{
	for (size_t i = 0; i < TURN_CHANNELS; i++)
		if (a->channels[i].until > now && gn_addr_eq(&a->channels[i].peer, peer))
			return &a->channels[i];
	return NULL;
}

struct turn_channel *turn_channel_at(struct turn_allocation *a, uint16_t number, gn_time now)
{
	for (size_t i = 0; i < TURN_CHANNELS; i++)
		if (a->channels[i].until > now && a->channels[i].number == number)
			return &a->channels[i];
	return NULL;
}

struct turn_channel *turn_channel_place(struct turn_allocation *a, gn_time now)
{
	for (size_t i = 0; i < TURN_CHANNELS; i++)
		if (a->channels[i].until <= now)
			return &a->channels[i];
	return NULL;
}
