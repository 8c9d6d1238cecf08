// A process that starts jobs as a VS Code window does, and that can be killed.
import { createInterface } from 'node:readline';
import { vouchedFor } from '../../src/core/jobs/restore/restorePermission';
import type { BackupRequest } from '../../src/core/jobs/backup/backupRequest';
import type { RestoreRequest } from '../../src/core/jobs/restore/restoreJob';
import type { WantedVerify } from '../../src/core/jobs/verify/verifyRequest';
import { supervisedJobs, type WindowSetup } from './jobs/supervisedJobs';

type Command =
  | { do: 'open'; setup: WindowSetup }
  | { do: 'backup'; request: BackupRequest & { jobId: string } }
  | { do: 'restore'; request: RestoreRequest & { jobId: string } }
  | { do: 'verify'; request: WantedVerify & { jobId: string } }
  | { do: 'cancel'; jobId: string }
  | { do: 'dispose' };

let jobs: ReturnType<typeof supervisedJobs> | undefined;

function say(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function carryOut(command: Command): Promise<void> {
  if (command.do === 'open') {
    jobs = supervisedJobs(command.setup, (asked) => say({ asked }));
    jobs.onUpdate((job) => say({ job }));
    jobs.onLines((id, lines) => say({ id, lines: lines.length }));
    await jobs.ready;
    if (command.setup.expect === true) jobs.prewarm();
    say({ opened: true });
  } else if (command.do === 'backup') jobs?.startBackup(command.request);
  else if (command.do === 'restore') jobs?.startRestore(vouchedFor(command.request));
  else if (command.do === 'verify') jobs?.startVerify(vouchedFor(command.request));
  else if (command.do === 'cancel') await jobs?.cancel(command.jobId);
  else {
    await jobs?.dispose();
    say({ disposed: true });
    process.exit(0);
  }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  void carryOut(JSON.parse(line) as Command);
});
