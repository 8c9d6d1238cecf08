import * as l10n from '@vscode/l10n';
import type { LockHolder, LockWait } from '../model/catalog';
import { shownName } from './shownText';

/** Blockers of a lock, the first of them by name: `psql (alice, process 4711) +1`. */
export function blockersText({ blockers: [first, ...others] }: LockWait): string {
  if (first === undefined) return '';
  const text = holderText(first);
  return onOneLine(others.length === 0 ? text : l10n.t('{0} +{1}', text, others.length));
}

function holderText({ pid, application, user }: LockHolder): string {
  if (pid === 0) return l10n.t('a prepared transaction');
  if (user === null) return l10n.t('process {0}', pid);
  return application === ''
    ? l10n.t('process {0} of {1}', pid, user)
    : l10n.t('{0} ({1}, process {2})', application, user, pid);
}

/** Locked object and blockers: `app.orders, blocked by psql (alice, process 4711)`. */
export function lockText(wait: LockWait): string {
  const by = l10n.t('blocked by {0}', blockersText(wait));
  return onOneLine(wait.object === null ? by : l10n.t('{0}, {1}', wait.object, by));
}

/** That a job waits: `Waiting for a lock on app.orders: blocked by psql (alice, process 4711)`. */
export function waitsForLockText(wait: LockWait): string {
  const blockers = blockersText(wait);
  return wait.object === null
    ? l10n.t('Waiting for a lock: blocked by {0}', blockers)
    : l10n.t('Waiting for a lock on {0}: blocked by {1}', onOneLine(wait.object), blockers);
}

/** Names may contain any character; here they do not break the line, nor hide or turn anything. */
export function onOneLine(text: string): string {
  return shownName(text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '));
}
