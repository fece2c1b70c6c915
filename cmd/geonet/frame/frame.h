/* What nearly every command stands on. */
#ifndef GEONET_FRAME_H
#define GEONET_FRAME_H

#include "geonet/frame/cli.h"
#include "geonet/frame/clock.h"
#include "geonet/frame/out.h"
#include "geonet/frame/util.h"

#endif
