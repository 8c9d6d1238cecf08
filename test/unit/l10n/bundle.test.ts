import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { bundleFile, makeBundle } from '../../support/l10nBundle';

describe('The strings for translators', function () {
  // It reads all of the code, which takes seconds, and more beside other tests.
  it('are those of the code (npm run l10n writes them)', async () => {
    const kept = JSON.parse(readFileSync(bundleFile, 'utf8')) as object;
    const made = JSON.parse(await makeBundle()) as object;
    assert.deepEqual(Object.keys(kept), Object.keys(made));
  });
});
