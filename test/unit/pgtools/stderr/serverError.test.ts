import assert from 'node:assert/strict';
import { readServerError } from '../../../../src/core/pgtools/stderr/serverError';
import { mayPasswordHelp } from '../../../../src/core/pgtools/stderr/failureCause';

describe('readServerError', () => {
  it('takes state and location out, in any language', () => {
    assert.deepEqual(
      readServerError(
        'FEHLER:  42P04: Datenbank »x« existiert bereits\nORT:  createdb, dbcommands.c:700\n',
      ),
      { sqlState: '42P04', text: 'FEHLER:  Datenbank »x« existiert bereits' },
    );
  });

  it('keeps detail and hint, and the first state', () => {
    assert.deepEqual(
      readServerError(
        'ERROR:  42601: a\r\nDETAIL:  12345: is no state\r\nHINT:  h\r\nLOCATION:  f, s.c:1\r\n',
      ),
      { sqlState: '42601', text: 'ERROR:  a\nDETAIL:  12345: is no state\nHINT:  h' },
    );
  });

  it('does not take a warning for the error', () => {
    assert.deepEqual(readServerError('WARNING:  01000: old\nERROR:  3D000: gone\n'), {
      sqlState: '3D000',
      text: 'WARNING:  old\nERROR:  gone',
    });
  });

  it('knows no state where the connection failed', () => {
    const text = 'psql: error: connection to server at "h", port 1 failed: FATAL:  no';
    assert.deepEqual(readServerError(`${text}\n`), { sqlState: undefined, text });
  });

  it('shortens what is too long to show', () => {
    const notices = 'NOTICE:  00000: hello\n'.repeat(10_000);
    assert.deepEqual(readServerError(`${notices}ERROR:  42501: no\nHINT:  h\n`), {
      sqlState: '42501',
      text: 'ERROR:  no\nHINT:  h',
    });
    assert.ok(readServerError(`ERROR:  42601: ${'x'.repeat(100_000)}`).text.length < 5000);
  });
});

describe('mayPasswordHelp', () => {
  const at = 'psql: error: connection to server at "h" (1.2.3.4), port 5432 failed: FATAL:  ';
  const wrong = `${at}password authentication failed for user "u"`;
  const noTls = `${at}no pg_hba.conf entry for host "1.2.3.5", user "u", database "d", no encryption`;
  const cases: [stderr: string, expected: boolean][] = [
    [wrong, true],
    [`${wrong}\n${noTls}`, true],
    [noTls, false],
    [`${at}Peer authentication failed for user "u"`, false],
    [`${at}role "u" is not permitted to log in`, false],
    [`${at}Passwort-Authentifizierung für Benutzer »u« fehlgeschlagen`, true],
    ['', true],
  ];
  for (const [stderr, expected] of cases) {
    it(`${stderr.slice(at.length)}: ${expected}`, () => {
      assert.equal(mayPasswordHelp(stderr), expected);
    });
  }
});
