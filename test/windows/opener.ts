import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** `UV_FS_O_EXLOCK`: nobody else can open, rename or remove the file meanwhile. */
const ALONE = 0x1000_0000;

/** Another process that has files open, as antivirus programs, indexers and editors do. */
export interface Opener {
  /** Ends it, with all that it holds. @returns how many files it has held */
  stop(): Promise<number>;
}

const SCRIPTS = {
  /** Of a folder, as soon as it finds them. */
  'each new file for a second': `
    const fs = require('fs'), path = require('path');
    const seen = new Set();
    setInterval(() => {
      for (const name of fs.readdirSync(place)) {
        const file = path.join(place, name);
        if (seen.has(name)) continue;
        try {
          if (!fs.statSync(file).isFile()) continue;
          const handle = fs.openSync(file, ${ALONE});
          seen.add(name);
          held();
          setTimeout(() => fs.closeSync(handle), 1000);
        } catch {}
      }
    }, 2);`,
  'a file for a second': `
    const fs = require('fs');
    const handle = fs.openSync(place, ${ALONE});
    held();
    setTimeout(() => fs.closeSync(handle), 1000);`,
  'a file until it is stopped': `
    require('fs').openSync(place, ${ALONE});
    held();`,
} as const;

/** Starts one; of a single file, waits until it is open. */
export async function openerOf(place: string, what: keyof typeof SCRIPTS): Promise<Opener> {
  const script = `
    const place = process.argv[1];
    const held = () => process.stdout.write('h');
    ${SCRIPTS[what]}
    process.stdout.write('u');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', script, place], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  while (!said.includes('u')) await once(child.stdout, 'data');
  const ended = once(child, 'exit');
  return {
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      return said.split('h').length - 1;
    },
  };
}
