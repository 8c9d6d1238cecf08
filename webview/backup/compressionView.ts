import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { backupDefaults } from '../../src/core/forms/backup/backupDefaults';
import { optionRow } from '../../src/core/pgtools/catalogue/catalogue';
import type { CompressionMethod } from '../../src/core/pgtools/catalogue/types';
import { availableMethods, compressionMethods } from '../../src/core/pgtools/args/compression';
import { toolOptionNotes } from '../shared/options/toolOptionItem';
import { checkbox } from '../shared/ui/checkbox';
import { dropdown } from '../shared/ui/dropdown';
import {
  field,
  type FieldNotes,
  mergedNotes,
  noteIds,
  notesFor,
  noteText,
} from '../shared/ui/field';
import { numberField } from '../shared/ui/numberField';
import type { BackupView } from './backupView';
import {
  type Compression,
  methodOf,
  readCompression,
  withMethod,
  writeCompression,
} from '../../src/core/forms/backup/compressionChoice';

/** Method and level, as far as this pg_dump has them. */
export function compressionView(view: BackupView): TemplateResult {
  const { options } = view.state;
  const notes = compressionNotes(view);
  const byDefault = backupDefaults(options.format).compression;
  const changed =
    options.profile === 'custom' &&
    (options.compression !== byDefault || 'compress' in options.toolOptions);
  const now = readCompression(options);
  const set: SetCompression = (next) => view.change(writeCompression(options, next));
  return field({
    name: 'compression',
    label: l10n.t('Compression'),
    flag: optionRow('pg_dump', 'compress').flag,
    notes,
    ...(changed && !notes.disabled
      ? {
          onReset: () =>
            set({ method: byDefault === 0 ? 'none' : 'gzip', level: byDefault, long: false }),
        }
      : {}),
    control: html`<div class="compression">
      ${methodControl(now, offeredMethods(view, now), notes, set)} ${levelControl(now, notes, set)}
      ${
        methodOf(now.method)?.long
          ? checkbox({
              id: 'compression-long',
              label: l10n.t('Long-distance matching'),
              checked: now.long,
              disabled: notes.disabled,
              onChange: (long) => set({ ...now, long }),
            })
          : nothing
      }
    </div>`,
  });
}

type SetCompression = (next: Compression) => void;

/** The method beyond gzip is an option of the tool, the bare level is a field of the form. */
function compressionNotes({ state, toolFields, evaluation }: BackupView): FieldNotes {
  const option = toolFields.find(({ id }) => id === 'compress');
  return option && 'compress' in state.options.toolOptions
    ? toolOptionNotes(option, evaluation.problems)
    : mergedNotes(
        notesFor('compression', evaluation),
        notesFor('toolOptions.compress', evaluation),
        'either',
      );
}

/** The methods of this pg_dump, and the chosen one. */
function offeredMethods({ state }: BackupView, now: Compression): readonly CompressionMethod[] {
  const tool = state.connection?.tool;
  const offered = tool
    ? availableMethods(tool.version, tool.compressionMethods)
    : compressionMethods();
  const chosen = methodOf(now.method);
  return chosen && !offered.includes(chosen) ? [...offered, chosen] : offered;
}

function methodControl(
  now: Compression,
  methods: readonly CompressionMethod[],
  notes: FieldNotes,
  set: SetCompression,
): TemplateResult {
  return dropdown({
    id: 'compression-method',
    label: l10n.t('Compression method'),
    value: now.method,
    options: methods.map(({ method, label }) => ({
      value: method,
      label: method === 'none' ? l10n.t('None') : label,
    })),
    disabled: notes.disabled,
    invalid: notes.invalid,
    describedBy: noteIds('compression', notes),
    onChange: (method) => set(withMethod(now, method)),
  });
}

function levelControl(now: Compression, notes: FieldNotes, set: SetCompression): TemplateResult {
  const plain = now.method === 'none' || now.method === 'gzip';
  const { levels } = methodOf(plain ? 'gzip' : now.method) ?? {};
  const min = plain ? 0 : (levels?.min ?? 0);
  return numberField({
    id: 'compression',
    label: l10n.t('Compression level'),
    value: now.level,
    min,
    ...(levels ? { max: levels.max } : {}),
    words: levelWords(now, min, levels?.max ?? 9),
    disabled: notes.disabled,
    invalid: notes.invalid,
    note: noteText(notes),
    // Level 0 of gzip means no compression, and a level that is set without compression means gzip.
    onInput: (level) =>
      set(
        plain ? { method: level === 0 ? 'none' : 'gzip', level, long: false } : { ...now, level },
      ),
  });
}

function levelWords({ method, level }: Compression, min: number, max: number): string {
  if (method === 'none' || level === 0) return l10n.t('0 = none');
  if (level === min || (min === 0 && level === 1)) return l10n.t('fastest');
  if (level === methodOf(method)?.levels?.default) return l10n.t('the usual balance');
  if (level === max) return l10n.t('smallest, slowest');
  return l10n.t('{0} = fastest, {1} = smallest', Math.max(1, min), max);
}
