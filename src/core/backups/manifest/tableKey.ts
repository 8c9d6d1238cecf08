/** One name for a table, whatever is in its parts. */
export function tableKey(schema: string, name: string): string {
  return JSON.stringify([schema, name]);
}
