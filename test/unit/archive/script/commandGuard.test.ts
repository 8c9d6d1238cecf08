import assert from 'node:assert/strict';
import {
  CommandGuard,
  mayBeCommand,
  refusingCommands,
} from '../../../../src/core/archive/script/commandGuard';

async function* cut(script: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < script.length; at += size) yield script.subarray(at, at + size);
}

describe('a script for a psql that cannot be told to refuse commands', () => {
  /** The first thing that may be a command; null = the script is passed on as it is. */
  const firstOf = async (script: string | Buffer, size = 1 << 20): Promise<unknown> => {
    const bytes = Buffer.from(script);
    const passed: Buffer[] = [];
    try {
      const pieces = refusingCommands(cut(bytes, size), ({ line, command }) =>
        Object.assign(new Error(), { found: [line, command] }),
      );
      for await (const piece of pieces) passed.push(piece);
    } catch (error) {
      assert.ok(error instanceof Error && 'found' in error);
      return error.found;
    }
    assert.ok(Buffer.concat(passed).equals(bytes), 'passed on as it is');
    return null;
  };

  it('holds no backslash that could begin one, in whatever it stands', async () => {
    const cases: [string | Buffer, unknown][] = [
      ['SELECT 1;\n\\! id\n', [2, '\\!']],
      ["SELECT 'a\\! id';\n", [1, '\\!']],
      ['-- a\n-- \\! id\n', [2, '\\!']],
      ['/* \\copy t to program x */', [1, '\\copy']],
      ['$$\n\n\\i x$$', [3, '\\i']],
      ['COPY t FROM stdin;\n1\n2\\! id\n\\.\n', [3, '\\!']],
      ['"\\g |id"', [1, '\\g']],
      // The first of two may be the second half of a letter.
      ['C:\\\\! id', [1, '\\!']],
      [Buffer.concat([Buffer.from([0x95]), Buffer.from('\\\\! id')]), [1, '\\!']],
      ['\\!', [1, '\\!']],
      ['\\!\0 id', [1, '\\!']],
      ['\\!\\', [1, '\\!']],
      ['a\\\nb\\dt+ x', [2, '\\dt+']],
    ];
    for (const [script, expected] of cases) {
      for (const size of [1 << 20, 1, 2, 3]) {
        assert.deepEqual(await firstOf(script, size), expected, script.toString());
      }
    }
  });

  it("may hold COPY's escapes and what begins no command", async () => {
    for (const script of [
      'COPY t FROM stdin;\n\\N\t\\N\n\\\\xff\t1\n\\.\n',
      'a\\nb\\nc',
      "E'it\\'s'",
      "'\\x00ff'",
      'C:\\\\Users\\\\me',
      'regex \\S*\\b \\W',
      '\\',
      '\\\\',
      'a\\',
      '\\\n! id',
      '\\!id',
      `\\${'x'.repeat(100)}`,
    ]) {
      for (const size of [1 << 20, 1, 2, 3])
        assert.equal(await firstOf(script, size), null, script);
    }
  });

  it('counts lines across pieces', () => {
    const guard = new CommandGuard();
    for (let i = 0; i < 10; i++) guard.push(Buffer.from('a\n\\N\n'));
    guard.push(Buffer.from('\\q\n'));
    assert.deepEqual(guard.found, { line: 21, command: '\\q' });
  });

  it('knows names with their marks', () => {
    for (const name of [
      'l+',
      'sf+',
      'dtvmsE+',
      'd',
      'drds',
      'lo_import',
      'zS+',
      'gx',
      'restrict',
    ]) {
      assert.ok(mayBeCommand(name), name);
    }
    for (const name of ['', 'N', '.', 'n', 'Nx', 'b', 'v', "'", '0', ';']) {
      assert.ok(!mayBeCommand(name), name);
    }
  });
});
