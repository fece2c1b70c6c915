/* Which record types are judged by what they say, and by whom. */
#include "records/admit.h"
#include "records/box.h"
#include "records/chainrec.h"
#include "records/identity.h"
#include "records/name.h"
#include "records/prekeys.h"
#include "records/provider.h"
#include "records/topic.h"

gn_admit_fn gn_admit_rule(uint16_t type)
{
	static const gn_admit_fn rules[] = {
		[GN_FB_RECORD_TYPE_IDENTITY] = gn_identity_admit,
		[GN_FB_RECORD_TYPE_NAME] = gn_name_admit,
		[GN_FB_RECORD_TYPE_BOX] = gn_boxrec_admit,
		[GN_FB_RECORD_TYPE_TOPIC] = gn_topicrec_admit,
		[GN_FB_RECORD_TYPE_PREKEYS] = gn_prekeys_admit,
		[GN_FB_RECORD_TYPE_CHAIN] = gn_chainrec_admit,
		[GN_FB_RECORD_TYPE_PROVIDER] = gn_provider_admit,
	};
	return type < GN_COUNT(rules) ? rules[type] : NULL;
}
