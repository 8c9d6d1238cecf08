import Module from 'node:module';

type Load = (request: string, ...rest: unknown[]) => unknown;

/**
 * Gives `fake` to whoever requires `vscode`, until the returned function is called. For unit tests of
 * what needs little of it; load that by `import()` afterwards.
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
