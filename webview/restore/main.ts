import type { RestoreOptions } from '../../src/core/model/options';
import type { RestoreEvents, RestoreRequests } from '../../src/protocol/restoreApi';
import { connectHost, keptState } from '../shared/host';
import { readKept } from '../shared/kept';
import { startPage } from '../shared/startPage';
import { useStrings } from '../shared/strings';
import { RestorePage } from './page';
import './restore.css';

startPage(async (root) => {
  const host = connectHost<RestoreRequests, RestoreEvents>();
  const kept = readKept<RestoreOptions>(keptState());
  // What an older version of the page kept may no longer be readable: then it starts afresh.
  const init = await host
    .request('ready', { restored: kept.options })
    .catch(() => host.request('ready', { restored: null }));
  useStrings(init.strings);
  new RestorePage(host, root, init, kept);
});
