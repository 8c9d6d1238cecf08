// What a small backup costs beyond pg_dump where users meet it: through the command API in a real
// VS Code, without and with an open form. Needs Linux.
import path from 'node:path';
import { libpqEnv } from '../../support/machine/psql';
import { createSampleDatabase } from '../../support/machine/sampleDatabase';
import type { PgServer } from '../../support/machine/server';
import type { ApiResult } from '../../support/measure/host/apiSide.main';
import { inWindow } from '../../support/measure/host/inWindow';
import { startBenchServer } from '../../support/measure/benchServer';
import { figure, report, shown, type Figure } from '../../support/measure/figures';
import {
  difference,
  pairwise,
  spreadOf,
  type Spread,
  type Taken,
} from '../../support/measure/turns';

function oneWindow(server: PgServer): Promise<ApiResult> {
  return inWindow({
    script: 'apiSide.main',
    server,
    database: 'sample',
    env: {
      PGBR_API_ROUNDS: process.env['BENCH_ROUNDS'] ?? '15',
      PGBR_API_TOOL: path.join(server.binDir, 'pg_dump'),
      PGBR_API_LIBPQ: JSON.stringify(libpqEnv(server, 'sample')),
    },
  });
}

function figures({ noForm, form }: ApiResult): Figure[] {
  const beyond = ({ ours, shell }: ApiResult['noForm'], of: keyof Taken = 'wallSeconds'): Spread =>
    pairwise(ours, shell, of, (a, b) => 1000 * difference(a, b));
  const named = (how: string): Pick<Figure, 'name' | 'against'> => ({
    name: `a backup in VS Code, ${how}`,
    against: 'pg_dump alone',
  });
  const alone = spreadOf(noForm.shell.map(({ wallSeconds }) => 1000 * wallSeconds));
  return [
    { ...figure('fixedBackup', beyond(noForm)), ...named('no form') },
    { ...figure('fixedBackupForm', beyond(form)), ...named('open form') },
    shown('pg_dump alone', 'ms', alone),
    ...[
      { how: 'no form', sides: noForm },
      { how: 'open form', sides: form },
    ].map(({ how, sides }) =>
      shown(
        `processor time of all of VS Code, ${how}`,
        'ms',
        beyond(sides, 'processorSeconds'),
        'pg_dump alone',
      ),
    ),
  ];
}

async function main(): Promise<void> {
  const server = await startBenchServer();
  try {
    await createSampleDatabase(server, 'sample', 'tiny');
    report('api', figures(await oneWindow(server)));
  } finally {
    await server.stop();
  }
}

void main();
