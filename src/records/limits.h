/* Every bound of what a record says, with its unit and its reason. */
#ifndef GN_RECORDS_LIMITS_H
#define GN_RECORDS_LIMITS_H

#include "base/base.h"

/* identity */
#define IDENTITY_NAME_MAX 128     /* bytes of a display name */
#define IDENTITY_KEY_NAME_MAX 64  /* bytes of a device's name */
#define IDENTITY_PROFILE_MAX 4096 /* bytes */

#endif
