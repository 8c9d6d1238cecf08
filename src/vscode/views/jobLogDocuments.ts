import * as vscode from 'vscode';
import { Throttle } from '../../core/throttle';
import { AppError } from '../../core/errors';
import { formatBytes } from '../../core/text/formatBytes';
import { jobFileName } from '../../core/text/jobOutcome';
import { isFinished, type BackupJob } from '../../core/model/job';
import type { Jobs } from '../../core/jobs/manager/jobs';
import { type DocumentDoor, JOB_LOG_SCHEME } from '../doors/documentDoor';
import { readLogTail } from '../../core/jobs/job/readLogTail';

/** Longest part of a log that is shown, because every change replaces the whole document. */
const MAX_BYTES = 2 * 1024 * 1024;
/** Less is shown while the job runs, because the log changes all the time. */
const MAX_BYTES_RUNNING = 256 * 1024;
const REFRESH_MS = 1000;

/** Every job's log as a read-only document that grows while the job runs. */
export class JobLogDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registrations: vscode.Disposable[];
  private readonly stop: (() => void)[];
  private readonly refreshing = new Throttle(() => this.refresh(), REFRESH_MS);
  /** Documents whose job has written output since VS Code read them. */
  private readonly stale = new Set<string>();
  /** Editors whose cursor is in the last line: they scroll with new output. */
  private readonly following = new WeakSet<vscode.TextEditor>();

  /** @param known resolves when the jobs of earlier windows are known */
  constructor(
    private readonly jobs: Jobs,
    private readonly known: Promise<void>,
    door: Pick<DocumentDoor, 'lead'>,
  ) {
    door.lead(this);
    this.registrations = [
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.followEnd(document)),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
        // Only a selection by the user changes whether an editor follows the end.
        if (kind === undefined) return;
        if (isAtEnd(textEditor)) this.following.add(textEditor);
        else this.following.delete(textEditor);
      }),
      this.changed,
    ];
    this.stop = [
      jobs.onLines((id) => this.grown(id)),
      jobs.onUpdate((job) => {
        if (isFinished(job.status)) this.grown(job.id);
      }),
    ];
  }

  /** `glance`: opens a preview; the row in the view keeps the focus. */
  async open(jobId: string, glance = false): Promise<void> {
    const job = this.jobs.get(jobId);
    if (job === undefined) throw new AppError('jobUnknown', { id: jobId });
    const document = await vscode.workspace.openTextDocument(uriOf(job));
    const log = await vscode.languages.setTextDocumentLanguage(document, 'log');
    const editor = await vscode.window.showTextDocument(log, {
      preview: glance,
      preserveFocus: glance,
    });
    this.following.add(editor);
    toEnd(editor);
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const id = uri.query;
    // A document may be what the extension is first used for.
    await this.known;
    this.stale.delete(id);
    const job = this.jobs.get(id);
    if (job === undefined) return vscode.l10n.t('This job is no longer known.');
    const file = this.jobs.logPath(id);
    const max = isFinished(job.status) ? MAX_BYTES : MAX_BYTES_RUNNING;
    const tail = file === null ? null : await readLogTail(file, max);
    // Without a log file, the newest lines are in memory.
    if (tail === null || file === null) return `${job.output.join('\n')}\n`;
    if (tail.skipped === 0) return tail.text;
    const left = vscode.l10n.t(
      '… {0} before this are left out; the full log is {1}',
      formatBytes(tail.skipped),
      file,
    );
    return `${left}\n${tail.text}`;
  }

  dispose(): void {
    this.refreshing.cancel();
    for (const stop of this.stop) stop();
    for (const registration of this.registrations) registration.dispose();
  }

  private grown(id: string): void {
    this.stale.add(id);
    this.refreshing.request();
  }

  private refresh(): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      const stale = uri.scheme === JOB_LOG_SCHEME && this.stale.has(uri.query);
      if (stale) this.changed.fire(uri);
    }
    this.stale.clear();
  }

  private followEnd(document: vscode.TextDocument): void {
    if (document.uri.scheme !== JOB_LOG_SCHEME) return;
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document === document && this.following.has(editor)) toEnd(editor);
    }
  }
}

function uriOf(job: BackupJob): vscode.Uri {
  const name = `${jobFileName(job) || job.id}.log`;
  return vscode.Uri.from({ scheme: JOB_LOG_SCHEME, path: `/${name}`, query: job.id });
}

function isAtEnd({ document, selection }: vscode.TextEditor): boolean {
  return selection.active.line >= document.lineCount - 1;
}

function toEnd(editor: vscode.TextEditor): void {
  const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(end, end);
  editor.revealRange(new vscode.Range(end, end));
}
