import * as l10n from '@vscode/l10n';
import { dictionary } from '../../dictionary';
import type { ChangingStep, RemedyId } from '../../model/findings/findings';
import { listNames } from '../names';

/** What a remedy's button says. */
export function remedyText({ id }: { id: string }): string {
  return REMEDIES[id]?.() ?? id;
}

const REMEDY_TEXTS: Readonly<Record<RemedyId, () => string>> = {
  newDatabase: () => l10n.t('Restore into a New Database…'),
  clean: () => l10n.t('Drop and Replace'),
  dataOnly: () => l10n.t('Load Rows Only'),
  ifExists: () => l10n.t('Drop Only What Is There'),
  takeAlong: () => l10n.t('Restore These Too'),
  rowsInstead: () => l10n.t('Replace Rows Only'),
  emptyTables: () => l10n.t('Empty These Tables First…'),
  countRows: () => l10n.t('Count Exactly'),
  noOwnersAndPrivileges: () => l10n.t('Leave Out Owners and Privileges'),
  mapRoles: () => l10n.t('Use Another Role Instead…'),
  remakeKeys: () => l10n.t('Drop These Keys and Add Them Again'),
  createRoles: () => l10n.t('Create the Roles without Login…'),
  createSchemas: () => l10n.t('Create the Schemas…'),
  noTablespaces: () => l10n.t('Use the Default Tablespace'),
  noTableAccessMethod: () => l10n.t('Use the Default Access Method'),
  leaveOut: () => l10n.t('Leave Out with All That Needs It'),
  subscriptions: () => l10n.t('Make Them All the Same'),
  endSessions: () => l10n.t('End Their Sessions…'),
  endSessionsAtSwap: () => l10n.t('End Their Sessions Then'),
  singleTransaction: () => l10n.t('In One Transaction'),
  noSingleTransaction: () => l10n.t('Turn Off Single Transaction'),
  fewerJobs: () => l10n.t('Use Fewer Jobs'),
  disableTriggers: () => l10n.t('Disable Triggers'),
  keepTriggers: () => l10n.t('Keep Triggers On'),
  noComments: () => l10n.t('Leave Out Comments'),
  enableRowSecurity: () => l10n.t('Take What Row Security Allows'),
  goOn: () => l10n.t('Go On after Errors'),
  copyUpdates: () => l10n.t('Copy the Statements That Update Them'),
  copyReindex: () => l10n.t('Copy the Statements That Rebuild Indexes'),
  copyRowsQuery: () => l10n.t('Copy a Query for These Rows'),
  addForeignKeys: () => l10n.t('Add without Checking What Is There…'),
  searchPath: () => l10n.t('Search All Schemas of the Backup'),
  copyFunctionPath: () => l10n.t('Copy the Statement'),
  withoutDamaged: () => l10n.t('Back Up Everything Else'),
  setSequences: () => l10n.t('Set the Sequences…'),
  definitionsToo: () => l10n.t('Restore Definitions Too'),
  copyGrants: () => l10n.t('Copy the GRANT for the Owner'),
  copyExtensions: () => l10n.t('Copy the Statement for an Administrator'),
  createExtensions: () => l10n.t('Create the Extensions…'),
  copyLockSetting: () => l10n.t('Copy the Statement That Raises It'),
  copyStandbyDelay: () => l10n.t('Copy: Let Queries Run Longer'),
  copyStandbyFeedback: () => l10n.t('Copy: Turn Feedback On'),
  copyReplayPause: () => l10n.t('Copy: Pause Replay'),
  copyDuplicatesQuery: () => l10n.t('Copy a Query for These Rows'),
  everything: () => l10n.t('Restore the Whole Backup'),
  withoutRefused: () => l10n.t('Back Up Everything Else'),
  noRolePasswords: () => l10n.t('Leave Out Passwords of Roles'),
  waitForLocks: () => l10n.t('Wait for Locks without a Limit'),
  ownEncoding: () => l10n.t('Use the Encoding of the Database'),
  otherConnection: () => l10n.t('Use Another Connection…'),
  connectionSettings: () => l10n.t('Edit Connections'),
  otherTools: () => l10n.t('Use Other Tools…'),
  otherOutput: () => l10n.t('Save Elsewhere…'),
};
const REMEDIES = dictionary(REMEDY_TEXTS);

/** What is asked before something is done on the server, and the word of the button. */
export function stepQuestion(step: ChangingStep, where: string): { title: string; detail: string } {
  switch (step.do) {
    case 'createRoles':
    case 'createSchemas':
    case 'createExtensions':
      return questionOfCreating(step, where);
    case 'endSessions':
      return {
        title: l10n.t('End the sessions of others on {0}?', where),
        detail:
          step.pids.length === 1
            ? l10n.t('What 1 session has not committed is undone.')
            : l10n.t('What {0} sessions have not committed is undone.', step.pids.length),
      };
    case 'endAllSessions':
      return {
        title: l10n.t('End the sessions of others on {0}?', where),
        detail:
          step.databases === null
            ? l10n.t('What they have not committed is undone.')
            : l10n.t(
                'All sessions in {0}: what they have not committed is undone.',
                listNames(step.databases),
              ),
      };
    case 'addForeignKeys':
      return {
        title: l10n.t('Add foreign keys on {0}?', where),
        detail: l10n.t(
          'The keys apply to new rows; existing rows are not checked (NOT VALID): {0}.',
          listNames(step.keys.map(({ name }) => name)),
        ),
      };
    case 'setSequences':
      return {
        title: l10n.t('Set the sequences on {0}?', where),
        detail: l10n.t(
          'Each sequence that is behind the values of its column goes on after the greatest value.',
        ),
      };
    case 'emptyTables':
      return {
        title: l10n.t('Delete all rows of these tables on {0}?', where),
        detail: l10n.t(
          'The rows are deleted at once, before the restore: {0}.',
          listNames(step.tables.map(({ schema, name }) => `${schema}.${name}`)),
        ),
      };
  }
}

type Creating = Extract<ChangingStep, { do: `create${string}` }>;

function questionOfCreating(step: Creating, where: string): ReturnType<typeof stepQuestion> {
  switch (step.do) {
    case 'createRoles':
      return {
        title: l10n.t('Create roles on {0}?', where),
        detail: l10n.t('They cannot log in: {0}.', listNames(step.names)),
      };
    case 'createSchemas':
      return {
        title: l10n.t('Create schemas on {0}?', where),
        detail: listNames(step.names),
      };
    case 'createExtensions':
      return {
        title: l10n.t('Create extensions on {0}?', where),
        detail: l10n.t(
          'With the extensions that they need: {0}.',
          listNames(step.extensions.map(({ name }) => name)),
        ),
      };
  }
}
