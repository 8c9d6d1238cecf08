import assert from 'node:assert/strict';
import { decodeProfiles } from '../../../../src/core/connections/decodeProfiles';
import { readPasted } from '../../../../src/core/connections/paste/readPasted';
import { hosts } from './knownHosts';
import { impossible, refused, taken } from './pastedTexts';

describe('readPasted', () => {
  for (const row of taken) {
    it(`takes ${row.text.trim()}`, () => {
      const result = readPasted(row.text);
      assert.ok('profile' in result, JSON.stringify(result));
      assert.deepEqual(
        {
          profile: result.profile,
          password: result.password,
          keyPassphrase: result.keyPassphrase,
          dropped: result.dropped.map(({ name, reason }) => `${name}: ${reason}`),
          refused: result.refused,
        },
        {
          profile: row.profile,
          password: row.password,
          keyPassphrase: row.keyPassphrase,
          dropped: row.dropped ?? [],
          refused: [],
        },
      );
    });
  }

  for (const [text, name, reason] of refused) {
    it(`refuses ${text}, by name`, () => {
      const result = readPasted(text);
      assert.ok('profile' in result, JSON.stringify(result));
      assert.deepEqual(result.refused[0], { name, reason });
    });
  }

  for (const [text, problem, name] of impossible) {
    it(`makes nothing of ${JSON.stringify(text)}`, () => {
      assert.deepEqual(readPasted(text), name === undefined ? { problem } : { problem, name });
    });
  }

  for (const row of hosts) {
    it(`knows the host of ${row.text}`, () => {
      const result = readPasted(row.text);
      assert.ok('profile' in result, JSON.stringify(result));
      const { host, port, sslMode } = result.profile;
      const notes = result.notes.map((one) =>
        one.note === 'pooler' ? `pooler ${one.instead}` : one.note,
      );
      assert.deepEqual(
        { host, port, sslMode, notes },
        { host: row.host, port: row.port, sslMode: row.sslMode, notes: row.notes },
      );
    });
  }

  it('makes only what the settings of a workspace take', () => {
    for (const { text } of [...taken, ...hosts]) {
      const result = readPasted(text);
      assert.ok('profile' in result);
      if (result.profile.url?.startsWith('${') === true) continue;
      const { problems } = decodeProfiles([{ id: 'new', ...result.profile }]);
      assert.deepEqual(problems, [], text);
    }
  });

  it('keeps secrets apart from all that is shown', () => {
    const secret = 'S3cretValue';
    const texts = [
      `postgres://ann:${secret}@db/shop`,
      `postgres://ann:a/${secret}@db/shop?${secret}=1`,
      `postgres://ann:a@b/${secret}@db/shop`,
      `postgres://db/shop?password=${secret}&sslpassword=${secret}`,
      `jdbc:postgresql://db/shop?user=a&password=${secret}`,
      `Host=db;Password=${secret};Passfile=${secret}`,
      `host=db password='${secret}' oauth_client_secret=${secret}`,
      `PGPASSWORD=${secret} psql -h db`,
      `psql postgres://ann:${secret}@db/shop -c "${secret}"`,
      `postgres://ann:x@db/shop#${secret}`,
    ];
    for (const text of texts) {
      const result = readPasted(text);
      assert.ok('profile' in result, text);
      const { profile, taken: parts, dropped, refused: no, notes } = result;
      const shown = JSON.stringify([profile, parts, dropped, no, notes]);
      // A secret in place of a name is nobody's mistake but ours when it is shown.
      assert.ok(!shown.replace(`"${secret}","reason"`, '').includes(secret), `${text}: ${shown}`);
    }
  });

  it('ends quickly, whatever is pasted', () => {
    const long = ['a', '@', ':', '/', '%41', ',', '[', 'a=', "'", '\\', 'a b ', '$(', '-h '];
    for (const piece of long) {
      for (const start of ['postgres://', 'host=', 'psql ', 'Host=;', '']) {
        const begin = process.cpuUsage().user;
        readPasted(start + piece.repeat(Math.floor(16_000 / piece.length)));
        const spent = (process.cpuUsage().user - begin) / 1000;
        assert.ok(spent < 500, `${start}${piece}…: ${spent} ms`);
      }
    }
  });
});
