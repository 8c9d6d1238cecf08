import * as vscode from 'vscode';
import { Throttle } from '../../core/throttle';
import { maskSecrets } from '../../core/secrets/mask';

/** Lines are collected for so long before they are written: a burst must not flood the host. */
const WRITE_MS = 100;

/** The dedicated Output channel: what ran, and every line the tools print, as it comes. */
export class OutputLog implements vscode.Disposable {
  private readonly channel: vscode.OutputChannel;
  private pending: string[] = [];
  private readonly writing = new Throttle(() => this.write(), WRITE_MS);

  constructor() {
    this.channel = vscode.window.createOutputChannel('PostgreSQL Backup', 'log');
  }

  /** A line of our own, with the time of day. */
  say(text: string): void {
    this.lines([`${new Date().toISOString()} [info] ${text}`]);
  }

  warn(text: string): void {
    this.lines([`${new Date().toISOString()} [warning] ${text}`]);
  }

  /** Lines of a tool. */
  lines(lines: readonly string[]): void {
    // The last gate: what came here by whatever way has no secret when it is shown.
    for (const line of lines) this.pending.push(maskSecrets(line));
    this.writing.request();
  }

  show(): void {
    this.writing.flush();
    this.channel.show(true);
  }

  dispose(): void {
    this.writing.flush();
    this.channel.dispose();
  }

  private write(): void {
    this.channel.append(`${this.pending.join('\n')}\n`);
    this.pending = [];
  }
}
