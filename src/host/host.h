/* What every program that serves has alike: a loop that pumps until nothing moves and then sleeps
 * until the earliest deadline, settings, requests over HTTP, a log, disk requests on workers. A
 * program is its engines and how it pumps between them; the rest is here.
 *
 *   setting.h  one table of settings      request.h  routes, and a request's life
 *   loop.h     start, pump, stop, log     disk.h     engines' disk requests on workers
 *   json.h     JSON values that answers are made of
 *   app.h      one connection of app/1      call.h     its calls, and their twins in JSON
 *   table.h    tables of app/1 as JSON and back */
#ifndef GN_HOST_HOST_H
#define GN_HOST_HOST_H

#include "host/call.h"
#include "host/disk.h"
#include "host/json.h"
#include "host/loop.h"
#include "host/request.h"
#include "host/setting.h"

#endif
