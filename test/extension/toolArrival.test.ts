import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ToolInstall, ToolSearch } from '../../src/core/model/tools';
import { ToolArrival } from '../../src/vscode/commands/toolArrival';
import { until } from '../support/until';

describe('Tools that the user installs', () => {
  let dir: string;
  let search: ToolSearch;
  let looks: number;
  let arrived: string[];
  let arrival: ToolArrival;
  let terminal: vscode.Terminal;

  const install = (major: number): ToolInstall => ({
    dir: path.join(dir, String(major)),
    source: 'path',
    version: { major, minor: 1, text: `${major}.1` },
    tools: { psql: path.join(dir, String(major), 'psql') },
  });

  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'tool-arrival-'));
    // An installer may write the name in another case.
    search = { installs: [install(16)], searched: [path.join(dir, 'not', 'There')], rejected: [] };
    [looks, arrived] = [0, []];
    arrival = new ToolArrival({
      look: async () => {
        looks++;
        return search;
      },
      settledMs: 10,
      arrived: (installs) => arrived.push(...installs.map(({ version }) => version.text)),
    });
    terminal = vscode.window.createTerminal({ name: 'arrival', hideFromUser: true });
    arrival.expect(search, terminal);
  });

  afterEach(async () => {
    arrival.dispose();
    terminal.dispose();
    await rm(dir, { recursive: true, force: true });
  });

  it('are noticed when something is written where they are looked for', async () => {
    await mkdir(path.join(dir, 'not'));
    search = { ...search, installs: [install(16), install(17)] };
    arrival.expect({ ...search, installs: [install(16), install(17)] }, terminal);
    await until(() => looks > 1, 'it looks when it begins to wait');
    assert.deepEqual(arrived, [], 'nothing new is there yet');
    search = { ...search, installs: [...search.installs, install(18)] };
    await mkdir(path.join(dir, 'not', 'there'));
    await until(() => arrived.length > 0, 'they are noticed');
    assert.deepEqual(arrived, ['18.1']);
  });

  it('are noticed in a folder in which something always changes', async () => {
    search = { installs: [install(16)], searched: [dir], rejected: [] };
    arrival.expect(search, terminal);
    await until(() => looks > 1, 'it looks when it begins to wait');
    search = { ...search, installs: [install(16), install(17)] };
    // Without a pause in which it could settle.
    for (let n = 0; arrived.length === 0; n++) await writeFile(path.join(dir, 'log'), String(n));
    assert.deepEqual(arrived, ['17.1']);
  });

  it('are noticed when the terminal is closed', async () => {
    search = { ...search, installs: [install(16), install(18)] };
    terminal.dispose();
    await until(() => arrived.length > 0, 'they are noticed');
    assert.deepEqual(arrived, ['18.1']);
  });
});
