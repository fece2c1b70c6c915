/* For tests and fuzz targets only: every table of every schema. */
#ifndef GN_WIRE_ALL_TYPES_H
#define GN_WIRE_ALL_TYPES_H

#include "wire/generated/app_agent_fb.h"
#include "wire/generated/app_box_fb.h"
#include "wire/generated/app_device_fb.h"
#include "wire/generated/app_fb.h"
#include "wire/generated/app_node_fb.h"
#include "wire/generated/app_site_fb.h"
#include "wire/generated/app_topic_fb.h"
#include "wire/generated/app_tunnel_fb.h"
#include "wire/generated/blocks_fb.h"
#include "wire/generated/bodies_fb.h"
#include "wire/generated/box_fb.h"
#include "wire/generated/bundle_fb.h"
#include "wire/generated/bus_fb.h"
#include "wire/generated/common_fb.h"
#include "wire/generated/content_fb.h"
#include "wire/generated/dialback_fb.h"
#include "wire/generated/overlay_fb.h"
#include "wire/generated/record_fb.h"
#include "wire/generated/relay_fb.h"
#include "wire/generated/token_fb.h"
#include "wire/testdata/generated/sample_fb.h"

static const struct schema {
	const char *file;
	const struct gn_fb_type *const *types;
	size_t count;
} all_schemas[] = {
	{"schemas/common.fbs", gn_fbtypes_common, GN_COUNT(gn_fbtypes_common)},
	{"schemas/record.fbs", gn_fbtypes_record, GN_COUNT(gn_fbtypes_record)},
	{"schemas/bodies.fbs", gn_fbtypes_bodies, GN_COUNT(gn_fbtypes_bodies)},
	{"schemas/app_node.fbs", gn_fbtypes_app_node, GN_COUNT(gn_fbtypes_app_node)},
	{"schemas/app_box.fbs", gn_fbtypes_app_box, GN_COUNT(gn_fbtypes_app_box)},
	{"schemas/app_topic.fbs", gn_fbtypes_app_topic, GN_COUNT(gn_fbtypes_app_topic)},
	{"schemas/app_site.fbs", gn_fbtypes_app_site, GN_COUNT(gn_fbtypes_app_site)},
	{"schemas/app_device.fbs", gn_fbtypes_app_device, GN_COUNT(gn_fbtypes_app_device)},
	{"schemas/app_tunnel.fbs", gn_fbtypes_app_tunnel, GN_COUNT(gn_fbtypes_app_tunnel)},
	{"schemas/app_agent.fbs", gn_fbtypes_app_agent, GN_COUNT(gn_fbtypes_app_agent)},
	{"schemas/app.fbs", gn_fbtypes_app, GN_COUNT(gn_fbtypes_app)},
	{"schemas/token.fbs", gn_fbtypes_token, GN_COUNT(gn_fbtypes_token)},
	{"schemas/box.fbs", gn_fbtypes_box, GN_COUNT(gn_fbtypes_box)},
	{"schemas/bus.fbs", gn_fbtypes_bus, GN_COUNT(gn_fbtypes_bus)},
	{"schemas/relay.fbs", gn_fbtypes_relay, GN_COUNT(gn_fbtypes_relay)},
	{"schemas/dialback.fbs", gn_fbtypes_dialback, GN_COUNT(gn_fbtypes_dialback)},
	{"schemas/bundle.fbs", gn_fbtypes_bundle, GN_COUNT(gn_fbtypes_bundle)},
	{"schemas/content.fbs", gn_fbtypes_content, GN_COUNT(gn_fbtypes_content)},
	{"schemas/blocks.fbs", gn_fbtypes_blocks, GN_COUNT(gn_fbtypes_blocks)},
	{"schemas/overlay.fbs", gn_fbtypes_overlay, GN_COUNT(gn_fbtypes_overlay)},
	{"testdata/sample.fbs", gn_fbtypes_sample, GN_COUNT(gn_fbtypes_sample)},
};

#endif
