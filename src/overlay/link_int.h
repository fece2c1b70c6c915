/* Links, their messages, and how a node becomes part of the ring. */
#ifndef GN_OVERLAY_LINK_INT_H
#define GN_OVERLAY_LINK_INT_H

#include "overlay/overlay_int.h"

/* ---- link.c ---- */

void gn_ov_count_load(struct gn_overlay *ov, gn_time now);
/* Its next PING is a period away. */
void gn_ov_link_rest(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now);
/* leaf: a true one, for which another gives way when there is no room. */
struct gn_ov_link *gn_ov_link_new(struct gn_overlay *ov, struct gn_ov_contact *c, bool leaf,
				  gn_time now);
void gn_ov_link_up(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now);
/* A link with a peer that comes up, and its changes of mode, make us count members and records
 * anew each time: it has so many at once, and then one every now and then (OV-70). When it may
 * again. */
gn_time gn_ov_next_flip(const struct gn_ov_contact *c);
void gn_ov_flip(struct gn_ov_contact *c, gn_time now);
/* What a node says of itself; who is at another place than before loses its link. NULL: it may
 * not move again yet, or there is no room. */
struct gn_ov_contact *gn_ov_link_meet(struct gn_overlay *ov, const struct gn_contact *c,
				      gn_time now);
void gn_ov_link_ask(struct gn_overlay *ov, struct gn_ov_contact *c, bool leaf, gn_time now);
void gn_ov_link_drop(struct gn_overlay *ov, struct gn_ov_contact *c, bool tell, gn_time now);
void gn_ov_link_probe(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now);
void gn_ov_link_due(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now);
void gn_ov_link_timeout(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now);
void gn_ov_link_dead(struct gn_overlay *ov, struct gn_ov_contact *c, gn_time now);
void gn_ov_hello_send(struct gn_overlay *ov, const struct gn_contact *to, uint64_t request,
		      bool reply);
void gn_ov_hello_all(struct gn_overlay *ov, gn_time now);

/* ---- peer.c ---- */

/* The peer's own word about itself. */
struct gn_ov_contact *gn_ov_meet(struct gn_overlay *ov, struct gn_ov_from *from,
				 struct gn_fb_hello m, gn_time now);
void gn_ov_on_link(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_link m,
		   gn_time now);
void gn_ov_on_link_ok(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_link_ok m,
		      gn_time now);
void gn_ov_on_link_no(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_link_no m,
		      gn_time now);
void gn_ov_on_unlink(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_unlink m,
		     gn_time now);
void gn_ov_on_ping(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_ping m,
		   gn_time now);
void gn_ov_on_pong(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_pong m,
		   gn_time now);

/* ---- delta.c ---- */

/* What changed in our list since version `seen` as the peer has it; 0 when nothing or when the
 * list is empty. */
gn_fbref gn_ov_put_delta(struct gn_overlay *ov, struct gn_fbb *b, struct gn_ov_link *l,
			 uint32_t seen, gn_time now);
void gn_ov_get_delta(struct gn_overlay *ov, struct gn_ov_link *l, struct gn_fb_delta d,
		     gn_time now);
void gn_ov_on_delta(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_delta m,
		    gn_time now);
void gn_ov_list_alive(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now);

/* ---- join.c ---- */

void gn_ov_on_hello(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_hello m,
		    gn_time now);
void gn_ov_join_due(struct gn_overlay *ov, gn_time now);
/* It holds records of others from now on, or none. */
void gn_ov_hold(struct gn_overlay *ov, bool hold, gn_time now);
void gn_ov_join_check(struct gn_overlay *ov, gn_time now);
void gn_ov_join_hello(struct gn_overlay *ov, struct gn_ov_request *r, struct gn_ov_contact *c,
		      gn_time now);
void gn_ov_join_timeout(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now);
/* What we say of how we are reached. */
void gn_ov_reach_due(struct gn_overlay *ov, gn_time now);
void gn_ov_join_found(struct gn_overlay *ov, const struct gn_ov_op *op, gn_time now);
void gn_ov_fill_due(struct gn_overlay *ov, gn_time now);
void gn_ov_heal_due(struct gn_overlay *ov, gn_time now);

#endif
