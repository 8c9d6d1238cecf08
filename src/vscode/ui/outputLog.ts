import * as vscode from 'vscode';
import { MAX_BYTES } from '../../core/jobs/supervisor/store/jobLog';
import { LineBacklog, type LineGap, type LogPlace } from '../../core/lineBacklog';
import { lineWorth } from '../../core/pgtools/stderr/lineWorth';
import { maskSecrets } from '../../core/secrets/mask';
import { formatBytes } from '../../core/text/formatBytes';
import { Throttle } from '../../core/throttle';

/** Lines are collected for so long before they are written: a burst must not flood the host. */
const WRITE_MS = 100;
/**
 * Lines that are written at a time. VS Code draws what comes into a visible channel in its window, at
 * some 0.1 ms for each line, and answers nobody meanwhile.
 */
const ROOM = 50;
/** Milliseconds between two places at which lines are left out. */
const GAP_MS = 1000;

/**
 * The dedicated Output channel: what ran, and the lines the tools print, as they come. VS Code adds
 * time and level, and filters by them. A tool that says more than can be read is followed by its
 * newest lines and a bounded number of those that tell of trouble; the others are in the job's log.
 */
export class OutputLog implements vscode.Disposable {
  private readonly channel: vscode.LogOutputChannel;
  private readonly backlog = new LineBacklog(lineWorth, gapText);
  private readonly writing = new Throttle(() => this.write(), WRITE_MS);
  private gapAt = -Infinity;

  constructor() {
    this.channel = vscode.window.createOutputChannel('PostgreSQL Backup', { log: true });
  }

  /** A line of our own. */
  say(text: string): void {
    this.backlog.say('info', text);
    this.writing.request();
  }

  warn(text: string): void {
    this.backlog.say('warn', text);
    this.writing.request();
  }

  /** Lines of a tool. `log`: where the others are, too, the same for all of them; null = nowhere. */
  lines(lines: readonly string[], log: LogPlace | null): void {
    this.backlog.flow(lines, log);
    this.writing.request();
  }

  /** Who asks for the channel sees how things are now. What waits for it is bounded. */
  show(): void {
    this.writeAll();
    this.channel.show(true);
  }

  dispose(): void {
    this.writeAll();
    this.channel.dispose();
  }

  private writeAll(): void {
    this.writing.cancel();
    while (!this.backlog.isEmpty) this.writeBlock(Infinity);
  }

  private write(): void {
    const now = performance.now();
    const gap = this.backlog.beginsWithOpenGap;
    // Meanwhile it may grow, and be told once.
    if (!gap || now - this.gapAt >= GAP_MS) {
      if (gap) this.gapAt = now;
      this.writeBlock(ROOM);
    }
    if (!this.backlog.isEmpty) this.writing.request();
  }

  private writeBlock(room: number): void {
    const block = this.backlog.take(room);
    if (block === null || block.lines.length === 0) return;
    // The last gate: what came here by whatever way has no secret when it is shown.
    this.channel[block.level](block.lines.map(maskSecrets).join('\n'));
  }
}

function gapText({ count, trouble, log }: LineGap): string {
  const figure = count.toLocaleString();
  const told =
    trouble === 0
      ? vscode.l10n.t('… Lines left out here: {0}.', figure)
      : vscode.l10n.t(
          '… Lines left out here: {0}. Errors and warnings among them: {1}.',
          figure,
          trouble.toLocaleString(),
        );
  if (log === null) return told;
  const most = formatBytes(MAX_BYTES);
  return `${told} ${vscode.l10n.t('See the log of the job (of more than {0}, its beginning and its end): {1}', most, log)}`;
}
