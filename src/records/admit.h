/* The holder's rules by record type: what config.admit of the overlay is filled with. */
#ifndef GN_RECORDS_ADMIT_H
#define GN_RECORDS_ADMIT_H

#include "wire/wire.h"

/* As gn_overlay_admit: pure, of the record that is held (NULL: none), the one that came, how many
 * names its owner has there besides, and the time. */
typedef gn_err (*gn_admit_fn)(const struct gn_record *held, const struct gn_record *in,
			      uint32_t names, gn_time now);
/* NULL: the type has no rule of its own. */
gn_admit_fn gn_admit_rule(uint16_t type);

#endif
