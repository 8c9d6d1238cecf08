import type * as vscode from 'vscode';
import type { UnpackedDumps } from '../../core/archive/packed/unpackedDumps';
import { ArchiveModel } from './archiveModel';
import { pathKey } from '../../core/files/pathKey';

/** A model that somebody uses; disposing of the lease ends the use. */
export interface ModelLease extends vscode.Disposable {
  readonly model: ArchiveModel;
}

/** Keeps one model for each dump, as long as something shows the dump. */
export class ArchiveModels implements vscode.Disposable {
  private readonly models = new Map<string, { model: ArchiveModel; users: number }>();

  constructor(private readonly dumps: UnpackedDumps) {}

  /** `path`: see `archivePath`. */
  acquire(path: string): ModelLease {
    const place = pathKey(path, process.platform);
    const shared = this.models.get(place) ?? {
      model: new ArchiveModel(path, this.dumps),
      users: 0,
    };
    this.models.set(place, shared);
    shared.users++;
    let held = true;
    return {
      model: shared.model,
      dispose: () => {
        if (!held) return;
        held = false;
        if (--shared.users > 0) return;
        this.models.delete(place);
        shared.model.dispose();
      },
    };
  }

  dispose(): void {
    for (const { model } of this.models.values()) model.dispose();
    this.models.clear();
  }
}
