/* What the files of the world share. */
#ifndef GN_SERVICES_TESTING_WORLD_INT_H
#define GN_SERVICES_TESTING_WORLD_INT_H

#include "services/testing/world.h"

/* An event of a node; the caller fills in the rest. */
struct svc_event *svc_add(struct svc *s, enum svc_kind kind, unsigned node, gn_time at);
/* The next; the caller owns it. */
struct svc_event *svc_pop(struct svc *s);
uint8_t *svc_copy(struct gn_slice s);
/* From a node to whoever it is for, as its lies would have it. */
void svc_send(struct svc *s, unsigned from, const struct gn_overlay_message *m);
unsigned svc_index(const struct svc *s, const struct gn_contact *c);
/* A message about boxes as a liar would have it; false: it is not sent. */
bool svc_bend(struct svc *s, unsigned from, unsigned to, uint8_t *p, size_t len);
/* ---- boxed.c ---- */

void svc_boxed_start(struct svc *s, unsigned i);
void svc_boxed_stop(struct svc *s, unsigned i);
/* True: something moved. */
bool svc_boxed_pump(struct svc *s, unsigned i);
gn_time svc_boxed_deadline(const struct svc *s, unsigned i);
/* What tells their session apart; false: there is none. */
bool svc_session(const struct svc *s, unsigned node, unsigned to, uint8_t out[32]);

/* ---- bused.c ---- */

void svc_bused_start(struct svc *s, unsigned i);
void svc_bused_stop(struct svc *s, unsigned i);
bool svc_bused_pump(struct svc *s, unsigned i);
static inline bool svc_is_bused(struct gn_slice bytes)
{
	return bytes.len > 8 && memcmp(bytes.p + 4, "GNBS", 4) == 0;
}

static inline bool svc_is_boxed(struct gn_slice bytes)
{
	return bytes.len > 8 && memcmp(bytes.p + 4, "GNBX", 4) == 0;
}

/* False: the engine has to answer. */
bool svc_lies(struct svc *s, unsigned i, unsigned from, struct gn_slice bytes);

#endif
