import os from 'node:os';
import path from 'node:path';
import type { PostgresInstall } from '../install/postgres';
import { run } from '../machine/run';
import type { VscodeInstall } from '../install/vscodeServer';

/** The programs that the tests of a run use. */
export interface Provisions {
  readonly postgres: readonly PostgresInstall[];
  readonly vscode: readonly VscodeInstall[];
  /** Absolute path; undefined where no browser is needed. */
  readonly chromium: string | undefined;
}

const tools = ['pg_dump', 'pg_restore', 'pg_dumpall', 'psql'];

/**
 * The exact versions that a run was made with, a line each. A minor release may differ from the one
 * before: which matters when two runs are compared.
 */
export async function ranWith({ postgres, vscode, chromium }: Provisions): Promise<string[]> {
  const printed = async (file: string): Promise<string> => {
    const version = await run(file, ['--version']);
    return version.replace(/^\S+ \(PostgreSQL\) /, '').trim();
  };
  const servers = postgres.map(async ({ binDir }) => {
    const server = await printed(path.join(binDir, 'postgres'));
    const others = await Promise.all(tools.map((tool) => printed(path.join(binDir, tool))));
    const differing = tools.filter((_, index) => others[index] !== server);
    const same =
      differing.length === 0 ? 'and its tools' : `but ${differing.join(', ')} of another`;
    return `PostgreSQL ${server} ${same}`;
  });
  const editors = vscode.map(async (install) => {
    return `VS Code ${install.version} on Node ${await printed(install.node)}`;
  });
  return [
    ...(await Promise.all([...servers, ...editors])),
    ...(chromium === undefined ? [] : [await printed(chromium)]),
    `Node ${process.version} on ${os.type()} ${os.release()} (${process.arch}), ${os.cpus().length} processors`,
  ];
}
