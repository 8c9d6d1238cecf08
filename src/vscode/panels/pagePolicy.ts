/**
 * What a page may load and do: its own styles, fonts and pictures, and the scripts that carry the
 * nonce. `source` is where the extension's files come from. A `<base>` or a form that somehow got
 * into the page would lead nowhere.
 */
export function contentPolicy(source: string, nonce: string): string {
  return [
    `default-src 'none'`,
    `style-src ${source} 'nonce-${nonce}'`,
    `font-src ${source}`,
    `img-src ${source}`,
    `script-src 'nonce-${nonce}'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
}

/**
 * The language of the words on a page, by which a screen reader reads them: English, unless VS Code
 * has found our texts in its display language.
 */
export function textLanguage(bundle: object | undefined, displayLanguage: string): string {
  return bundle === undefined ? 'en' : displayLanguage;
}
