/** The page harness's files to restore, by scenario. */
import type { BackupInfo } from '../../../src/core/model/archive';
import type { ProblemReport } from '../../../src/protocol/types';
import { info } from './sampleData';

interface Inspected {
  info: BackupInfo | null;
  problem: ProblemReport | null;
}

const script = {
  format: 'plain',
  compression: 'none',
  archiveVersion: null,
} as const;

const files: Partial<Record<string, Partial<BackupInfo>>> = {
  script: { ...script, complete: false, connects: ['other_db'], warnings: ['metaCommands'] },
  cluster: {
    ...script,
    cluster: true,
    connects: ['template1', 'shop', 'reporting', 'postgres'],
    clusterContents: {
      created: ['shop', 'reporting'],
      dropped: ['shop'],
      roles: ['postgres', 'deploy', 'reader'],
      droppedRoles: ['deploy'],
      tablespaces: ['fast'],
    },
    warnings: ['restrictKeys', 'drops'],
  },
  /** Made by `pg_dump --create`. */
  createScript: { ...script, connects: ['shop_made'], ownDatabase: 'shop_made', warnings: [] },
  /** An archive in a zip with several dumps, which was cut. */
  several: {
    complete: false,
    packed: { by: ['gzip', 'tar'], member: 'nightly/shop.dump' },
    warnings: [],
  },
};

const problems: Partial<Record<string, ProblemReport>> = {
  badFile: {
    message: 'This is not a PostgreSQL backup: it looks like a MySQL dump.',
    detail: '-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)',
    actions: [],
  },
  several: {
    message: '/home/dev/all.tar.gz holds 2 dumps. Choose one of them.',
    detail: 'nightly/shop.dump, weekly/shop.dump',
    actions: ['retry'],
  },
};

let looks = 0;

/** Of several dumps in a file, one is chosen when the file is read again. */
export function inspect(path: string, scenario: string): Promise<Inspected> {
  if (scenario === 'inspecting') return new Promise(() => undefined);
  const problem = problems[scenario];
  if (problem && (files[scenario] === undefined || looks++ === 0)) {
    return Promise.resolve({ info: null, problem });
  }
  return Promise.resolve({ info: { ...info, ...files[scenario], path }, problem: null });
}

export function isScript(scenario: string): boolean {
  return files[scenario]?.format === 'plain';
}
