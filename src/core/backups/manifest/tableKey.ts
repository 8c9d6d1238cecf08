/** One string for the qualified name of a table, unambiguous for any characters in its parts. */
export function tableKey(schema: string, name: string): string {
  return JSON.stringify([schema, name]);
}
