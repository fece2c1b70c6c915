/* What sessions may hold of the bytes of streams (memory.c). */
#ifndef GN_JET_MEMORY_INT_H
#define GN_JET_MEMORY_INT_H

#include "base/base.h"
#include "jet/jet.h"

struct jet_session;

enum jet_side { JET_IN, JET_OUT }; /* received and not read; written and not acknowledged */

void jet_memory_init(struct gn_jet *jet, uint32_t holders_max);
void jet_memory_fini(struct gn_jet *jet);
/* Rings are to grow by so much for a piece of so many bytes; nothing changes unless it is GN_OK.
 * GN_TOO_LARGE: for so much too little came (JT-66). GN_QUOTA, GN_LIMIT, GN_NO_SPACE, GN_NOMEM:
 * not now. */
GN_MUST gn_err jet_memory_receive(struct jet_session *s, uint64_t growth, uint64_t bytes);
/* So many bytes more are to be written. As above, but for GN_TOO_LARGE. */
GN_MUST gn_err jet_memory_write(struct jet_session *s, uint64_t bytes);
/* rx_held or tx_buffered is less than it was. */
void jet_memory_settle(struct jet_session *s);
/* How many bytes may be written and not acknowledged, up to `most`. */
uint64_t jet_memory_writable(const struct jet_session *s, uint64_t most);
void jet_memory_validate(const struct gn_jet *jet);

#endif
