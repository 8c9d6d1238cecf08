/** What jobs on a server tell each other: how fast its machine and the link to it are. */
import type { ConnectionProfile } from '../../../model/profile';
import { addSpeeds, readSpeeds } from './runHistory';
import { runsKey } from './sameRun';
import { earlierSpeeds, type EarlierSpeeds } from './speeds';
import type { WorkModel } from './workModel';

/** Jobs whose kinds of work have the same reasons for their speeds. */
type SpeedsOf = 'backup' | 'restore';

/** The jobs of one kind on one server. */
export interface ServerJobs {
  historyDir: string | undefined;
  profile: ConnectionProfile;
  of: SpeedsOf;
}

/** What a job may expect; null = there was no other job on this server. */
export async function expectedSpeeds({
  historyDir,
  profile,
  of,
}: ServerJobs): Promise<EarlierSpeeds | null> {
  const kept = await readSpeeds(historyDir, runsKey(profile, 'speeds'));
  const seen = kept.map(({ speed, ...told }) => {
    const [job = '', ...kind] = speed.split(' ');
    return { job, ...told, speed: kind.join(' ') };
  });
  const earlier = earlierSpeeds(seen);
  if (!earlier) return null;
  const own = seen.filter(({ job }) => job === of);
  return { ...earlier, byKind: new Map(own.map(({ speed, ratio }) => [speed, ratio])) };
}

/** Remembers what a job has shown, for the next ones. */
export async function rememberSpeeds(
  { historyDir, profile, of }: ServerJobs,
  model: WorkModel,
): Promise<void> {
  const seen = model.speeds().map(({ speed, ...told }) => ({ speed: `${of} ${speed}`, ...told }));
  await addSpeeds(historyDir, runsKey(profile, 'speeds'), seen);
}
