/* A message's row, and what may be done to it (message.c). */
#ifndef GN_PEOPLE_MESSAGE_INT_H
#define GN_PEOPLE_MESSAGE_INT_H

#include "people/limits.h"
#include "people/people.h"

/* Kinds that people see, and of them those whose text may change. */
bool people_kind_shown(unsigned kind);

/* Newer: order, then id. */
bool people_at_newer(const struct gn_people_at *a, const struct gn_people_at *b);

/* Appends the row's bytes. */
void people_message_row(const struct gn_people_message *m, struct gn_writer *w);

/* Each: false, and nothing changed, when it has no effect. */
bool people_message_edit(struct gn_people_message *m, const struct gn_people_at *at,
			 struct gn_slice text);
bool people_message_delete(struct gn_people_message *m);
/* mine: who reacts. */
bool people_message_react(struct gn_people_message *m, bool mine, const struct gn_people_at *at,
			  struct gn_slice emoji);
/* A receipt of the other side's device; unix_ms: now. *first: it is the first of all. */
bool people_message_receipt(struct gn_people_message *m, uint64_t device, bool read,
			    uint64_t unix_ms, bool *first);
bool people_message_receipted(const struct gn_people_message *m, uint64_t device);
/* We read it; or, of our own, the others did. */
void people_message_read(struct gn_people_message *m, uint64_t unix_ms);
void people_message_expire(struct gn_people_message *m);
/* What was said of it before it came meets what it is: what does not suit its kind goes. */
void people_message_meets(struct gn_people_message *m);

#endif
