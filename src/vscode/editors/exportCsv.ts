import path from 'node:path';
import * as vscode from 'vscode';
import type { ArchiveDocument } from '../../core/archive/document/documentTypes';
import { AppError } from '../../core/errors';
import { cancellable } from '../ui/cancellable';
import { revealInExplorer } from '../ui/reveal';
import { window } from '../ui/window';

/** How values can be written; Enter chooses the first. */
async function chooseForm(name: string): Promise<{ forSpreadsheets: boolean } | undefined> {
  return window.showQuickPick(
    [
      {
        label: vscode.l10n.t('Values as they are'),
        detail: vscode.l10n.t('To be read back, by COPY or another program.'),
        forSpreadsheets: false,
      },
      {
        label: vscode.l10n.t('Safe for spreadsheets'),
        detail: vscode.l10n.t(
          "A ' is put before values that begin with =, +, -, @, a tab or a line end and are no numbers: a spreadsheet would take them for formulas.",
        ),
        forSpreadsheets: true,
      },
    ],
    { title: vscode.l10n.t('Export Rows of {0}', name) },
  );
}

/**
 * Asks for the form and the file, and writes the rows of a table as CSV. It shows its progress and
 * can be cancelled.
 */
export async function exportCsv(document: ArchiveDocument, id: number): Promise<void> {
  const entry = document.entryAt(id);
  const name = [entry.schema, entry.tag].filter((part) => part !== null).join('.');
  const form = await chooseForm(name);
  if (form === undefined) return;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? path.dirname(document.path);
  const uri = await window.showSaveDialog({
    title: vscode.l10n.t('Export Rows of {0}', name),
    filters: { CSV: ['csv'] },
    defaultUri: vscode.Uri.file(path.join(folder, `${name.replace(/[/\\:*?"<>|]/g, '_')}.csv`)),
  });
  if (uri === undefined) return;
  const file = uri.fsPath;
  try {
    const { forSpreadsheets } = form;
    const rows = await write(document, id, { file, forSpreadsheets }, name);
    const open = vscode.l10n.t('Open');
    const reveal = vscode.l10n.t('Reveal');
    const text =
      rows === 1
        ? vscode.l10n.t('1 row of {0} was written to {1}.', name, path.basename(file))
        : vscode.l10n.t(
            '{0} rows of {1} were written to {2}.',
            rows.toLocaleString(),
            name,
            path.basename(file),
          );
    // Not awaited, so that the page can continue.
    void window.showInformationMessage(text, open, reveal).then(async (answer) => {
      if (answer === open) await vscode.commands.executeCommand('vscode.open', uri);
      else if (answer === reveal) await revealInExplorer(file);
    });
  } catch (error) {
    if (!AppError.is(error, 'cancelled')) throw error;
  }
}

async function write(
  document: ArchiveDocument,
  id: number,
  { file, forSpreadsheets }: { file: string; forSpreadsheets: boolean },
  name: string,
): Promise<number> {
  const title = vscode.l10n.t('Exporting {0}', name);
  return cancellable(title, async ({ signal, report }) => {
    const { exportTableCsv } = await import('../../core/archive/rows/exportCsv');
    const { rows } = await exportTableCsv(document, id, file, {
      signal,
      forSpreadsheets,
      onProgress: (done) => report(vscode.l10n.t('{0} rows', done.rows.toLocaleString())),
    });
    return rows;
  });
}
