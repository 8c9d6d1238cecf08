import * as vscode from 'vscode';
import { Throttle } from '../../core/throttle';
import { maskSecrets } from '../../core/secrets/mask';

/** Lines are collected for so long before they are written: a burst must not flood the host. */
const WRITE_MS = 100;

type Level = 'info' | 'warn';

/**
 * The dedicated Output channel: what ran, and every line the tools print, as it comes. VS Code adds
 * time and level, and filters by them.
 */
export class OutputLog implements vscode.Disposable {
  private readonly channel: vscode.LogOutputChannel;
  /** Lines of one level in a row are written as one. */
  private pending: { level: Level; lines: string[] }[] = [];
  private readonly writing = new Throttle(() => this.write(), WRITE_MS);

  constructor() {
    this.channel = vscode.window.createOutputChannel('PostgreSQL Backup', { log: true });
  }

  /** A line of our own. */
  say(text: string): void {
    this.add('info', [text]);
  }

  warn(text: string): void {
    this.add('warn', [text]);
  }

  /** Lines of a tool. */
  lines(lines: readonly string[]): void {
    this.add('info', lines);
  }

  show(): void {
    this.writing.flush();
    this.channel.show(true);
  }

  dispose(): void {
    this.writing.flush();
    this.channel.dispose();
  }

  private add(level: Level, lines: readonly string[]): void {
    let last = this.pending.at(-1);
    if (last?.level !== level) {
      last = { level, lines: [] };
      this.pending.push(last);
    }
    // The last gate: what came here by whatever way has no secret when it is shown.
    for (const line of lines) last.lines.push(maskSecrets(line));
    this.writing.request();
  }

  private write(): void {
    for (const { level, lines } of this.pending) this.channel[level](lines.join('\n'));
    this.pending = [];
  }
}
