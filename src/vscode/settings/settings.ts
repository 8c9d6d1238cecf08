import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { PlacedConnection, PlacedProblem } from '../../core/connections/mergeConnections';
import type { ConnectionProfile } from '../../core/model/profile';
import { AppError } from '../../core/errors';
import type { JobLimits } from '../../core/jobs/supervisor/messages';
import type { Retention } from '../../core/jobs/supervisor/store/retention';
import { appendConnection, readConnections } from './connectionSettings';
import { profileProblemText } from './profileProblems';
import { expandFolders } from '../../core/files/expandFolders';

const SECTION = 'pgBackup';

/** The extension's settings, decoded on every read: the user may edit them at any time. */
export class Settings implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeConnections = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    this.subscriptions = [
      vscode.workspace.onDidChangeConfiguration((e) => {
        if (e.affectsConfiguration(`${SECTION}.connections`)) this.changed.fire();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.changed.fire()),
      // Until the workspace is trusted its connections are hidden.
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.changed.fire()),
      this.changed,
    ];
  }

  /** What connections rest on has changed, such as the tools: forms and views ask anew. */
  reconsider(): void {
    this.changed.fire();
  }

  /** The usable entries of `pgBackup.connections`, of all settings files. */
  connections(): ConnectionProfile[] {
    return readConnections().connections.map(({ profile }) => profile);
  }

  /** Connections with their places in the settings. */
  placedConnections(): PlacedConnection[] {
    return readConnections().connections;
  }

  /** Problems of the unusable entries. */
  connectionProblems(): PlacedProblem[] {
    return readConnections().problems;
  }

  /** Ids that are in use, by entries that cannot be used as well. */
  connectionIds(): string[] {
    const { connections, problems } = readConnections();
    return [
      ...connections.map(({ profile }) => profile.id),
      ...problems.flatMap(({ id }) => id ?? []),
    ];
  }

  /** @throws AppError `connectionUnknown`, or `connectionInvalid` when the entry is there but unusable. */
  connection(id: string): ConnectionProfile {
    const { connections, problems } = readConnections();
    const found = connections.find(({ profile }) => profile.id === id);
    if (found) return found.profile;
    const problem = problems.find((p) => p.id === id && p.severity === 'error');
    if (problem) {
      const text = profileProblemText(problem);
      throw new AppError('connectionInvalid', { id, problem: text });
    }
    throw new AppError('connectionUnknown', { id });
  }

  /** Adds an entry to the user's or the workspace's settings. */
  addConnection(profile: ConnectionProfile, scope: 'user' | 'workspace'): Promise<void> {
    return appendConnection(profile, scope);
  }

  /** Absolute path of the folder that new backups are proposed in. */
  backupDirectory(): string {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? os.homedir();
    const value = this.text('backupDirectory') || '${workspaceFolder}/backups';
    const expanded = expandFolders(value, process.env)
      .replaceAll('${workspaceFolder}', () => folder)
      .replaceAll('${userHome}', () => os.homedir())
      .replace(/^~(?=$|[/\\])/, () => os.homedir());
    return path.resolve(folder, expanded);
  }

  fileNameTemplate(): string {
    return this.text('fileNameTemplate') || '${database}_${date}_${time}';
  }

  /** '' when not set. Machine scope: a workspace never decides what is executed. */
  toolsPath(): string {
    const value = vscode.workspace.getConfiguration(SECTION).inspect<unknown>('toolsPath');
    const chosen = value?.globalValue ?? value?.defaultValue;
    if (typeof chosen !== 'string') return '';
    return expandFolders(chosen, process.env).replace(/^~(?=$|[/\\])/, () => os.homedir());
  }

  async setToolsPath(dir: string): Promise<void> {
    await vscode.workspace
      .getConfiguration(SECTION)
      .update('toolsPath', dir, vscode.ConfigurationTarget.Global);
  }

  /** Is a manifest written beside each backup? */
  manifest(): boolean {
    return vscode.workspace.getConfiguration(SECTION).get<unknown>('manifest') !== false;
  }

  connectTimeoutSeconds(): number {
    const value = vscode.workspace.getConfiguration(SECTION).get<unknown>('connectTimeout');
    return typeof value === 'number' && value >= 2 && value <= 600 ? Math.round(value) : 15;
  }

  /** How jobs run; read anew for each. */
  jobLimits(): JobLimits {
    return {
      concurrency: this.count('jobs.concurrency', 2, 1, 32),
      stallTimeoutSeconds: this.count('stallTimeout', 600, 0, 86_400),
      connectTimeoutSeconds: this.connectTimeoutSeconds(),
      endWithWindow: this.value('jobs.endWithWindow') === true,
    };
  }

  /** How many of the jobs that have ended are kept. */
  jobRetention(): Retention {
    return {
      count: this.count('jobs.keep', 100, 0, 10_000),
      days: this.count('jobs.keepDays', 30, 1, 3650),
      bytes: this.count('jobs.keepMegabytes', 100, 1, 10_000) * 1024 * 1024,
    };
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private value(key: string): unknown {
    return vscode.workspace.getConfiguration(SECTION).get<unknown>(key);
  }

  /** A value that is not a number, or out of bounds, counts as not set. */
  private count(key: string, fallback: number, least: number, most: number): number {
    const value = this.value(key);
    return typeof value === 'number' && value >= least && value <= most
      ? Math.round(value)
      : fallback;
  }

  private text(key: string): string {
    const value = this.value(key);
    return typeof value === 'string' ? value.trim() : '';
  }
}
