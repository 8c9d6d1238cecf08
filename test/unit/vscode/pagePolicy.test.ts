import assert from 'node:assert/strict';
import { contentPolicy, textLanguage } from '../../../src/vscode/panels/pagePolicy';

describe('The pages of the webviews', () => {
  it('may load and do nothing but what is listed', () => {
    const directives = new Map(
      contentPolicy('https://files', 'N0nce')
        .split('; ')
        .map((each): [string, string] => {
          const [name = '', ...sources] = each.split(' ');
          return [name, sources.join(' ')];
        }),
    );
    assert.deepEqual(Object.fromEntries(directives), {
      'default-src': "'none'",
      'style-src': "https://files 'nonce-N0nce'",
      'font-src': 'https://files',
      'img-src': 'https://files',
      'script-src': "'nonce-N0nce'",
      // These two do not fall back to default-src.
      'base-uri': "'none'",
      'form-action': "'none'",
    });
  });

  it('are in the language of their texts', () => {
    assert.equal(textLanguage(undefined, 'de'), 'en', 'no German texts: they are English');
    assert.equal(textLanguage({ Cancel: 'Abbrechen' }, 'de'), 'de');
    assert.equal(textLanguage(undefined, 'en'), 'en');
  });
});
