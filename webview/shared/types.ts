/** Names for what the messages carry: pages know core's types through the protocol only. */
import type { InspectResult } from '../../src/protocol/restoreApi';
import type { ConnectionState, ConnectionSummary, JobUpdate } from '../../src/protocol/types';

export type Job = JobUpdate['job'];
export type JobStatus = Job['status'];
export type JobError = Job['errors'][number];
export type TargetState = NonNullable<Job['targetState']>;
export type Catalog = NonNullable<ConnectionState['catalog']>;
export type Server = NonNullable<ConnectionState['server']>;
export type Info = NonNullable<InspectResult['info']>;
export type Environment = NonNullable<ConnectionSummary['environment']>;
