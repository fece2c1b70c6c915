/* Relays that were found bad, for an hour. Rule RE-37. */
#include "services/relay/engine_int.h"

bool gn_relay_is_bad(const struct gn_relay *r, const struct gn_pk *relay, gn_time now)
{
	for (uint32_t i = 0; i < RELAY_BAD; i++)
		if (r->bad[i].until > now && gn_pk_eq(&r->bad[i].relay, relay))
			return true;
	return false;
}

void relay_bad_put(struct gn_relay *r, const struct gn_pk *relay)
{
	struct relay_bad *place = &r->bad[0];
	GN_ASSERT(!gn_pk_is_zero(relay));
	for (uint32_t i = 0; i < RELAY_BAD; i++) {
		if (gn_pk_eq(&r->bad[i].relay, relay)) {
			place = &r->bad[i];
			break;
		}
		if (r->bad[i].until < place->until)
			place = &r->bad[i];
	}
	*place = (struct relay_bad){*relay, r->now + RELAY_BAD_FOR};
}
