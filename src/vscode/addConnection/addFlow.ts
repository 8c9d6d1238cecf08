import * as vscode from 'vscode';
import { decodeProfiles } from '../../core/connections/decodeProfiles';
import { AppError } from '../../core/errors';
import { connectionLabel, type ConnectionProfile } from '../../core/model/profile';
import type { ConnectionService } from '../connections/connectionService';
import type { PasswordStore } from '../connections/passwordStore';
import { profileProblemText } from '../settings/profileProblems';
import type { Settings } from '../settings/settings';
import { describeError } from '../text/errorText';
import { cancellable } from '../ui/cancellable';
import { window } from '../ui/window';
import { askFields } from './fieldSteps';
import { emptyConnection, fromPasted, type NewConnection, toProfile } from './newConnection';
import { findBox } from './findBox';
import { pasteBox, type Start } from './pasteBox';
import { reviewBox } from './reviewBox';

interface AddParts {
  settings: Settings;
  connections: ConnectionService;
  passwords: PasswordStore;
}

/** Databases by which a server can be asked for the others. */
const MAINTENANCE = ['postgres', 'template1'];

/**
 * Paste, look, save: the whole way to a new connection. All answers stay until it is saved or given
 * up.
 *
 * @returns the saved entry
 */
export async function addFlow(parts: AddParts): Promise<ConnectionProfile | undefined> {
  for (;;) {
    const start = await pasteBox();
    if (start === undefined) return undefined;
    const begun = await begin(start);
    if (begun === undefined) return undefined;
    if (begun === 'back') continue;
    const saved = await reviewed(parts, begun);
    if (saved !== 'back') return saved;
  }
}

async function begin(
  start: Exclude<Start, undefined>,
): Promise<NewConnection | 'back' | undefined> {
  if (typeof start === 'object') return fromPasted(start.pasted);
  return start === 'find' ? findBox() : askFields(emptyConnection());
}

/** Shows, tests and saves it; comes back to what was answered when the test fails. */
async function reviewed(
  parts: AddParts,
  begun: NewConnection,
): Promise<ConnectionProfile | 'back' | undefined> {
  let connection = begun;
  let problem: string | undefined;
  for (;;) {
    const review = await reviewBox(connection, problem);
    if (review === undefined || review === 'back') return review;
    ({ connection } = review);
    const { scope } = review;
    const profile = toProfile(connection, scope, parts.settings.connectionIds());
    const unusable = problemOf(profile);
    if (unusable !== undefined) {
      problem = unusable;
      continue;
    }
    parts.passwords.offer(profile, connection, connection.keepPassword);
    // The user has just seen where it leads: nothing more is asked.
    await parts.connections.chosen(profile);
    const outcome = await tested(parts, profile);
    if (outcome === 'save') {
      const entry = { ...profile };
      delete entry.source;
      await parts.settings.addConnection(entry, scope);
      return profile;
    }
    await parts.passwords.forget(profile);
    if (outcome === undefined) return undefined;
    if ('database' in outcome) {
      const { database } = outcome;
      connection = { ...connection, target: { ...connection.target, database } };
      problem = undefined;
    } else ({ problem } = outcome);
  }
}

/** The problem that the settings would report: a variable that is not set, a field that a workspace may not set. */
function problemOf({ source, ...entry }: ConnectionProfile): string | undefined {
  const { problems } = decodeProfiles([entry], source ?? 'workspace', process.env);
  const problem = problems.find(({ severity }) => severity === 'error');
  return problem && profileProblemText(problem);
}

type Outcome = 'save' | { problem: string } | { database: string } | undefined;

async function tested(parts: AddParts, profile: ConnectionProfile): Promise<Outcome> {
  const retry = vscode.l10n.t('Retry');
  const change = vscode.l10n.t('Change…');
  const keep = vscode.l10n.t('Save Anyway');
  for (;;) {
    try {
      await testWithProgress(parts.connections, profile);
      return 'save';
    } catch (error) {
      if (AppError.is(error, 'databaseMissing') && profile.url?.startsWith('${') !== true) {
        const database = await chooseDatabase(parts.connections, profile, error.details.database);
        if (database !== undefined) return { database };
      }
      const { message, detail } = describeError(error);
      const answer = await window.showErrorMessage(
        message,
        { modal: true, ...(detail === undefined ? {} : { detail }) },
        change,
        retry,
        keep,
      );
      if (answer === change) return { problem: message };
      if (answer === keep) return 'save';
      if (answer !== retry) return undefined;
    }
  }
}

/** The server is there, the database is not: which of those that are? */
async function chooseDatabase(
  connections: ConnectionService,
  profile: ConnectionProfile,
  missing: string,
): Promise<string | undefined> {
  const databases = await databasesOf(connections, profile);
  if (databases.length === 0) return undefined;
  const picked = await window.showQuickPick(
    databases.map((label) => ({ label })),
    {
      title: vscode.l10n.t('Add Connection'),
      placeHolder: vscode.l10n.t(
        'The server has no database "{0}". Choose one of those that it has.',
        missing,
      ),
      ignoreFocusOut: true,
    },
  );
  return picked?.label;
}

async function databasesOf(
  connections: ConnectionService,
  profile: ConnectionProfile,
): Promise<string[]> {
  for (const maintenance of MAINTENANCE) {
    try {
      return await connections.readDatabases(profile, maintenance);
    } catch (error) {
      if (!AppError.is(error)) throw error;
    }
  }
  return [];
}

export function testWithProgress(
  connections: ConnectionService,
  profile: ConnectionProfile,
): ReturnType<ConnectionService['test']> {
  return cancellable(
    vscode.l10n.t('Connecting to "{0}"…', connectionLabel(profile)),
    ({ signal }) => connections.test(profile, signal),
  );
}
