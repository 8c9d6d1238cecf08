// How soon a form can be used: from the command to its fields, against an empty webview panel in the
// same window, and with 20,000 tables beyond the queries that read them. In a real VS Code.
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readCatalog } from '../../../src/core/catalog/readCatalog';
import { readServerInfo } from '../../../src/core/catalog/serverInfo';
import { buildConnection } from '../../../src/core/connections/libpq';
import { createDatabase } from '../../support/machine/sampleDatabase';
import { psql } from '../../support/machine/psql';
import type { PgServer } from '../../support/machine/server';
import { startBenchServer } from '../../support/measure/benchServer';
import { exactly, figure, report, shown, type Figure } from '../../support/measure/figures';
import { spreadOf, untilIdle } from '../../support/measure/turns';
import { repoPaths } from '../../support/repoPaths';
import { until } from '../../support/until';
import { connectionTo, createTestWorkspace } from '../../support/workbench/testWorkspace';
import { toolsEnv } from '../../support/workbench/toolsEnv';
import { linkExtension } from '../../support/workbench/vscodeProcess';
import { openWorkbench, type Workbench } from '../../support/workbench/workbench';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 7);
const tables = Number(process.env['BENCH_TABLES'] ?? 20_000);

/** What shows that a page can be used, by the name under which it is told. */
const SIGNS = { empty: '#bench-empty', form: 'vscode-radio', tree: '[role=treeitem]' } as const;
type Sign = keyof typeof SIGNS;

/** An extension that opens an empty panel, and runs the commands that it finds in a folder. */
const HELPER = `
const vscode = require('vscode');
const fs = require('node:fs');
const path = require('node:path');
const dir = process.env.BENCH_FORM_DIR;
exports.activate = () => {
  vscode.commands.registerCommand('bench.panel', () => {
    const panel = vscode.window.createWebviewPanel('bench', 'Empty', 1, { enableScripts: true });
    panel.webview.html = '<!DOCTYPE html><html><body><p id="bench-empty">empty</p></body></html>';
  });
  fs.watch(dir, (_, name) => {
    if (name === null || !name.endsWith('.ask')) return;
    try {
      const file = path.join(dir, name);
      const { command, args } = JSON.parse(fs.readFileSync(file, 'utf8'));
      fs.unlinkSync(file);
      const asked = Date.now();
      void vscode.commands.executeCommand(command, ...args);
      fs.writeFileSync(path.join(dir, 'asked'), String(asked));
    } catch {}
  });
  fs.writeFileSync(path.join(dir, 'ready'), '');
};
`;

/** Watches in every frame for the signs; times are of the clock that all processes share. */
function watchSigns(signs: Record<string, string>): void {
  const open = new Set(Object.keys(signs));
  const look = (): void => {
    for (const name of open) {
      if (document.querySelector(signs[name] ?? '') === null) continue;
      open.delete(name);
      // Drawn, and the next task is free again.
      requestAnimationFrame(() => {
        setTimeout(() => {
          const tell = (window as unknown as { benchSeen?: (...seen: unknown[]) => void })
            .benchSeen;
          tell?.(name, Date.now());
        });
      });
    }
    if (open.size > 0) setTimeout(look, 1);
  };
  if (window !== window.top) look();
}

class Forms {
  private seen: Partial<Record<Sign, number>> = {};

  private constructor(
    private readonly dir: string,
    private readonly workbench: Workbench,
  ) {}

  static async over(dir: string, workbench: Workbench): Promise<Forms> {
    const forms = new Forms(dir, workbench);
    await workbench.page.exposeFunction('benchSeen', (sign: Sign, at: number) => {
      forms.seen[sign] ??= at;
    });
    await workbench.page.addInitScript(watchSigns, { ...SIGNS });
    await until(() => found(path.join(dir, 'ready')) !== null);
    return forms;
  }

  /** Milliseconds from the command to the sign. */
  async took(command: string, args: object[], sign: Sign): Promise<number> {
    await this.workbench.ui.closeEditors();
    await untilIdle();
    this.seen = {};
    rmSync(path.join(this.dir, 'asked'), { force: true });
    writeFileSync(path.join(this.dir, 'next'), JSON.stringify({ command, args }));
    // The helper sees it when it is whole.
    renameSync(path.join(this.dir, 'next'), path.join(this.dir, 'now.ask'));
    await until(() => this.seen[sign] !== undefined, `${sign} after ${command}`);
    const asked = Number(found(path.join(this.dir, 'asked')));
    return (this.seen[sign] ?? NaN) - asked;
  }
}

