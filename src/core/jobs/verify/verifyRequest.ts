import type { VerifyLevel, VerifyOptions } from '../../model/options';
import type { Permitted } from '../restore/restorePermission';

/** A verification as it is asked for, before anybody has looked at what it would do. */
export interface WantedVerify {
  options: VerifyOptions;
  /** Begin a manifest for a backup without one, to keep the result in; true when left out. */
  manifest?: boolean | undefined;
}

/** A verification that only reads the files of the backup. */
type ReadingVerify = WantedVerify & {
  options: { level: Exclude<VerifyLevel, 'trialRestore'> };
};

/** A trial restore runs what is in the backup on a server: it needs the permission of any restore. */
export type VerifyRequest = ReadingVerify | Permitted<WantedVerify>;

/** Does it read files and nothing else? Then it needs no permission. */
export function onlyReads<R extends WantedVerify>(request: R): request is R & ReadingVerify {
  return request.options.level !== 'trialRestore';
}
