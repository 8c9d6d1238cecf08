import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import { dialledTarget, placeOf } from '../../core/connections/dialledTarget';
import { describeTarget } from '../../core/connections/libpq';
import { AppError } from '../../core/errors';
import { connectionLabel, type ConnectionProfile } from '../../core/model/profile';
import { askBefore } from '../ui/askBefore';

const KEY = 'connections.used';
/** The oldest are forgotten; they are asked about again. */
const MAX_REMEMBERED = 1000;

/**
 * Which entries of workspaces the user has once chosen to connect to, on this machine. Connecting
 * may send a password that libpq finds, so an entry that somebody else wrote is used only after the
 * user has agreed, and again after its target has changed.
 */
export class UsedConnections {
  /** Open questions by target, so that the same question is asked only once. */
  private readonly asking = new Map<string, Promise<boolean>>();

  constructor(private readonly state: vscode.Memento) {}

  /** May it be connected to without a question? */
  has(profile: ConnectionProfile): boolean {
    return profile.source === 'user' || this.remembered().includes(fingerprint(profile));
  }

  /** The user has chosen it, seeing where it leads. */
  async add(profile: ConnectionProfile): Promise<void> {
    if (this.has(profile)) return;
    const all = [...this.remembered(), fingerprint(profile)];
    await this.state.update(KEY, all.slice(-MAX_REMEMBERED));
  }

  /**
   * Asks once, if it must be asked at all.
   *
   * @throws AppError `connectionUnused`: the answer was no
   */
  async require(profile: ConnectionProfile): Promise<void> {
    if (this.has(profile)) return;
    const place = fingerprint(profile);
    const asked = this.asking.get(place) ?? ask(profile);
    this.asking.set(place, asked);
    try {
      if (!(await asked)) throw unused(profile);
    } finally {
      this.asking.delete(place);
    }
    await this.add(profile);
  }

  private remembered(): string[] {
    const stored = this.state.get<unknown>(KEY);
    return Array.isArray(stored) ? stored.filter((one) => typeof one === 'string') : [];
  }
}

/** The error of a connection that the user has not confirmed. */
export function unused(profile: ConnectionProfile): AppError {
  const target = describeTarget(profile, process.env);
  return new AppError('connectionUnused', { name: connectionLabel(profile), target });
}

/** Stored as a hash, because the list only has to recognise targets. */
export function fingerprint(profile: ConnectionProfile): string {
  const place = placeOf(profile, { inherited: process.env });
  return createHash('sha256').update(place).digest('base64').slice(0, 24);
}

function ask(profile: ConnectionProfile): Promise<boolean> {
  const target = describeTarget(profile, process.env);
  const { user } = dialledTarget(profile, { inherited: process.env });
  return askBefore({
    title: vscode.l10n.t('Connect to "{0}"?', connectionLabel(profile)),
    detail: [
      vscode.l10n.t('It comes with this workspace and has not been used on this machine before.'),
      user === undefined
        ? vscode.l10n.t('It connects to {0}.', target)
        : vscode.l10n.t('It connects to {0} as {1}.', target, user),
      vscode.l10n.t('A password stored on this machine for that server may be sent there.'),
    ],
    dangerous: vscode.l10n.t('Connect'),
    safe: vscode.l10n.t('Do Not Connect'),
  });
}
