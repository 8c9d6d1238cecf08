import type { ArchiveEvents, ArchiveRequests } from '../../src/protocol/archiveApi';
import { connectHost, loadState } from '../shared/host';
import { startPage } from '../shared/startPage';
import { useStrings } from '../shared/strings';
import './archive.css';
import { readPersistedView } from './state/persistedView';
import { ArchivePage } from './page';

startPage(async (root) => {
  const host = connectHost<ArchiveRequests, ArchiveEvents>();
  const init = await host.request('ready', undefined);
  useStrings(init.strings);
  new ArchivePage(host, root, init, readPersistedView(loadState()));
});
