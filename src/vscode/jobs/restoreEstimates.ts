import { historyDir } from '../../core/jobs/supervisor/store/storeDir';
import type { BackupInfoCache } from '../../core/archive/inspect/backupInfoCache';
import type { UnpackedDumps } from '../../core/archive/packed/unpackedDumps';
import type { ArchiveFacts } from '../../core/jobs/restore/expectedRestore';
import type { BackupInfo } from '../../core/model/archive';
import type { JobEstimate } from '../../core/model/estimates/estimate';
import type { RestoreOptions } from '../../core/model/options';
import type { Settings } from '../settings/settings';

/** How long restores will take, for the form: by what is in the file, and the last restores. */
export class RestoreEstimates {
  /**
   * A file is read once, whatever is chosen from it; one that was unpacked, again when it was unpacked
   * anew, for the earlier copy is gone then.
   */
  private readonly read = new WeakMap<BackupInfo, { file: string; facts: Promise<ArchiveFacts> }>();
  private readonly historyDir: string;

  constructor(
    private readonly settings: Settings,
    private readonly files: BackupInfoCache,
    private readonly dumps: UnpackedDumps,
    storeDir: string,
  ) {
    this.historyDir = historyDir(storeDir);
  }

  /**
   * null = it cannot be told. Asks no server.
   *
   * @throws AppError `connectionUnknown`; those of reading the file; `objectUnknown`; `cancelled`
   */
  async look(options: RestoreOptions, signal: AbortSignal): Promise<JobEstimate | null> {
    const { inputPath, inputMember, connectionId, salvage } = options;
    // What can be saved of a damaged file is known when it has been read.
    if (salvage) return null;
    const profile = this.settings.connection(connectionId);
    const member = inputMember ?? undefined;
    const info = await this.files.info(inputPath, { signal, member });
    const { readRuns } = await import('../../core/jobs/progress/estimate/runHistory');
    const { runsKey } = await import('../../core/jobs/progress/estimate/sameRun');
    const runs = await readRuns(this.historyDir, runsKey(profile, 'restores'));
    if (info.format === 'plain') {
      const { expectedOfScript } = await import('../../core/jobs/progress/restore/restoreEstimate');
      return expectedOfScript(info, options, runs);
    }
    const { expectedOfArchive } = await import('../../core/jobs/restore/expectedRestore');
    const dump = await this.dumps.open(inputPath, { signal, member });
    try {
      return await expectedOfArchive(await this.facts(info, dump.path), options, runs);
    } finally {
      dump.release();
    }
  }

  private async facts(info: BackupInfo, file: string): Promise<ArchiveFacts> {
    let known = this.read.get(info);
    if (known?.file !== file) {
      const { readArchiveFacts } = await import('../../core/jobs/restore/expectedRestore');
      // Another choice of options cancels the question, not what is read for it.
      const facts = readArchiveFacts(file, new AbortController().signal);
      known = { file, facts };
      this.read.set(info, known);
      facts.catch(() => this.read.delete(info));
    }
    return known.facts;
  }
}
