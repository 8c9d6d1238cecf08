import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  displayCommand,
  quoteForBash,
  quoteForPowerShell,
  quoteForWindows,
} from '../../../src/core/pgtools/args/display';
import { argumentsByPowerShell } from '../../support/windows/powerShell';
import { seededRandom } from '../../support/seededRandom';
import { itNeeds } from '../../support/needs';

const odd = [
  '',
  'plain',
  '-dash',
  '--flag=value',
  '--table="app"."Order Details"',
  "it's",
  '$HOME `id` !! "x" \\ ;|&<>()*?[]{}~#',
  'new\nline\ttab\rreturn\u0001\u007f',
  "new\nline's \\ back",
  'таблица ✓ 😀',
  '~',
  '=x',
  '--role=',
  "--role='",
];

describe('displayCommand', () => {
  it('is what one would type', () => {
    assert.equal(
      displayCommand(
        '/usr/lib/postgresql/17/bin/pg_dump',
        ['--format=custom', '--file=/a b/x.dump', '--table="app"."orders"'],
        { PGSSLMODE: 'require', PGPASSWORD: 'secret' },
        'bash',
      ),
      `PGSSLMODE=require /usr/lib/postgresql/17/bin/pg_dump --format=custom --file='/a b/x.dump' --table='"app"."orders"'`,
    );
    const program = 'C:\\Program Files\\PostgreSQL\\17\\bin\\pg_dump.exe';
    const typed = (args: readonly string[]): string =>
      displayCommand(program, args, { PGSSLMODE: 'require', PGPASSWORD: 'secret' }, 'powershell');
    const call = `$env:PGSSLMODE = 'require'; & '${program}' `;
    const plain = ['--format=custom', '--file=C:\\a b\\x.dump', "--role=it's"];
    assert.equal(typed(plain), `${call}--format=custom '--file=C:\\a b\\x.dump' '--role=it''s'`);
    // Windows PowerShell would lose the quotes.
    assert.equal(
      typed([...plain, '--table="app"."orders"']),
      `${call}--% --format=custom "--file=C:\\a b\\x.dump" --role=it's "--table=\\"app\\".\\"orders\\""`,
    );
    assert.equal(typed(['--table="50%"']), `${call}'--table="50%"'`);
  });

  it('means the same to programs of Windows', () => {
    for (const [text, quoted] of [
      ['', '""'],
      ['a b', '"a b"'],
      ['C:\\a b\\', '"C:\\a b\\\\"'],
      ['C:\\ab\\', 'C:\\ab\\'],
      ['a"b', '"a\\"b"'],
      ['a\\"b', '"a\\\\\\"b"'],
    ] as const) {
      assert.equal(quoteForWindows(text), quoted);
    }
  });

  itNeeds('scripts as programs', 'means the same to bash, whatever is in it', () => {
    const seed = 20260302;
    const random = seededRandom(seed);
    const alphabet = [...'ab\'"$`!\\ \n\t*?=-~#éя😀‘’;&|()'];
    const words = [...odd];
    for (let i = 0; i < 300; i++) {
      words.push(
        Array.from(
          { length: Math.floor(random() * 8) },
          () => alphabet[Math.floor(random() * alphabet.length)] ?? '',
        ).join(''),
      );
    }
    const script = `printf '%s\\0' ${words.map(quoteForBash).join(' ')}`;
    const printed = execFileSync('bash', ['--norc', '-c', script], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' },
    });
    assert.deepEqual(printed.split('\0').slice(0, -1), words, `seed ${seed}`);
  });

  it('means the same to PowerShell 7.3, and to 5.1 where that is possible, whatever is in it', () => {
    const seed = 20260302;
    const random = seededRandom(seed);
    const alphabet = [...'ab"\'\\ \t$`;,.=-%|&(){}@#éя😀‘’'];
    const program = 'C:\\Program Files\\PostgreSQL\\18\\bin\\pg_dump.exe';
    let said = 0;
    for (let i = 0; i < 2000; i++) {
      const args = Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
        Array.from(
          { length: Math.floor(random() * 8) },
          () => alphabet[Math.floor(random() * alphabet.length)] ?? '',
        ).join(''),
      );
      const line = displayCommand(program, args, undefined, 'powershell');
      const told = `seed ${seed}: ${JSON.stringify(args)}: ${line}`;
      assert.deepEqual(argumentsByPowerShell(line, true), args, told);
      // 5.1 loses quotes; what keeps them cannot say these.
      if (args.some((arg) => /[%|&]/.test(arg))) continue;
      assert.deepEqual(argumentsByPowerShell(line, false), args, told);
      said++;
    }
    assert.ok(said > 500, String(said));
  });

  it('leaves no line break in bash', () => {
    for (const word of odd) assert.doesNotMatch(quoteForBash(word), /[\r\n]/);
  });

  it('quotes for PowerShell, curly quotes too', () => {
    const cases: [text: string, quoted: string][] = [
      ['', "''"],
      ['plain', 'plain'],
      ['--no-owner', '--no-owner'],
      ['--jobs=4', '--jobs=4'],
      // PowerShell would cut the unquoted word at the dot.
      ['-a.b', "'-a.b'"],
      ['$x `y`', "'$x `y`'"],
      ["it's", "'it''s'"],
      ['‘curly’', "'‘‘curly’’'"],
      ['@x', "'@x'"],
      ['-', "'-'"],
      ['a\nb', "'a\nb'"],
    ];
    for (const [text, quoted] of cases) assert.equal(quoteForPowerShell(text), quoted);
  });
});
