import assert from 'node:assert/strict';
import { appendFile, cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import * as vscode from 'vscode';
import { openArchiveDocument } from '../../src/core/archive/document/archiveDocument';
import { ddlText } from '../../src/core/archive/ddl/entryDdl';
import { AppError } from '../../src/core/errors';
import { ArchiveModel } from '../../src/vscode/editors/archiveModel';
import { unpackedDumps } from '../support/packed/unpackedDumps';
import { DdlDocuments, stampText } from '../../src/vscode/editors/ddlDocuments';
import { DDL_SCHEME } from '../../src/vscode/doors/documentDoor';
import { until } from '../support/until';
import { scratchDir } from './support';

const fixtures = path.resolve(__dirname, '../../../test/fixtures/archives');

/** Tabs of the archive editor, by the file that VS Code has open. */
function archiveTabs(): { file: string; viewType: string }[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) =>
    tabs.flatMap(({ input }) =>
      input instanceof vscode.TabInputCustom
        ? [{ file: input.uri.fsPath, viewType: input.viewType }]
        : [],
    ),
  );
}

describe('The archive editor', function () {
  let dir: string;
  let remove: () => Promise<void>;
  const at = (name: string): string => path.join(dir, name);

  before(async () => {
    ({ dir, remove } = await scratchDir());
    await vscode.extensions.getExtension('pg-backup.pg-backup-restore')?.activate();
    for (const name of [
      'mini.17.dump',
      'mini.12.dump',
      'mini.18.zstd.dump',
      'mini.15.tar',
      'mini.17.dir',
      'mini.17.sql',
      'plain.sql.gz',
    ]) {
      await cp(path.join(fixtures, name), at(name), { recursive: true });
    }
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await remove();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await until(() => archiveTabs().length === 0, 'all editors closed');
  });

  const kinds: [name: string, file: string, viewType: string][] = [
    ['mini.17.dump', 'mini.17.dump', 'pgBackup.archive'],
    ['mini.18.zstd.dump', 'mini.18.zstd.dump', 'pgBackup.archive'],
    ['mini.17.dir', 'mini.17.dir/toc.dat', 'pgBackup.archive'],
    ['mini.15.tar', 'mini.15.tar', 'pgBackup.archiveOption'],
    ['mini.17.sql', 'mini.17.sql', 'pgBackup.archiveOption'],
    ['plain.sql.gz', 'plain.sql.gz', 'pgBackup.archiveOption'],
  ];
  for (const [name, file, viewType] of kinds) {
    it(`opens ${name} from its menu`, async () => {
      await vscode.commands.executeCommand('pgBackup.openArchive', vscode.Uri.file(at(name)));
      assert.deepEqual(archiveTabs(), [{ file: at(file), viewType }]);
    });
  }

  it('is what a .dump and a toc.dat open in, and a .sql does not', async () => {
    for (const name of ['mini.17.dump', 'mini.17.dir/toc.dat', 'mini.17.sql']) {
      await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(at(name)), {
        preview: false,
      });
    }
    assert.deepEqual(
      archiveTabs().map(({ file }) => path.relative(dir, file)),
      ['mini.17.dump', 'mini.17.dir/toc.dat'],
    );
  });

  it('gives way to the text editor', async () => {
    const uri = vscode.Uri.file(at('mini.17.dir/toc.dat'));
    await vscode.commands.executeCommand('pgBackup.openArchive', uri);
    await vscode.commands.executeCommand('pgBackup.reopenAsText', uri);
    await until(() => archiveTabs().length === 0, 'reopened as text');
  });

  it('closes when its file is deleted, in every group', async () => {
    const file = at('goes.dump');
    await cp(at('mini.17.dump'), file);
    const uri = vscode.Uri.file(file);
    await vscode.commands.executeCommand('pgBackup.openArchive', uri);
    await vscode.commands.executeCommand('workbench.action.splitEditor');
    await until(() => archiveTabs().length === 2, 'two editors');
    await rm(file);
    await until(() => archiveTabs().length === 0, 'closed');
  });

  describe('makes SQL documents', () => {
    const uriOf = async (
      name: string,
      ids: (entry: { desc: string; tag: string }) => boolean,
    ): Promise<{ uri: vscode.Uri; expected: string }> => {
      const document = await openArchiveDocument(at(name));
      const chosen: number[] = [];
      for (let id = 0; id < document.count; id++) {
        if (ids(document.entryAt(id))) chosen.push(id);
      }
      assert.ok(chosen.length > 0);
      const uri = DdlDocuments.uri('a/b "c".sql', {
        kind: 'ddl',
        path: at(name),
        ids: chosen,
        stamp: stampText(document),
      });
      return { uri, expected: await ddlText(document, chosen) };
    };

    for (const name of ['mini.17.dump', 'mini.17.dir', 'mini.15.tar', 'mini.17.sql']) {
      it(`of a table of ${name}`, async () => {
        const { uri, expected } = await uriOf(
          name,
          ({ desc, tag }) => desc === 'TABLE' && tag === 'orders',
        );
        assert.match(expected, /CREATE TABLE app\.orders/);
        // Through the URI's text, as it comes back after a reload of the window.
        const opened = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri.toString()));
        assert.equal(opened.getText(), expected);
        assert.equal(opened.languageId.includes('sql'), true, opened.languageId);
      });
    }

    it('of everything, which follow the file', async () => {
      const file = at('changes.dump');
      await cp(at('mini.17.dump'), file);
      await vscode.commands.executeCommand('pgBackup.openArchive', vscode.Uri.file(file));
      const uri = DdlDocuments.uri('all', { kind: 'ddl', path: file, ids: null, stamp: '' });
      const opened = await vscode.workspace.openTextDocument(uri);
      await vscode.window.showTextDocument(opened, vscode.ViewColumn.Beside);
      const before = opened.getText();
      assert.match(before, /pg_dump version 17|CREATE TABLE app\.orders/);
      await cp(at('mini.12.dump'), file);
      await until(() => opened.getText() !== before, 'the document followed');
      assert.equal(opened.getText(), await ddlText(await openArchiveDocument(file), 'all'));
    });

    it('of an entry that say so when the file is another one', async () => {
      const file = at('replaced.dump');
      await cp(at('mini.17.dump'), file);
      const { uri } = await uriOf('replaced.dump', ({ tag }) => tag === 'orders');
      await cp(at('mini.12.dump'), file);
      assert.match((await vscode.workspace.openTextDocument(uri)).getText(), /^-- .*changed/);
    });

    it('of nothing but what is asked in the right form', async () => {
      const secret = at('secret.txt');
      await writeFile(secret, 'top secret');
      for (const query of ['', '{', '{"kind":"ddl"}', '{"kind":"file","path":"/etc/passwd"}']) {
        const uri = vscode.Uri.from({ scheme: DDL_SCHEME, path: '/x.sql', query });
        assert.match((await vscode.workspace.openTextDocument(uri)).getText(), /^-- /);
      }
      const uri = DdlDocuments.uri('x', {
        kind: 'schema',
        path: secret,
        owners: true,
        privileges: true,
      });
      const text = (await vscode.workspace.openTextDocument(uri)).getText();
      assert.match(text, /^-- /);
      assert.doesNotMatch(text, /top secret/);
    });

    it('that VS Code shows as a diff', async () => {
      const side = (name: string): vscode.Uri =>
        DdlDocuments.uri(name, { kind: 'schema', path: at(name), owners: true, privileges: true });
      const [left, right] = [side('mini.12.dump'), side('mini.17.dump')];
      await vscode.commands.executeCommand('vscode.diff', left, right, 'Schema');
      const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
      assert.ok(tab?.input instanceof vscode.TabInputTextDiff);
      const texts = await Promise.all(
        [left, right].map(async (uri) => (await vscode.workspace.openTextDocument(uri)).getText()),
      );
      for (const text of texts) {
        assert.match(text, /CREATE TABLE app\.orders/);
        assert.doesNotMatch(text, /\\restrict|Started on/);
      }
      assert.notEqual(texts[0], texts[1]);
    });
  });

  it('unpacks an archive that was compressed as a whole, says so, and leaves nothing', async () => {
    const file = at('packed.dump.gz');
    await writeFile(file, gzipSync(await readFile(at('mini.17.dump'))));
    const tempDir = at('unpacked');
    const dumps = unpackedDumps({ tempDir });
    const model = new ArchiveModel(file, dumps);
    try {
      const document = await model.loaded();
      const plain = await openArchiveDocument(at('mini.17.dump'));
      assert.equal(document.count, plain.count);
      await until(() => model.state.phase === 'ready', 'measured');
      const { info } = model.state;
      assert.deepEqual(info?.packed, { by: ['gzip'], member: null });
      assert.equal(info.path, file);
    } finally {
      model.dispose();
      dumps.dispose();
    }
    assert.deepEqual(await readdir(tempDir), []);
  });

  it('stops reading when told to, with what is known by then', async () => {
    const file = at('long.sql');
    const head = '--\n-- PostgreSQL database dump\n--\n\n';
    const table = (i: number): string =>
      `--\n-- Name: t${i}; Type: TABLE; Schema: s; Owner: o\n--\n\nCREATE TABLE s.t${i} (a int);\n\n\n`;
    await writeFile(file, head + Array.from({ length: 60_000 }, (_, i) => table(i)).join(''));
    const model = new ArchiveModel(file, unpackedDumps());
    try {
      const phases: string[] = [];
      model.onDidChange(({ phase }) => {
        phases.push(phase);
        if (phase === 'reading') model.cancel();
      });
      await assert.rejects(model.loaded(), (e) => AppError.is(e, 'cancelled'));
      assert.deepEqual([...new Set(phases)], ['reading', 'failed']);
      const { header, count, finished } = model.state;
      assert.equal(header?.format, 'plain');
      assert.ok(count > 0 && count < 60_000 && !finished, String(count));
    } finally {
      model.dispose();
    }
  });

  it('shows a file that grows to a damaged one and back', async () => {
    const file = at('grows.dump');
    await cp(at('mini.17.dump'), file);
    await vscode.commands.executeCommand('pgBackup.openArchive', vscode.Uri.file(file));
    const model = new ArchiveModel(file, unpackedDumps());
    try {
      const before = (await model.loaded()).count;
      const { generation } = model.state;
      await appendFile(file, 'x');
      await rm(file);
      await cp(at('mini.12.dump'), file);
      // Replaced within the moment that a file may be gone for: whoever looks sees the new one.
      await until(() => model.state.generation > generation, 'the file is read again');
      assert.notEqual((await model.loaded()).count, before);
      assert.equal(archiveTabs().length, 1, 'the editor stays');
    } finally {
      model.dispose();
    }
  });
});
