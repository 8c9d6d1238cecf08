import type { RestoreOptions } from '../../src/core/model/options';
import type { RestoreEvents, RestoreRequests } from '../../src/protocol/restoreApi';
import { connectHost, loadState } from '../shared/host';
import { readPersisted } from '../shared/persistedState';
import { startPage } from '../shared/startPage';
import { useStrings } from '../shared/strings';
import { RestorePage } from './page';
import './restore.css';

startPage(async (root) => {
  const host = connectHost<RestoreRequests, RestoreEvents>();
  const kept = readPersisted<RestoreOptions>(loadState());
  // State of an older version of the page may not be readable: then the page starts afresh.
  const init = await host
    .request('ready', { restored: kept.options, jobId: kept.jobId ?? undefined })
    .catch(() => host.request('ready', { restored: null }));
  useStrings(init.strings);
  new RestorePage(host, root, init, kept);
});
