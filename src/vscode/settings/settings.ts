import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { decodeProfiles, type ProfileProblemReport } from '../../core/connections/decodeProfiles';
import type { ConnectionProfile } from '../../core/model/profile';
import { AppError } from '../../core/errors';
import type { JobLimits } from '../../core/jobs/supervisor/messages';
import type { Retention } from '../../core/jobs/supervisor/store/retention';
import { profileProblemText } from './profileProblems';

const SECTION = 'pgBackup';

/** The extension's settings, decoded on every read: the user may edit them at any time. */
export class Settings implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeConnections = this.changed.event;
  private readonly subscription: vscode.Disposable;

  constructor() {
    this.subscription = vscode.workspace.onDidChangeConfiguration((e) => {
      if (e.affectsConfiguration(`${SECTION}.connections`)) this.changed.fire();
    });
  }

  /** The usable entries of `pgBackup.connections`. */
  connections(): ConnectionProfile[] {
    return this.decoded().profiles;
  }

  /** What is wrong with the others. */
  connectionProblems(): ProfileProblemReport[] {
    return this.decoded().problems;
  }

  /** @throws AppError `connectionUnknown`, or `connectionInvalid` when the entry is there but unusable. */
  connection(id: string): ConnectionProfile {
    const { profiles, problems } = this.decoded();
    const profile = profiles.find((p) => p.id === id);
    if (profile) return profile;
    const problem = problems.find((p) => p.id === id && p.severity === 'error');
    if (problem) {
      const text = profileProblemText(problem);
      throw new AppError('connectionInvalid', { id, problem: text });
    }
    throw new AppError('connectionUnknown', { id });
  }

  /** Adds an entry to the workspace's settings (the user's, when no folder is open). */
  async addConnection(profile: ConnectionProfile): Promise<void> {
    const configuration = vscode.workspace.getConfiguration(SECTION);
    const inspected = configuration.inspect<unknown[]>('connections');
    const inWorkspace = vscode.workspace.workspaceFolders !== undefined;
    const current = inWorkspace ? inspected?.workspaceValue : inspected?.globalValue;
    await configuration.update(
      'connections',
      [...(Array.isArray(current) ? current : []), profile],
      inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
    );
  }

  /** Absolute path of the folder that new backups are proposed in. */
  backupDirectory(): string {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? os.homedir();
    const value = this.text('backupDirectory') || '${workspaceFolder}/backups';
    const expanded = value
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
    return typeof chosen === 'string' ? chosen.replace(/^~(?=$|[/\\])/, () => os.homedir()) : '';
  }

  async setToolsPath(dir: string): Promise<void> {
    await vscode.workspace
      .getConfiguration(SECTION)
      .update('toolsPath', dir, vscode.ConfigurationTarget.Global);
  }

  /** Whether a manifest is kept beside each backup. */
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
    this.subscription.dispose();
    this.changed.dispose();
  }

  private decoded(): ReturnType<typeof decodeProfiles> {
    return decodeProfiles(vscode.workspace.getConfiguration(SECTION).get<unknown>('connections'));
  }

  private value(key: string): unknown {
    return vscode.workspace.getConfiguration(SECTION).get<unknown>(key);
  }

  /** What is no number, or out of bounds, counts as not set. */
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
