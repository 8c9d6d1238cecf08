import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { until } from '../until';
import { processState } from './processState';

/** Those that do a job's work. */
const STOPPING = ['pg_dump', 'pg_restore'];
const ORDER = 'stop-next';

/**
 * The tools of a directory, of which the next that works can be told to stop (SIGSTOP) before its
 * first step. One that is sent the signal while it runs may be done before the signal comes. It goes
 * on when it is sent SIGCONT, as the same process.
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

  /** To be called before the job is started whose tool is to stop. */
  stopNext(): void {
    writeFileSync(path.join(this.binDir, ORDER), '');
  }

  /** Waits until this process has stopped. */
  async stopped(pid: number): Promise<void> {
    await until(() => processState(pid) === 'T', `process ${pid} stops`);
  }
}

/** An order is for one process alone, and for none that only tells of the tool itself. */
function stoppingScript(real: string, order: string): string {
  return `#!/bin/sh
case "$1" in --version|--help) exec '${real}' "$@";; esac
if [ -e '${order}' ] && mv '${order}' '${order}'.$$ 2>/dev/null; then kill -STOP $$; fi
exec '${real}' "$@"
`;
}
