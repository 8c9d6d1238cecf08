import type * as vscode from 'vscode';
import { readToolsElsewhere } from '../../core/connections/toolsElsewhere';
import type { ConnectionProfile, ToolsElsewhere } from '../../core/model/profile';
import { fingerprint } from './usedConnections';

const KEY = 'connections.tools';
/** The oldest are forgotten; they are offered again. */
const MAX_REMEMBERED = 200;

/**
 * Of which container a connection uses the tools, where the user has chosen that here and not in the
 * settings. Kept for the server that the connection leads to: an entry of a workspace that has come
 * to lead elsewhere has no such choice.
 */
export class ChosenTools {
  constructor(private readonly state: vscode.Memento) {}

  of(profile: ConnectionProfile): ToolsElsewhere | undefined {
    if (profile.tools !== undefined) return profile.tools;
    const stored = this.all()[fingerprint(profile)];
    return readToolsElsewhere(stored) ?? undefined;
  }

  /** undefined = the tools of this machine. */
  async choose(profile: ConnectionProfile, tools: ToolsElsewhere | undefined): Promise<void> {
    const place = fingerprint(profile);
    const others = Object.entries(this.all()).filter(([each]) => each !== place);
    const kept = others.slice(1 - MAX_REMEMBERED);
    const added = tools === undefined ? [] : [[place, tools] as const];
    await this.state.update(KEY, Object.fromEntries([...kept, ...added]));
  }

  private all(): Record<string, unknown> {
    const stored = this.state.get<unknown>(KEY);
    return typeof stored === 'object' && stored !== null ? { ...stored } : {};
  }
}
