// The side of `npm run bench -- api` that runs in VS Code's extension host: the same small backup by
// pg_dump alone and through the command API, in pairs A B B A, without and with an open form.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { BackupJob } from '../../../../src/core/model/job';
import { launcherPidVariable } from '../../workbench/launcherPid';
import { inTurns, type Taken } from '../turns';

/** What the host tells: what each run took, by side; those of one index ran one after the other. */
export interface ApiResult {
  readonly noForm: Readonly<Record<'shell' | 'ours', readonly Taken[]>>;
  readonly form: Readonly<Record<'shell' | 'ours', readonly Taken[]>>;
}

/** Longer than anything that a job or a form still does after its end. */
const REST_MS = 700;
const rounds = Number(process.env['PGBR_API_ROUNDS']);

export async function run(): Promise<void> {
  const dir = mkdtempSync(path.join(tmpdir(), 'api-bench-'));
  try {
    const noForm = await pairs(dir);
    await vscode.commands.executeCommand('pgBackup.backup', { connectionId: 'bench' });
    await delay(3 * REST_MS);
    const form = await pairs(dir);
    const result: ApiResult = { noForm, form };
    writeFileSync(process.env['PGBR_BENCH_RESULT'] ?? '', JSON.stringify(result));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function pairs(dir: string): Promise<Record<'shell' | 'ours', Taken[]>> {
  const shell = path.join(dir, 'shell');
  const outputPath = path.join(dir, 'ours');
  return inTurns({
    sides: {
      shell: () => dumpAlone(shell),
      ours: async () => {
        const job = await vscode.commands.executeCommand<BackupJob>('pgBackup.createBackup', {
          options: { connectionId: 'bench', outputPath, format: 'custom' },
        });
        if (job.status !== 'completed') throw new Error(JSON.stringify(job.errors));
      },
    },
    rounds,
    prepare: async () => {
      for (const file of [shell, outputPath, `${outputPath}.backup.json`]) {
        rmSync(file, { force: true });
      }
    },
    settle: () => delay(REST_MS),
    root: windowProcess(),
  });
}

/** The one from which everything of this VS Code descends, that draws the window as well. */
function windowProcess(): number {
  return Number(readFileSync(process.env[launcherPidVariable] ?? '', 'utf8'));
}

/** pg_dump with the environment of PGBR_API_LIBPQ, its file fsynced like that of a job. */
function dumpAlone(file: string): Promise<void> {
  const libpq = JSON.parse(process.env['PGBR_API_LIBPQ'] ?? '{}') as Record<string, string>;
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...libpq };
    spawn(process.env['PGBR_API_TOOL'] ?? '', ['-Fc', '-f', file], { env })
      .on('error', reject)
      .on('close', (code) => {
        if (code === 0) resolve();
        else reject(new Error(`pg_dump ended with ${String(code)}`));
      });
  });
}
