import type * as vscode from 'vscode';
import type { UnpackedDumps } from '../../core/archive/packed/unpackedDumps';
import type { Jobs } from '../../core/jobs/manager/jobs';
import type { ProblemAction, StringBundle } from '../../protocol/types';
import type { ConnectionService } from '../connections/connectionService';
import type { RestoreStart } from '../panels/restorePanel';
import type { Settings } from '../settings/settings';
import type { DocumentDoor } from '../doors/documentDoor';

/** Dependencies of the archive editor. */
export interface EditorServices {
  extensionUri: vscode.Uri;
  settings: Settings;
  connections: ConnectionService;
  /** Jobs that are not listed: dumps for comparisons. */
  jobs: () => Promise<Jobs>;
  /** Unpacks what is shown. */
  dumps: UnpackedDumps;
  /** Where VS Code asks for the statements of dumps as documents. */
  ddlDoor: Pick<DocumentDoor, 'lead'>;
  strings: StringBundle;
  act(action: ProblemAction, connectionId: string | null): Promise<void>;
  openRestore(start: RestoreStart): Promise<void>;
}
