import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('the extension inside VS Code', () => {
  it('is installed and can be activated', async () => {
    const extension = vscode.extensions.getExtension('pg-backup.pg-backup-restore');
    assert.ok(extension, 'VS Code does not know the extension');
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});
