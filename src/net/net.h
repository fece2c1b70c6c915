/* What the rest of GeoNet sees of the edge to the network. */
#ifndef GN_NET_NET_H
#define GN_NET_NET_H

#include "net/carrier.h"
#include "net/disk.h"
#include "net/http.h"
#include "net/local.h"
#include "net/mdns_socket.h"
#include "net/quic.h"
#include "net/signals.h"
#include "net/spares.h"
#include "net/udp.h"
#include "net/ws.h"
#include "net/wss.h"

#endif
