import { AppError } from '../errors';
import type { ConnectionProfile } from '../model/profile';
import { defaultKey, isLockedKey } from './clientKey/lockedKey';
import { canBeGiven, NO_PASSPHRASE } from './clientKey/passphraseFile';
import { dialledTarget } from './dialledTarget';
import { expandHome } from './libpq';
import type { PasswordCommandOptions } from './passwordCommand';
import type { Variables } from './url/reference';

/** What a connection may need to be told: the role's password, or what opens its client key. */
export type SecretKind = 'password' | 'keyPassphrase';

/** Source of passwords. The window stores them; core only passes them on. */
export interface PasswordProvider {
  /** The stored password of this profile; does not ask the user. */
  get(profile: ConnectionProfile, kind?: SecretKind): Promise<string | undefined>;
  /** Asks the user; undefined = the user cancelled. */
  request(
    profile: ConnectionProfile,
    reason: 'missing' | 'rejected',
    signal?: AbortSignal,
    kind?: SecretKind,
  ): Promise<string | undefined>;
  /** The server accepted the secrets: those that `request` returned may be stored now. */
  accepted(profile: ConnectionProfile): Promise<void>;
}

/**
 * The password that is known without asking the user: from the profile's command, or stored.
 *
 * @throws AppError as `runPasswordCommand`
 */
export function knownPassword(
  profile: ConnectionProfile,
  provider: Pick<PasswordProvider, 'get'>,
  options: PasswordCommandOptions = {},
): Promise<string | undefined> {
  return profile.passwordCommand === undefined
    ? provider.get(profile)
    : passwordOfCommand(profile, options);
}

/**
 * The passphrase of the profile's client key that is known without asking the user, or what stands for
 * one; undefined = the connection needs none. With a service, its own section says it (`sslpassword`).
 *
 * @throws AppError `connectionInvalid`: the profile cannot be used
 */
export async function knownPassphrase(
  profile: ConnectionProfile,
  provider: Pick<PasswordProvider, 'get'>,
  variables: Variables = process.env,
): Promise<string | undefined> {
  const key = keyOf(profile, variables);
  if (key === null || !(await isLockedKey(key))) return undefined;
  const known = await provider.get(profile, 'keyPassphrase');
  // One that came with a pasted connection may be any text: a line break would add parameters.
  return known !== undefined && canBeGiven(known) ? known : NO_PASSPHRASE;
}

/** Tokens of clouds last at least 15 minutes; running a command may cost the user a fingerprint. */
const RENEW_AFTER_MS = 4 * 60_000;

/**
 * Returns a function that gives each process of a job the password of a profile with a password
 * command: processes that start within four minutes share one run of the command. undefined = the
 * profile has no such command, or there is no password.
 *
 * @param password what the command has just printed
 * @param clock milliseconds; for tests
 */
export function renewingPassword(
  profile: ConnectionProfile,
  password: string | undefined,
  options: PasswordCommandOptions,
  clock: () => number = () => performance.now(),
): (() => Promise<string>) | undefined {
  if (profile.passwordCommand === undefined || password === undefined) return undefined;
  let current = Promise.resolve(password);
  let since = clock();
  return () => {
    if (clock() - since < RENEW_AFTER_MS) return current;
    since = clock();
    const renewed = passwordOfCommand(profile, options);
    current = renewed;
    // After a failure the next process runs the command again.
    renewed.catch(() => (since = -Infinity));
    return renewed;
  };
}

/** What runs the command is loaded only for those few connections that have one. */
async function passwordOfCommand(
  profile: ConnectionProfile,
  options: PasswordCommandOptions,
): Promise<string> {
  const { runPasswordCommand } = await import('./passwordCommand');
  return runPasswordCommand(profile, options);
}

/** How often the user is asked at most, when the server refuses passwords. */
const MAX_ATTEMPTS = 3;

/**
 * Calls `run` with the password, and the passphrase of the client key, that are known for `profile`.
 * When the server requires a password and none is known, or refuses the known one, or the key is not
 * opened, asks the user and calls `run` again.
 * @throws AppError as `runPasswordCommand`; the error of `run` (`passwordRequired`,
 *   `authenticationFailed`, `keyLocked`) once the user cancels
 */
export async function withPassword<T>(
  profile: ConnectionProfile,
  provider: PasswordProvider,
  run: (password: string | undefined, keyPassphrase: string | undefined) => Promise<T>,
  options: PasswordCommandOptions = {},
): Promise<T> {
  const { signal } = options;
  let password = await knownPassword(profile, provider, options);
  let passphrase = await knownPassphrase(profile, provider, options.variables);
  for (let attempt = 1; ; attempt++) {
    try {
      const result = await run(password, passphrase);
      await provider.accepted(profile);
      return result;
    } catch (error) {
      if (AppError.is(error, 'keyLocked')) {
        if (attempt > MAX_ATTEMPTS || signal?.aborted) throw error;
        const why = passphrase === NO_PASSPHRASE ? 'missing' : 'rejected';
        passphrase = await provider.request(profile, why, signal, 'keyPassphrase');
        if (passphrase === undefined) throw error;
        continue;
      }
      const missing = AppError.is(error, 'passwordRequired');
      const rejected = AppError.is(error, 'authenticationFailed');
      // The user is not asked: this profile's passwords come from its command.
      if (profile.passwordCommand !== undefined) throw error;
      if ((!missing && !rejected) || attempt > MAX_ATTEMPTS || signal?.aborted) throw error;
      const given = await provider.request(profile, missing ? 'missing' : 'rejected', signal);
      if (given === undefined) throw error;
      password = given;
    }
  }
}

/** The file of the client key that libpq will read; null = none, or a service decides. */
function keyOf(profile: ConnectionProfile, variables: Variables): string | null {
  const { target, env, service } = dialledTarget(profile, { inherited: variables });
  if (service !== undefined || target.sslMode === 'disable') return null;
  const stated = target.sslKey === undefined ? env['PGSSLKEY'] : expandHome(target.sslKey);
  return stated ?? defaultKey(variables, process.platform);
}
