import * as vscode from 'vscode';
import { Throttle } from '../../core/throttle';
import { maskSecrets } from '../../core/secrets/mask';

/** Lines are collected for so long before they are written: a burst must not flood the host. */
const WRITE_MS = 100;
/** Most characters that are written in one turn of the host; the rest has a turn of its own. */
const BLOCK_LENGTH = 64 * 1024;

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
  private turn: NodeJS.Immediate | undefined;

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
    this.flush();
    this.channel.show(true);
  }

  dispose(): void {
    this.flush();
    this.channel.dispose();
  }

  private add(level: Level, lines: readonly string[]): void {
    if (lines.length === 0) return;
    let last = this.pending.at(-1);
    if (last?.level !== level) {
      last = { level, lines: [] };
      this.pending.push(last);
    }
    for (const line of lines) last.lines.push(line);
    if (this.turn === undefined) this.writing.request();
  }

  private flush(): void {
    this.writing.cancel();
    clearImmediate(this.turn);
    this.turn = undefined;
    while (this.pending.length > 0) this.writeBlock();
  }

  private write(): void {
    this.writeBlock();
    this.turn = this.pending.length > 0 ? setImmediate(() => this.write()) : undefined;
  }

  /** The oldest lines, as many as are written at once. */
  private writeBlock(): void {
    const [first] = this.pending;
    if (first === undefined) return;
    const { level, lines } = first;
    let count = 0;
    for (let length = 0; count < lines.length && length < BLOCK_LENGTH; count++) {
      length += lines[count]?.length ?? 0;
    }
    // The last gate: what came here by whatever way has no secret when it is shown.
    const block = lines.splice(0, count).map(maskSecrets);
    if (lines.length === 0) this.pending.shift();
    this.channel[level](block.join('\n'));
  }
}
