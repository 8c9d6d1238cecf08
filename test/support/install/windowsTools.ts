import { cp, mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../machine/run';
import { cachedDirectory } from './cache';
import { unpackDebianPackages, unpackDebianSource } from './debianPackages';
import { requireWine } from './wine';

/** Raised when the recipe below changes. */
const recipe = 'r2';

/** All of bookworm, so that what this machine has does not matter. */
const compiler = [
  ...['gcc-mingw-w64-x86-64-posix', 'gcc-mingw-w64-x86-64-posix-runtime', 'gcc-mingw-w64-base'],
  ...['binutils-mingw-w64-x86-64', 'mingw-w64-common', 'mingw-w64-x86-64-dev'],
  ...['libz-mingw-w64', 'libz-mingw-w64-dev', 'bison', 'flex', 'm4', 'libfl2', 'make', 'bzip2'],
  ...['libisl23', 'libmpc3', 'libmpfr6', 'libgmp10', 'libzstd1', 'zlib1g', 'libbz2-1.0'],
  ...['perl-base', 'perl-modules-5.36', 'libperl5.36', 'libcrypt1'],
];

const host = 'x86_64-w64-mingw32';
const built = [
  'interfaces/libpq/libpq.dll',
  ...['pg_dump', 'pg_restore', 'pg_dumpall'].map((name) => `bin/pg_dump/${name}.exe`),
  'bin/psql/psql.exe',
];

/**
 * Directory with PostgreSQL 18's client tools for Windows, built once from Debian's source by
 * Debian's compiler (about 3 minutes of one processor). Without TLS and without ICU.
 */
export async function ensureWindowsTools(): Promise<string> {
  await requireWine();
  return cachedDirectory(`postgresql-tools-18-win-x64-${recipe}`, async (temporary) => {
    const work = path.join(temporary, 'work');
    const [compilers, source, build] = ['compiler', 'source', 'build'].map((name) =>
      path.join(work, name),
    ) as [string, string, string];
    await mkdir(build, { recursive: true });
    await unpackDebianPackages(compilers, {
      suites: ['bookworm'],
      packages: compiler,
      keep: () => false,
    });
    await unpackDebianSource(source, {
      suites: ['forky', 'sid'],
      name: 'postgresql-18',
      env: programsIn(compilers),
    });
    await compile(compilers, source, build);
    for (const file of built) {
      await cp(path.join(build, 'src', file), path.join(temporary, path.basename(file)));
    }
    await cp(path.join(compilers, 'usr', host, 'lib/zlib1.dll'), path.join(temporary, 'zlib1.dll'));
    await run('rm', ['-rf', work]);
  });
}

/** The environment in which what was unpacked there runs. */
function programsIn(compilers: string): Record<string, string> {
  const at = (...names: string[]): string =>
    names.map((name) => path.join(compilers, name)).join(':');
  const libraries = 'usr/lib/x86_64-linux-gnu';
  return {
    PATH: `${at('usr/bin', 'bin')}:${process.env['PATH'] ?? ''}`,
    BISON_PKGDATADIR: at('usr/share/bison'),
    M4: at('usr/bin/m4'),
    LD_LIBRARY_PATH: at(libraries, 'lib/x86_64-linux-gnu'),
    PERL5LIB: at(`${libraries}/perl-base`, `${libraries}/perl/5.36`, 'usr/share/perl/5.36'),
  };
}

async function compile(compilers: string, source: string, build: string): Promise<void> {
  // The compiler of resources starts it by this name.
  await symlink(`${host}-gcc-posix`, path.join(compilers, 'usr/bin', `${host}-gcc`));
  const env = programsIn(compilers);
  const options = [`--host=${host}`, `CC=${host}-gcc-posix`, 'CFLAGS=-O0 -g0'];
  // The tools read no time zones; without this, a program that compiles these has to be there.
  const without = ['--without-readline', '--without-icu', '--with-system-tzdata=/none'];
  await run(path.join(source, 'configure'), [...options, ...without], { cwd: build, env });
  const make = (dir: string, ...target: string[]): Promise<string> =>
    run('make', ['-s', '-j2', '-C', path.join('src', dir), ...target], { cwd: build, env });
  await make('backend', 'generated-headers');
  for (const dir of ['common', 'port', 'interfaces/libpq', 'fe_utils', 'bin/pg_dump', 'bin/psql']) {
    await make(dir);
  }
}
