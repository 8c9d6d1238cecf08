/** A field of what a command was called with: a row of a view, or what another extension gave. */
export function argumentField(argument: unknown, field: string): unknown {
  return typeof argument === 'object' && argument !== null
    ? Reflect.get(argument, field)
    : undefined;
}

/** A field of a command's argument, if it is a string. */
export function textField(argument: unknown, field: string): string | undefined {
  const found = argumentField(argument, field);
  return typeof found === 'string' ? found : undefined;
}
