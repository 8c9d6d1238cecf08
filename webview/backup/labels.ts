import * as l10n from '@vscode/l10n';
import type { BackupOptions } from '../../src/core/forms/options';

/** Top to bottom, as the page shows them. */
const order: readonly (keyof BackupOptions)[] = [
  'connectionId',
  'outputPath',
  'format',
  'compression',
  'includeSchema',
  'includeData',
  'includePrivileges',
  'includeOwnership',
  'schemas',
  'tables',
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

export function fieldOrder(field: keyof BackupOptions): number {
  const index = order.indexOf(field);
  return index < 0 ? order.length : index;
}

/** The id of the control that a field's problem is corrected at. */
export function controlOf(field: keyof BackupOptions): string {
  return ['schemas', 'excludeTables', 'excludeTableData'].includes(field) ? 'tables' : field;
}

/** The words at a field, for the list of problems. */
export function fieldLabel(field: keyof BackupOptions): string {
  switch (field) {
    case 'connectionId':
      return l10n.t('Connection');
    case 'outputPath':
      return l10n.t('Save to');
    case 'format':
      return l10n.t('Format');
    case 'compression':
      return l10n.t('Compression');
    case 'includeSchema':
    case 'includeData':
    case 'includePrivileges':
    case 'includeOwnership':
      return l10n.t('Content');
    case 'schemas':
    case 'tables':
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
    case 'extraArgs':
      return l10n.t('Extra arguments');
  }
}
