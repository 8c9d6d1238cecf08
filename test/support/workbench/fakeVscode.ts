import Module from 'node:module';

type Load = (request: string, ...rest: unknown[]) => unknown;

/**
 * Makes `require('vscode')` return `fake` until the returned function is called. For unit tests of
 * modules that use little of `vscode`, which are to be loaded by `import()` afterwards.
 */
export function fakeVscode(fake: object): () => void {
  const original = Reflect.get(Module, '_load') as Load;
  const load: Load = (request, ...rest) =>
    request === 'vscode' ? fake : original.call(Module, request, ...rest);
  Reflect.set(Module, '_load', load);
  return () => Reflect.set(Module, '_load', original);
}

/** As `vscode.l10n.t` does in English. */
export function englishText(message: string, ...values: unknown[]): string {
  return message.replace(/\{(\d+)\}/g, (whole, index: string) =>
    Number(index) in values ? String(values[Number(index)]) : whole,
  );
}
