import type { RestoreJudgement } from '../../model/preflight';
import type { PreflightRequest, PreflightServices } from './restorePreflight';

declare const PERMITTED: unique symbol;

/**
 * A request that may change its target: its preflight has been passed, or somebody vouches for it.
 * Only the two functions of this file make one, so no restore can start past the checks.
 */
export type Permitted<R> = R & { readonly [PERMITTED]: true };

/** Every restore carries it, down to the tool that is started. */
export type Permission = Permitted<unknown>;

/** Who looks at file and target, and who is asked about what was found. */
export interface PermissionServices extends PreflightServices {
  /** Resolves with the user's answer; true as well where there is nothing to ask. */
  confirm: (judgement: RestoreJudgement) => Promise<boolean>;
}

/**
 * The request, once its preflight checks are passed.
 *
 * @returns null when the answer was no
 * @throws AppError as `preflightRestore`
 */
export async function permittedByPreflight<R>(
  request: R,
  asked: PreflightRequest,
  services: PermissionServices,
): Promise<Permitted<R> | null> {
  // Loaded when it is needed: windows are to start quickly.
  const { preflightRestore } = await import('./restorePreflight');
  const judgement = await preflightRestore(asked, services);
  return (await services.confirm(judgement)) ? vouchedFor(request) : null;
}

/** The request of a caller who answers for what it does to its target: nobody is asked. */
export function vouchedFor<R>(request: R): Permitted<R> {
  return request as Permitted<R>;
}
