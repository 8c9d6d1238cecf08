import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { makeReference, referenceFile } from '../../support/documents/optionsReference';

describe('the reference of options', () => {
  it('is what the catalogue says', () => {
    assert.equal(readFileSync(referenceFile, 'utf8'), makeReference());
  });
});
