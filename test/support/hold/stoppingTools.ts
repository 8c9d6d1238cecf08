import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { until } from '../until';
import { processState } from './processState';

/** The tools that can be told to stop. */
const STOPPING = ['pg_dump', 'pg_restore'];
const ORDER = 'stop-next';

/**
 * The tools of a directory, of which the next to start can be told to stop itself (SIGSTOP) before
 * its first step: a tool that gets the signal while it runs may end before the signal comes. It
 * continues after SIGCONT, as the same process.
 */
export class StoppingTools {
  private constructor(readonly binDir: string) {}

  /** `dir`: where they are put; it is made. */
  static async create(binDir: string, dir: string): Promise<StoppingTools> {
    await mkdir(dir);
    for (const name of readdirSync(binDir).filter((each) => !STOPPING.includes(each))) {
      symlinkSync(path.join(binDir, name), path.join(dir, name));
    }
    for (const name of STOPPING) {
      const script = stoppingScript(path.join(binDir, name), path.join(dir, ORDER));
      await writeFile(path.join(dir, name), script, { mode: 0o755 });
    }
    return new StoppingTools(dir);
  }

  /** Makes the next tool stop; to be called before its job is started. */
  stopNext(): void {
    writeFileSync(path.join(this.binDir, ORDER), '');
  }

  /** Waits until this process has stopped. */
  async stopped(pid: number): Promise<void> {
    await until(() => processState(pid) === 'T', `process ${pid} stops`);
  }
}

/**
 * The script of a tool. An order stops one process only, and no call that just prints the version
 * or the help.
 */
function stoppingScript(real: string, order: string): string {
  return `#!/bin/sh
case "$1" in --version|--help) exec '${real}' "$@";; esac
if [ -e '${order}' ] && mv '${order}' '${order}'.$$ 2>/dev/null; then kill -STOP $$; fi
exec '${real}' "$@"
`;
}