function found(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** Milliseconds in which the server is asked for its tables, without any editor. */
async function queryMilliseconds(server: PgServer): Promise<number> {
  const { host, port, user, password, binDir } = server;
  const connection = buildConnection(
    { id: 'x', host, port, user },
    {
      ...{ password, database: 'many', applicationName: 'bench', connectTimeoutSeconds: 30 },
      inherited: { PATH: process.env['PATH'] },
    },
  );
  const tool = path.join(binDir, 'psql');
  const limit = { timeoutMs: 600_000 };
  const started = performance.now();
  const info = await readServerInfo(tool, connection, limit);
  await readCatalog(tool, connection, info, limit);
  return performance.now() - started;
}

async function createTables(server: PgServer): Promise<void> {
  await createDatabase(server, 'many');
  const statements = ['BEGIN;'];
  for (let i = 0; i < tables; i++) {
    statements.push(`CREATE TABLE table_${i} (id int);`);
    if (i % 500 === 499) statements.push('COMMIT; BEGIN;');
  }
  await psql(server, 'many', [...statements, 'COMMIT; ANALYZE pg_class;'].join('\n'));
}

async function measure(forms: Forms, server: PgServer): Promise<Figure[]> {
  const first = await forms.took('pgBackup.backup', [{ connectionId: 'few' }], 'form');
  const added: number[] = [];
  const empty = (): Promise<number> => forms.took('bench.panel', [], 'empty');
  const form = (): Promise<number> =>
    forms.took('pgBackup.backup', [{ connectionId: 'few' }], 'form');
  await empty();
  const panels: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const formFirst = round % 2 === 1;
    const ahead = formFirst ? await form() : NaN;
    const panel = await empty();
    panels.push(panel);
    added.push((formFirst ? ahead : await form()) - panel);
  }
  const afterQuery: number[] = [];
  for (let round = 0; round < rounds; round++) {
    // What was read of a connection is kept.
    const args = [{ connectionId: `many-${round}` }];
    const took = await forms.took('pgBackup.backup', args, 'tree');
    afterQuery.push((took - (await queryMilliseconds(server))) / 1000);
  }
  return [
    figure('formOpens', spreadOf(added)),
    shown('  the empty panel itself', 'ms', spreadOf(panels)),
    shown('  the first form of a window', 'ms', exactly(first - spreadOf(panels).median)),
    figure('formOfMany', spreadOf(afterQuery)),
  ];
}

async function main(): Promise<void> {
  const server = await startBenchServer();
  const dir = mkdtempSync(path.join(tmpdir(), 'bench-form-'));
  const workspace = await createTestWorkspace({});
  let workbench: Workbench | undefined;
  try {
    await createTables(server);
    const asks = path.join(dir, 'asks');
    const extensionsDir = path.join(dir, 'extensions');
    const helper = path.join(dir, 'helper');
    for (const each of [asks, extensionsDir, helper]) mkdirSync(each);
    const manifest = {
      ...{ name: 'helper', publisher: 'bench', version: '0.0.1', main: './main.js' },
      ...{ engines: { vscode: '^1.100.0' }, activationEvents: ['onStartupFinished'] },
    };
    writeFileSync(path.join(helper, 'package.json'), JSON.stringify(manifest));
    writeFileSync(path.join(helper, 'main.js'), HELPER);
    for (const each of [helper, repoPaths.root]) await linkExtension(each, extensionsDir);
    workbench = await openWorkbench({
      version: 'current',
      workspace: workspace.dir,
      extensionsDir,
      env: { ...toolsEnv([server]), BENCH_FORM_DIR: asks },
      settings: {
        'pgBackup.toolsPath': server.binDir,
        'pgBackup.connections': [
          connectionTo(server, 'few', 'postgres'),
          ...Array.from({ length: rounds }, (_, i) => connectionTo(server, `many-${i}`, 'many')),
        ],
      },
    });
    report('hostForm', await measure(await Forms.over(asks, workbench), server));
  } finally {
    await workbench?.close();
    await workspace.remove();
    rmSync(dir, { recursive: true, force: true });
    await server.stop();
  }
}

void main();
