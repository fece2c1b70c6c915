/* Commands about jobs and the queue that they wait in. */
#ifndef GEONET_JOB_COMMANDS_H
#define GEONET_JOB_COMMANDS_H

#include "geonet/frame/cli.h"

extern const struct cli_command job_commands[], box_commands[];

int cmd_job_submit(struct cli *cli);
int cmd_job_list(struct cli *cli);
int cmd_job_show(struct cli *cli);
int cmd_job_dead(struct cli *cli);
int cmd_job_retry(struct cli *cli);
int cmd_job_drop(struct cli *cli);
int cmd_job_work(struct cli *cli);
int cmd_job_key(struct cli *cli);

int cmd_box_show(struct cli *cli);
int cmd_box_grant(struct cli *cli);
int cmd_box_refuse(struct cli *cli);

#endif
