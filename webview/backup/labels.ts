import * as l10n from '@vscode/l10n';
import type { BackupOptions } from '../../src/core/model/options';
import type { ToolOptionField } from '../../src/core/forms/toolOptions/toolOptions';
import { toolOptionName } from '../shared/options/toolOptionItem';

/** Top to bottom, as the page shows them. */
const order: readonly string[] = [
  'connectionId',
  'scope',
  'outputPath',
  'format',
  'compression',
  'toolOptions.compress',
  'includeSchema',
  'includeData',
  'includePrivileges',
  'includeOwnership',
  'excludeDatabases',
  'toolOptions.no-role-passwords',
  'schemas',
  'tables',
  'excludeSchemas',
  'excludeTables',
  'excludeTableData',
  'largeObjects',
  'extensions',
  'jobs',
  'lockWaitTimeout',
  'encoding',
  'noSync',
  'extraArgs',
];

export function fieldOrder(field: string): number {
  const index = order.indexOf(field);
  return index < 0 ? order.length : index;
}

/** The id of the control that a field's problem is corrected at. */
export function controlOf(field: string): string {
  if (field === 'toolOptions.compress') return 'compression';
  return ['schemas', 'excludeSchemas', 'excludeTables', 'excludeTableData'].includes(field)
    ? 'tables'
    : field;
}

/** The words at a field, for the list of problems. */
export function fieldLabel(field: string, tool: readonly ToolOptionField[]): string {
  const option = tool.find(({ id }) => toolOptionName(id) === field);
  if (option && field !== 'toolOptions.compress') return option.label;
  switch (field as keyof BackupOptions | 'toolOptions.compress') {
    case 'connectionId':
      return l10n.t('Connection');
    case 'outputPath':
      return l10n.t('Save to');
    case 'format':
      return l10n.t('Format');
    case 'compression':
    case 'toolOptions.compress':
      return l10n.t('Compression');
    case 'includeSchema':
    case 'includeData':
    case 'includePrivileges':
    case 'includeOwnership':
      return l10n.t('Content');
    case 'scope':
      return l10n.t('What to back up');
    case 'excludeDatabases':
      return l10n.t('Databases');
    case 'schemas':
    case 'tables':
    case 'excludeSchemas':
    case 'excludeTables':
    case 'excludeTableData':
      return l10n.t('Objects');
    case 'largeObjects':
      return l10n.t('Large objects');
    case 'extensions':
      return l10n.t('Extensions');
    case 'jobs':
      return l10n.t('Parallel jobs');
    case 'lockWaitTimeout':
      return l10n.t('Lock wait timeout');
    case 'noSync':
      return l10n.t('No sync');
    case 'encoding':
      return l10n.t('Encoding');
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
