/* What liars make of messages about boxes on their way out. */
#include "services/testing/world_int.h"

#include "wire/generated/box_fb.h"

/* Somewhere in the message, as it stands there. */
static void bend(uint8_t *p, size_t len, const uint8_t *what, size_t what_len)
{
	for (size_t i = 0; i + what_len <= len; i++)
		if (memcmp(p + i, what, what_len) == 0) {
			p[i] ^= 1;
			return;
		}
}

bool svc_bend(struct svc *s, unsigned from, unsigned to, uint8_t *p, size_t len)
{
	struct gn_fb_box_message m;
	unsigned lies = s->nodes[from].lies;
	gn_err err = gn_fb_box_message_verify(gn_slice(p, len), &m);
	GN_ASSERT(err == GN_OK);
	if (s->box_message)
		s->box_message(s->box_user, from, to, gn_slice(p, len));
	if (lies & SVC_BOX_MUTE || (s->box_loss > 0 && gn_rand_unit(&s->rand) < s->box_loss))
		return false;
	switch (gn_fb_box_message_body_type(m)) {
	case GN_FB_BOX_MESSAGE_BODY_BOX_ITEM:
		if (lies & SVC_BOX_FALSE_ITEMS) {
			struct gn_slice item =
				gn_fb_box_item_item(gn_fb_box_message_body_as_box_item(m));
			if (item.len)
				p[item.p - p] ^= 1;
		}
		break;
	case GN_FB_BOX_MESSAGE_BODY_BOX_COPY:
		if (lies & SVC_BOX_FALSE_ITEMS) {
			struct gn_slice item =
				gn_fb_box_copy_item(gn_fb_box_message_body_as_box_copy(m));
			p[item.p - p] ^= 1;
		}
		break;
	case GN_FB_BOX_MESSAGE_BODY_BOX_LISTED:
		if (lies & SVC_BOX_FALSE_IDS) {
			struct gn_fb_box_listed l = gn_fb_box_message_body_as_box_listed(m);
			for (uint32_t i = 0; i < gn_fb_box_listed_entries_len(l); i++) {
				struct gn_fb_box_entry e = gn_fb_box_listed_entries_at(l, i);
				bend(p, len, e.id, sizeof e.id);
			}
		}
		break;
	case GN_FB_BOX_MESSAGE_BODY_BOX_IDS:
		if (lies & SVC_BOX_FALSE_IDS) {
			struct gn_slice ids =
				gn_fb_box_ids_ids_bytes(gn_fb_box_message_body_as_box_ids(m));
			for (size_t i = 0; i < ids.len; i += 16)
				p[ids.p - p + (ptrdiff_t)i] ^= 1;
		}
		break;
	case GN_FB_BOX_MESSAGE_BODY_BOX_STATES:
		if (lies & SVC_BOX_ALL_HELD) {
			struct gn_slice states =
				gn_fb_box_states_states(gn_fb_box_message_body_as_box_states(m));
			memset(p + (states.p - p), GN_FB_BOX_STATE_HELD, states.len);
		}
		break;
	case GN_FB_BOX_MESSAGE_BODY_BOX_HELD:
		if (lies & SVC_BOX_FORGED) {
			struct gn_fb_sig sig = gn_fb_custody_sig(
				gn_fb_box_held_custody(gn_fb_box_message_body_as_box_held(m)));
			bend(p, len, sig.b, sizeof sig.b);
		}
		break;
	default: break;
	}
	return true;
}
