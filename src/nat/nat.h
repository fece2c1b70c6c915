/* What the rest of GeoNet sees of nat. */
#ifndef GN_NAT_NAT_H
#define GN_NAT_NAT_H

#include "nat/pcp.h"

#endif
