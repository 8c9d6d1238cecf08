// `npm start`: the extension in VS Code, with a throw-away server and a sample database.
// `npm start -- --demo`: the same unattended; backs up, restores, compares, exits 0 or 1.
import { parseArgs } from 'node:util';
import { stopEverything } from './machine/cleanup';
import { ensureChromium } from './install/chromium';
import { ensurePostgres, testedMajors } from './install/postgres';
import { ensureVscode } from './install/vscodeServer';
import { runDemo } from './start/demo';
import { findDesktopCode, openDesktop } from './start/desktop';
import { startHosted } from './start/hosted';
import { createSampleWorld } from './start/sampleWorld';
import { note } from './tiers/steps';

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { demo: { type: 'boolean', default: false } } });
  const code = values.demo ? undefined : findDesktopCode();

  note('Setting up');
  await Promise.all([
    ensurePostgres(testedMajors.slice(-1)),
    ...(code === undefined ? [ensureVscode('current')] : []),
    ...(values.demo ? [ensureChromium()] : []),
  ]);
  const world = await createSampleWorld();
  note(
    `PostgreSQL ${world.server.version} on ${world.server.host}:${world.server.port}, ` +
      `database "${world.database}"; workspace ${world.workspace.dir}`,
  );

  if (values.demo) return (await runDemo(world)) ? 0 : 1;

  if (code !== undefined) {
    note('Opening VS Code. Close its window, or press Ctrl+C here, to stop everything.');
    await openDesktop(code, world);
    return 0;
  }
  const address = await startHosted(world);
  note(`\nOpen VS Code in a browser:\n  ${address}\n`);
  note(
    'Run "PostgreSQL Backup: Back Up Database…" from the palette (F1). Ctrl+C stops everything.',
  );
  // Until a signal comes.
  return new Promise<number>(() => setInterval(() => undefined, 60_000));
}

void main()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    return 1;
  })
  .then(async (code) => {
    await stopEverything();
    process.exit(code);
  });
