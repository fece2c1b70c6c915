/* Which list of revoked tokens a request needs: that of the topic's owner, when a chain of theirs
 * comes with it, or came before by the same publisher or subscriber. The request waits while it is
 * looked up (rules.c). Rule BS-19. */
#include "services/bus/engine_int.h"

/* A chain that may count here, of those that are with the request; NULL: of none. */
static const struct gn_lists_chain *chain_of(struct gn_bus *b, const struct bus_held *h,
					     struct gn_slice token, struct gn_lists_chain *out)
{
	GN_ASSERT(h->rules);
	if (!token.len || gn_token_read(token, &b->token) != GN_OK ||
	    !gn_pk_eq(gn_token_owner(&b->token), &h->rules->owner))
		return NULL;
	gn_lists_chain_of(&b->token, out);
	return out;
}

/* Of a message's publisher: what comes with it, or came before. */
static const struct gn_lists_chain *publisher_chain(struct gn_bus *b, const struct bus_held *h,
						    struct gn_fb_bus_message m,
						    struct gn_lists_chain *out)
{
	struct gn_said said;
	struct gn_slice token;
	if (h->rules->publish != GN_FB_TOPIC_ADMISSION_TOKEN ||
	    bus_said_get(m, &said, &token) != GN_OK)
		return NULL;
	const struct bus_publisher *p = bus_publisher_get(h, gn_said_key8(&said.publisher));
	return p && p->token.chain ? p->token.chain : chain_of(b, h, token, out);
}

gn_err bus_list_of(struct gn_bus *b, const struct bus_held *h, const struct gn_contact *who,
		   struct gn_fb_bus_frame m)
{
	GN_ASSERT(h->rules);
	struct gn_lists_chain own;
	const struct gn_lists_chain *chain = NULL;
	uint8_t type = gn_fb_bus_frame_body_type(m);
	if (!b->cfg.lists)
		return GN_OK;
	if (type == GN_FB_BUS_FRAME_BODY_BUS_SUBSCRIBE &&
	    h->rules->subscribe == GN_FB_TOPIC_ADMISSION_TOKEN) {
		struct gn_fb_bus_subscribe s = gn_fb_bus_frame_body_as_bus_subscribe(m);
		const struct bus_subscriber *known = bus_sub_get(h, &who->pk);
		chain = known && known->token.chain
				? known->token.chain
				: chain_of(b, h, gn_fb_bus_subscribe_token(s), &own);
	} else if (type == GN_FB_BUS_FRAME_BODY_BUS_PUBLISH) {
		struct gn_fb_bus_publish p = gn_fb_bus_frame_body_as_bus_publish(m);
		chain = publisher_chain(b, h, gn_fb_bus_publish_message(p), &own);
	} else if (type == GN_FB_BUS_FRAME_BODY_BUS_WILL) {
		struct gn_fb_bus_will w = gn_fb_bus_frame_body_as_bus_will(m);
		if (gn_fb_bus_will_has_message(w))
			chain = publisher_chain(b, h, gn_fb_bus_will_message(w), &own);
	}
	return chain && chain->count ? gn_lists_look(b->cfg.lists, &chain->owner, who, b->now)
				     : GN_OK;
}
