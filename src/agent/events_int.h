/* How the store names what an event is about (events.c). */
#ifndef GN_AGENT_EVENTS_INT_H
#define GN_AGENT_EVENTS_INT_H

#include "agent/agent_int.h"

/* Kinds of rows; they stay as they are. A message: chat 32, mine 1, id 16; a contact: owner 32. */
enum { AGENT_EVENT_MESSAGE = 1, AGENT_EVENT_CONTACT = 2, AGENT_EVENT_FRESH = 0x100 };
#define AGENT_EVENT_NAME 49u /* bytes of the longest */

/* Takes a cursor and keeps it, in the transaction of what the event is about; 0: nobody is told of
 * such. An error ends the agent. */
GN_MUST gn_err agent_event_keep(struct gn_agent *a, struct gn_agent_tx *tx,
				const struct gn_people_event *e, uint64_t *cursor);
/* Before a cursor is taken: it will not be taken again. */
GN_MUST gn_err agent_events_ahead(struct gn_agent *a, struct gn_agent_tx *tx);
/* Of the store: the first cursor that was never told. */
GN_MUST gn_err agent_events_next(struct gn_agent *a, uint64_t *next);
/* What a row is about; false: this program does not know it. */
bool agent_event_named(const struct gn_agent_event *e, struct gn_people_event *out);

#endif
