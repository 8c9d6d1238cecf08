// The program that ends a job's tools when their supervisor has died. A bundle of its own.
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { endPlaced } from '../../../pgtools/locate/startPlaced';
import { killGroup, signalGroup } from '../../tool/processGroup';
import { BYE, type GuardedGroups } from './guard';

/** Milliseconds between SIGINT and SIGKILL: enough to cancel a statement on the server. */
const GRACE_MS = 700;

/** The guard itself. Returns when the supervisor has ended, in order or not. */
async function guardTools(): Promise<void> {
  // Signals that also go to the supervisor must not end the guard first.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => undefined);
  }
  let text = '';
  let groups: GuardedGroups = { tools: [], tunnels: [], placed: [], folders: [] };
  process.stdin.setEncoding('utf8');
  try {
    for await (const chunk of process.stdin) {
      const lines = `${text}${String(chunk)}`.split('\n');
      text = lines.pop() ?? '';
      const last = lines.at(-1);
      if (lines.includes(BYE)) return;
      if (last !== undefined) groups = JSON.parse(last) as GuardedGroups;
    }
  } catch {
    // A pipe that fails counts as ended.
  }
  const { tools, tunnels, placed, folders } = groups;
  for (const run of placed) endPlaced(run, 'INT', process.env);
  if (tools.length > 0 && process.platform !== 'win32') {
    // SIGINT to the local client of a tool elsewhere would end the client and leave the tool
    // running.
    if (placed.length === 0) for (const group of tools) signalGroup(group, 'SIGINT');
    await delay(GRACE_MS);
  }
  for (const run of placed) endPlaced(run, 'KILL', process.env);
  for (const group of [...tools, ...tunnels]) killGroup(group);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

void guardTools().then(() => process.exit(0));
