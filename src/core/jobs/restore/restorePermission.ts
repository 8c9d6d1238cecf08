import type { RestoreConfirmation } from '../../model/confirmation';
import type { ConfirmationRequest, ConfirmationServices } from './confirmationFacts';

declare const PERMITTED: unique symbol;

/**
 * A request that may change its target: its preflight checks are passed, or the caller vouches for
 * it. Only the two functions of this file make one, so no restore can start without the checks.
 */
export type Permitted<R> = R & { readonly [PERMITTED]: true };

/** Every restore carries it, down to the tool that is started. */
export type Permission = Permitted<unknown>;

/** Reads file and target, and asks the user about what was found. */
export interface PermissionServices extends ConfirmationServices {
  /** Resolves with the user's answer; true as well where there is nothing to ask. */
  confirm: (confirmation: RestoreConfirmation) => Promise<boolean>;
}

/**
 * The request, once its preflight checks are passed.
 *
 * @returns null when the answer was no
 * @throws AppError as `findNeededConfirmation`
 */
export async function permittedByUser<R>(
  request: R,
  asked: ConfirmationRequest,
  services: PermissionServices,
): Promise<Permitted<R> | null> {
  // Loaded when it is needed: windows are to start quickly.
  const { findNeededConfirmation } = await import('./confirmationFacts');
  const confirmation = await findNeededConfirmation(asked, services);
  return (await services.confirm(confirmation)) ? vouchedFor(request) : null;
}

/** The request of a caller who answers for what it does to its target: nobody is asked. */
export function vouchedFor<R>(request: R): Permitted<R> {
  return request as Permitted<R>;
}
