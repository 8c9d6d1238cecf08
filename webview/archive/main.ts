import type { ArchiveEvents, ArchiveRequests } from '../../src/protocol/archiveApi';
import { connectHost, keptState } from '../shared/host';
import { startPage } from '../shared/startPage';
import { useStrings } from '../shared/strings';
import './archive.css';
import { readKeptView } from './state/keptView';
import { ArchivePage } from './page';

startPage(async (root) => {
  const host = connectHost<ArchiveRequests, ArchiveEvents>();
  const init = await host.request('ready', undefined);
  useStrings(init.strings);
  new ArchivePage(host, root, init, readKeptView(keptState()));
});
