import type { BackupOptions } from '../../src/core/model/options';
import type { BackupEvents, BackupRequests } from '../../src/protocol/backupApi';
import { connectHost, loadState } from '../shared/host';
import { readPersisted } from '../shared/persistedState';
import { startPage } from '../shared/startPage';
import { useStrings } from '../shared/strings';
import './backup.css';
import { BackupPage } from './page';

startPage(async (root) => {
  const host = connectHost<BackupRequests, BackupEvents>();
  const kept = readPersisted<BackupOptions>(loadState());
  // State of an older version of the page may not be readable: then the page starts afresh.
  const init = await host
    .request('ready', { restored: kept.options, jobId: kept.jobId ?? undefined })
    .catch(() => host.request('ready', { restored: null }));
  useStrings(init.strings);
  new BackupPage(host, root, init, kept);
});
