import * as l10n from '@vscode/l10n';
import type { RestoreOptions } from '../../src/core/model/options';
import type { ToolOptionField } from '../../src/core/forms/toolOptions/toolOptions';
import { toolOptionName } from '../shared/options/toolOptionItem';

/** Top to bottom, as the page shows them. */
const order: readonly string[] = [
  'inputPath',
  'connectionId',
  'wholeServer',
  'targetDatabase',
  'createDatabase',
  'schemaOnly',
  'dataOnly',
  'schemas',
  'tables',
  'dumpIds',
  'clean',
  'ifExists',
  'exitOnError',
  'singleTransaction',
  'noOwner',
  'noPrivileges',
  'jobs',
  'disableTriggers',
  'extraArgs',
];

export function fieldOrder(field: string): number {
  const index = order.indexOf(field);
  return index < 0 ? order.length : index;
}

/** The id of the control that a field's problem is corrected at. */
export function controlOf(field: string): string {
  if (field === 'schemas' || field === 'dumpIds') return 'tables';
  return field === 'schemaOnly' || field === 'dataOnly' ? 'content' : field;
}

/** The words at a field, for the list of problems. */
export function fieldLabel(field: string, tool: readonly ToolOptionField[]): string {
  const option = tool.find(({ id }) => toolOptionName(id) === field);
  if (option) return option.label;
  switch (field as keyof RestoreOptions) {
    case 'connectionId':
      return l10n.t('Connection');
    case 'inputPath':
      return l10n.t('File');
    case 'wholeServer':
      return l10n.t('Whole server');
    case 'targetDatabase':
    case 'createDatabase':
      return l10n.t('Target database');
    case 'schemaOnly':
    case 'dataOnly':
      return l10n.t('Content');
    case 'schemas':
    case 'tables':
    case 'dumpIds':
      return l10n.t('Objects');
    case 'clean':
      return l10n.t('Clean');
    case 'ifExists':
      return l10n.t('If exists');
    case 'noOwner':
      return l10n.t('No owner');
    case 'noPrivileges':
      return l10n.t('No privileges');
    case 'exitOnError':
      return l10n.t('Exit on error');
    case 'singleTransaction':
      return l10n.t('Single transaction');
    case 'jobs':
      return l10n.t('Parallel jobs');
    case 'disableTriggers':
      return l10n.t('Disable triggers');
    case 'toolOptions':
      return l10n.t('Advanced');
    case 'toolDir':
      return l10n.t('Tool');
    case 'extraArgs':
      return l10n.t('Extra arguments');
    default:
      return field;
  }
}
