import * as z from 'zod/mini';
import { RpcError } from './rpc';

/** Longest text a page may send in one field. */
const MAX_TEXT = 32_768;

export const text = z.string().check(z.maxLength(MAX_TEXT));

export const problemActionName = z.enum([
  'setPassword',
  'editConnections',
  'addConnection',
  'chooseToolsFolder',
  'installTools',
  'chooseContainer',
  'openSsh',
  'showOutput',
  'openArchiveBeside',
  'retry',
]);

/** A decoder that names the field it stumbled over. */
export function decoder<T>(schema: z.ZodMiniType<T>): (params: unknown) => T {
  return (params) => {
    const result = schema.safeParse(params);
    if (result.success) return result.data;
    const issue = result.error.issues[0];
    const where = issue?.path.map(String).join('.') ?? '';
    throw new RpcError('malformed', `${where || 'message'}: ${reasonOf(issue)}`);
  };
}

function reasonOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'unrecognized_keys') return `unknown ${issue.keys.join(', ')}`;
  return issue?.code ?? 'malformed';
}
