// What is read before anything runs, and the package: bytes of the production build.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exactly, figure, report, shown, type Figure } from '../../support/measure/figures';
import { bytesOf, requiredBy } from '../../support/measure/host/requiredFiles';
import { repoPaths } from '../../support/repoPaths';

const dist = path.join(repoPaths.root, 'dist');

const kilobytesOf = (files: Iterable<string>): number => bytesOf(files) / 1000;

function chunk(name: string): string {
  const file = readdirSync(path.join(dist, 'chunks')).find((each) => each.startsWith(`${name}-`));
  if (file === undefined) throw new Error(`no ${name} in dist/chunks`);
  return path.join(dist, 'chunks', file);
}

/** The package, built as for the Marketplace. */
function packageKilobytes(): number {
  const dir = mkdtempSync(path.join(tmpdir(), 'size-'));
  try {
    const vsix = path.join(dir, 'extension.vsix');
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    execFileSync(npm, ['run', '--silent', 'package', '--', '--out', vsix], {
      cwd: repoPaths.root,
      stdio: 'ignore',
    });
    return statSync(vsix).size / 1000;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function measure(): Figure[] {
  // Packaging builds for production.
  const vsix = packageKilobytes();
  const atStart = requiredBy([path.join(dist, 'extension.js')]);
  const parts = requiredBy([chunk('parts')]);
  const atJobsStart = requiredBy([
    path.join(dist, 'supervisor.js'),
    path.join(dist, 'chunks/runSupervisor.js'),
    chunk('supervise'),
  ]);
  const job = requiredBy([
    ...atJobsStart,
    ...['askedAhead', 'startTool', 'toolProcess', 'backupJob'].map(chunk),
  ]);
  const pages = readdirSync(path.join(dist, 'webview'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => path.join(dist, 'webview', name));
  return [
    figure('startBundle', exactly(kilobytesOf(atStart))),
    shown('read when it is first used', 'kB', exactly(kilobytesOf(parts))),
    figure('pageBundle', exactly(Math.max(...pages.map((page) => kilobytesOf([page]))))),
    shown('read before a job comes', 'kB', exactly(kilobytesOf(atJobsStart))),
    figure('jobBundle', exactly(kilobytesOf(job))),
    figure('vsix', exactly(vsix)),
  ];
}

report('hostSize', measure());
