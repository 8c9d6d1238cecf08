import type { ToolName } from '../../model/tools';
import { flag } from './shared';
import type { OptionRow } from './types';

/** Owners, privileges, tablespaces: what often differs where a dump is restored. */
export function ownershipRows(tool: Exclude<ToolName, 'psql'>): OptionRow[] {
  // In pg_dump's archive formats these are choices of the restore and do nothing (measured).
  const plain = tool === 'pg_dump' ? { effectiveFormats: ['plain'] as const } : {};
  return [
    {
      id: 'no-owner',
      tool,
      flag: '--no-owner',
      short: '-O',
      kind: flag,
      ...plain,
      group: 'ownership',
      label: 'Without owners',
      help: 'Objects belong to whoever restores them',
    },
    {
      id: 'no-privileges',
      tool,
      flag: '--no-privileges',
      short: '-x',
      spellings: [{ flag: '--no-acl', hidden: true }],
      kind: flag,
      group: 'ownership',
      label: 'Without privileges',
      help: 'Leave out GRANT and REVOKE',
    },
    {
      id: 'no-tablespaces',
      tool,
      flag: '--no-tablespaces',
      kind: flag,
      ...plain,
      group: 'ownership',
      label: 'Without tablespaces',
      help: 'Create everything in the default tablespace',
    },
    {
      id: 'no-table-access-method',
      tool,
      flag: '--no-table-access-method',
      since: 15,
      kind: flag,
      ...plain,
      group: 'ownership',
      label: 'Without table access methods',
      help: "Create tables with the target's default access method",
    },
    {
      id: 'use-set-session-authorization',
      tool,
      flag: '--use-set-session-authorization',
      kind: flag,
      ...plain,
      group: 'ownership',
      label: 'Set owners by session authorization',
      help: 'SET SESSION AUTHORIZATION instead of ALTER OWNER: standard SQL, but needs a superuser',
    },
    {
      id: 'superuser',
      tool,
      flag: '--superuser',
      short: '-S',
      kind: { kind: 'text', of: 'role' },
      ...plain,
      noEffectWithout: ['disable-triggers'],
      group: 'ownership',
      label: 'Superuser',
      help: 'The role that disables the triggers',
    },
  ];
}
