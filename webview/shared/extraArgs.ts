export function parseExtraArgs(text: string): { args: string[] } | { error: string } {
  return { args: text.split(/\s+/).filter((arg) => arg !== '') };
}

export function formatExtraArgs(args: readonly string[]): string {
  return args.join(' ');
}
