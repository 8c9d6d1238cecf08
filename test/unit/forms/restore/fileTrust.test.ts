import assert from 'node:assert/strict';
import type { BackupInfo, Reach, ReachKind } from '../../../../src/core/model/archive';
import type { RestoreContext } from '../../../../src/core/forms/form/context';
import { Evaluation } from '../../../../src/core/forms/form/evaluation';
import type { RestoreField } from '../../../../src/core/forms/form/formTypes';
import { noteTrust, reachBeyond } from '../../../../src/core/forms/restore/fileTrust';
import { reachLines } from '../../../../src/core/text/reachText';

function reach(kind: ReachKind, statement: string, more: Partial<Reach> = {}): Reach {
  return { kind, statement, count: 1, line: null, object: null, ...more };
}

describe('what is said of what a file reaches', () => {
  it('is a sentence for each kind, with the place of the first, the worst first', () => {
    assert.deepEqual(
      reachLines([
        reach('roles', 'CREATE ROLE', { count: 12, line: 7 }),
        reach('programs', 'COPY … TO PROGRAM', { line: 3 }),
        reach('programs', 'LOAD', { object: 'TABLE a\nb' }),
        reach('unjudged', 'DO'),
      ]),
      [
        'Runs programs or unconfined code on the server: COPY … TO PROGRAM (line 3), LOAD (TABLE a b).',
        'Makes, changes or drops roles: CREATE ROLE (12, first in line 7).',
        'The effect of these cannot be determined by reading them: DO.',
      ],
    );
    const many = Array.from({ length: 9 }, (_, i) => reach('files', `f${i}()`));
    assert.deepEqual(reachLines(many), [
      'Reads or writes files of the server: f0(), f1(), f2(), f3() and 5 more.',
    ]);
  });

  it('leaves out what a script of pg_dumpall is about', () => {
    const found = [
      reach('roles', 'CREATE ROLE'),
      reach('databases', 'CREATE DATABASE'),
      reach('server', 'GRANT ON PARAMETER'),
      reach('server', 'ALTER SYSTEM'),
      reach('programs', 'LOAD'),
    ];
    const info = (cluster: boolean): BackupInfo => ({ cluster, reach: found }) as BackupInfo;
    assert.deepEqual(reachBeyond(info(false), false), found);
    assert.deepEqual(reachBeyond(info(true), false), found.slice(3));
    assert.deepEqual(reachBeyond(null, false), []);
  });
});

describe('a file that nobody here has made', () => {
  const warned = (more: Partial<RestoreContext>): string[] => {
    const evaluation = new Evaluation<RestoreField>();
    const server = { user: 'alice', isSuperuser: true } as RestoreContext['server'];
    const info = { cluster: false } as BackupInfo;
    noteTrust({ connection: null, tool: null, server, info, ...more }, evaluation);
    assert.ok(evaluation.problems.every(({ severity }) => severity === 'warning'));
    return evaluation.problems.map(({ field }) => field);
  };

  it('runs with the rights of the connection, which is said; a superuser is told what that means', () => {
    const user = { user: 'bob', isSuperuser: false } as RestoreContext['server'];
    assert.deepEqual(warned({ madeHere: false }), ['inputPath', 'connectionId']);
    assert.deepEqual(warned({ madeHere: false, server: user }), ['inputPath']);
    assert.deepEqual(warned({ madeHere: false, server: null }), ['inputPath']);
    assert.deepEqual(warned({ madeHere: false, info: null }), []);
    assert.deepEqual(warned({ madeHere: true }), []);
    assert.deepEqual(warned({}), []);
  });
});
